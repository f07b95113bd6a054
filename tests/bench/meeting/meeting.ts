/** What a meeting without a media server costs and how it holds out: each part measured in turn, in rounds, in browsers of its own. */
import type { Browser } from 'playwright'
import { buildIfStale } from '../../build-app.ts'
import { type Bench, type Figures, median } from '../bench.ts'
import { whyNoWan } from '../wan/open-wan.ts'
import { measureBots } from './bots.ts'
import { measureCompositor } from './compositor.ts'
import { gather, withBrowsers } from './crowd.ts'
import { measureFar } from './far.ts'
import { measureHop } from './hops.ts'
import { measureJanus } from './janus.ts'
import { whyNoJanus } from './janus-process.ts'
import { enterToBeLate, measureLate } from './late.ts'
import { measureLoss, measureStep } from './loss.ts'
import { measureMesh, measureOurs, measureSimplePeer, type SenderCost } from './sender.ts'
import { measureSession } from './session.ts'
import { findSimplePeer } from './simple-peer.ts'
import { measureTabs } from './tabs.ts'

/** Figures of one round. */
type Round = Record<string, number>
type Part = {
  readonly name: string
  readonly rounds: number
  /** Takes minutes: with `--quick` only when it is named. */
  readonly isLong?: true
  readonly measure: (round: number) => Promise<Round>
}

/**
 * Three voices at most are passed on at a time, and so many microphones are open, beside a server too. Each costs its own
 * device Chromium's capture, echo canceller and encoder, and here all devices are one.
 */
const MICROPHONES = 3

const QUICK_MS = 4_000
const WATCH_MS = 8_000
/** A narrowing needs time to be got over. */
const STEP_MS = 20_000

export const bench: Bench = async ({ isQuick, only, say }) => {
  if (!(await buildIfStale())) throw new Error('the page could not be built')
  const chromium = await withBrowsers(1, async ([browser]) => browser?.version() ?? '')
  const parts = (isQuick ? quickParts() : wholeParts()).filter(({ name, isLong }) =>
    only.length === 0 ? !(isQuick && isLong === true) : only.some((one) => name.startsWith(one)),
  )
  if (parts.length === 0) throw new Error(`no part is called ${only.join(' or ')}`)
  const samples: Record<string, number[]> = {}
  const notes = [whyNoWan(), whyNoJanus()].filter((why) => why !== undefined)
  for (let round = 1; parts.some(({ rounds }) => rounds >= round); round++) {
    for (const part of parts.filter(({ rounds }) => rounds >= round)) {
      try {
        const seen = await part.measure(round)
        for (const [name, value] of Object.entries(seen)) samples[name] = [...(samples[name] ?? []), value]
        const line = Object.entries(seen).map(([name, value]) => `${name} ${value.toFixed(1)}`)
        say(`${part.name}, round ${round}: ${line.join(', ')}`)
      } catch (error) {
        const reason = error instanceof Error ? error.message.split('\n')[0] : error
        notes.push(`${part.name}, round ${round} could not be measured: ${reason}`)
        say(notes.at(-1) ?? '')
      }
    }
  }
  const simplePeer = findSimplePeer()
  return {
    figures: Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)])),
    rounds: Math.max(...parts.map(({ rounds }) => rounds)),
    peers: { chromium, ...(simplePeer === undefined ? {} : { 'simple-peer': simplePeer.version }) },
    notes,
    samples,
  }
}

function quickParts(): readonly Part[] {
  return [
    ...senderParts(4, 1, QUICK_MS),
    tabsPart(4, 1, QUICK_MS, true),
    tabsPart(8, 1, QUICK_MS, false),
    sessionPart(1),
    compositorPart(1, QUICK_MS),
    ...hopParts(1, QUICK_MS),
    ...lineParts(1, WATCH_MS),
    ...longParts(1, QUICK_MS),
  ]
}

function wholeParts(): readonly Part[] {
  return [
    ...[1, 4, 16].flatMap((receivers) => senderParts(receivers, 2, WATCH_MS)),
    sessionPart(3),
    compositorPart(3, WATCH_MS),
    ...hopParts(3, WATCH_MS),
    ...lineParts(3, STEP_MS),
    tabsPart(4, 3, WATCH_MS, true),
    tabsPart(8, 2, WATCH_MS, false),
    tabsPart(16, 1, WATCH_MS, true),
    ...longParts(3, WATCH_MS),
  ]
}

function longParts(rounds: number, watchMs: number): readonly Part[] {
  return [
    botsPart(30, rounds, watchMs),
    botsPart(50, rounds, watchMs),
    ...(whyNoJanus() === undefined ? [janusPart(8, rounds, watchMs)] : []),
  ]
}

/** A room of many, and somebody who comes late to it. */
function botsPart(count: number, rounds: number, watchMs: number): Part {
  return {
    name: `bots ${count}`,
    rounds,
    isLong: true,
    async measure() {
      const { framesPct, p50Ms, p95Ms, cpuPct, restPct, carriers, connections, lateMs } = await measureBots(count, watchMs)
      return {
        [`bots${count}FramesPct`]: framesPct,
        [`bots${count}P50Ms`]: p50Ms,
        [`bots${count}P95Ms`]: p95Ms,
        [`bots${count}CpuPct`]: cpuPct,
        [`bots${count}RestPct`]: restPct,
        [`bots${count}Carriers`]: carriers,
        [`bots${count}Connections`]: connections,
        [`lateJoin${count}Ms`]: lateMs,
      }
    },
  }
}

/** The server and then ours, so that a busier machine is so for both. */
function janusPart(people: number, rounds: number, watchMs: number): Part {
  const ours = tabsPart(people, rounds, watchMs, false)
  return {
    name: `janus ${people}`,
    rounds,
    isLong: true,
    async measure(round) {
      const { cpuPct, serverPct, fps, seen } = await measureJanus(people, MICROPHONES, watchMs)
      const { [`tabs${people}CpuPct`]: oursPct, [`tabs${people}Fps`]: oursFps, [`tabs${people}Seen`]: oursSeen } = await ours.measure(round)
      return {
        janusCpuPct: cpuPct,
        janusServerPct: serverPct,
        janusFps: fps,
        janusSeen: seen,
        ...known('besideJanusCpuPct', oursPct),
        ...known('besideJanusFps', oursFps),
        ...known('besideJanusSeen', oursSeen),
        ...known('vsJanusCpu', oursPct === undefined ? undefined : oursPct / cpuPct),
      }
    },
  }
}

/** One after the other, so that a busier machine is so for all three. */
function senderParts(receivers: number, rounds: number, watchMs: number): readonly Part[] {
  const part = (who: string, measure: () => Promise<SenderCost>): Part => ({
    name: `sender ${who} ${receivers}`,
    rounds,
    async measure() {
      const { cpuPct, pagePct, fps } = await measure()
      return { [`${who}CpuPct${receivers}`]: cpuPct, [`${who}PagePct${receivers}`]: pagePct, [`${who}Fps${receivers}`]: fps }
    },
  })
  return [
    part('sender', () => measureOurs(receivers, watchMs)),
    part('mesh', () => measureMesh(receivers, watchMs)),
    // Missing once is missing always: one note is enough.
    {
      ...part('simplePeer', () => measureSimplePeer(receivers, watchMs)),
      rounds: findSimplePeer() === undefined && receivers > 1 ? 0 : rounds,
    },
  ]
}

/** A room of `count`, and perhaps somebody who comes late to it. */
function tabsPart(count: number, rounds: number, watchMs: number, withLate: boolean): Part {
  return {
    name: `tabs ${count}`,
    rounds,
    measure: () =>
      withBrowsers(
        1,
        async ([browser], origin): Promise<Round> => {
          if (browser === undefined) throw new Error('no browser')
          const crowd = await gather(Array<Browser>(count).fill(browser), origin, 'screen')
          const newcomer = withLate ? await enterToBeLate(browser, origin, crowd) : undefined
          const terms = { watchMs, microphones: MICROPHONES }
          const { cpuPct, fps, slowFps, seen, missing, joinMs } = await measureTabs(browser, crowd.pages, terms)
          const late = newcomer === undefined ? undefined : await measureLate(newcomer, count)
          const [name, suffix] = [`tabs${count}`, count === 4 ? '' : count]
          return {
            [`${name}CpuPct`]: cpuPct,
            [`${name}Fps`]: fps,
            [`${name}SlowFps`]: slowFps,
            [`${name}Seen`]: seen,
            [`${name}Missing`]: missing,
            ...known(`${name}JoinMs`, joinMs),
            ...known(`lateJoin${suffix}Ms`, late?.firstMs),
            ...known(`lateAll${suffix}Ms`, late?.allMs),
          }
        },
        'conversation',
      ),
  }
}

/** Nine people who are decoded, drawn on one picture and recorded. */
function compositorPart(rounds: number, watchMs: number): Part {
  return {
    name: 'compositor',
    rounds,
    async measure() {
      const { decodePct, wholePct, kbps } = await measureCompositor(watchMs)
      return { compositorCpuPct: wholePct, compositorDecodePct: decodePct, compositorKbps: kbps }
    },
  }
}

/** A moderator and three others. */
function sessionPart(rounds: number): Part {
  return {
    name: 'session',
    rounds,
    measure: () =>
      withBrowsers(1, async ([browser], origin): Promise<Round> => {
        if (browser === undefined) throw new Error('no browser')
        const { pages } = await gather(Array<Browser>(4).fill(browser), origin, 'api')
        const { muteMs, layoutMs, moveMs, moveGapMs } = await measureSession(pages)
        return { enforcedMuteMs: muteMs, layoutPushMs: layoutMs, subroomMs: moveMs, subroomGapMs: moveGapMs }
      }),
  }
}

function hopParts(rounds: number, watchMs: number): readonly Part[] {
  return [
    { name: 'hop, channel', rounds, measure: async () => ({ hopDcMs: await measureHop('channel', watchMs) }) },
    { name: 'hop, pipe', rounds, measure: async () => ({ hopRtpMs: await measureHop('pipe', watchMs) }) },
  ]
}

function lineParts(rounds: number, stepMs: number): readonly Part[] {
  if (whyNoWan() !== undefined) return []
  return [
    {
      name: 'loss',
      rounds,
      async measure(seed) {
        const { p50Ms, p95Ms, fps, gapMs } = await measureLoss(seed, stepMs)
        return { loss5P50Ms: p50Ms, loss5P95Ms: p95Ms, loss5Fps: fps, loss5GapMs: gapMs }
      },
    },
    {
      name: 'step',
      rounds,
      async measure(seed) {
        const { recoverMs, worstMs, wideFps, narrowFps, narrowP95Ms } = await measureStep(seed, stepMs)
        return {
          ...known('stepRecoverMs', recoverMs),
          stepWorstMs: worstMs,
          stepWideFps: wideFps,
          stepNarrowFps: narrowFps,
          stepNarrowP95Ms: narrowP95Ms,
        }
      },
    },
    {
      name: 'far',
      rounds,
      async measure(seed) {
        const { settleMs, delayMs, voicePct, shortFps } = await measureFar(seed, stepMs)
        return { ...known('farSettleMs', settleMs), farDelayMs: delayMs, shortVoicePct: voicePct, shortFps }
      },
    },
  ]
}

function known(name: string, value: number | undefined): Figures {
  return value === undefined ? {} : { [name]: value }
}
