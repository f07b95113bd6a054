/**
 * Two of four in a call have no way to each other: all they see and hear of each other another one passes on, and the fourth could. In
 * each round whoever carries dies without a word. The two must go on seeing and hearing each other, and nobody but the dead
 * one may leave or come again; how long a picture or a voice was missed is what is measured. Then the dead one comes
 * back, as somebody new. Those who carry have no cameras: two cores encode and show two pictures and have time to spare.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from 'playwright'
import { within } from '../../bench/meeting/crowd.ts'
import { longestGapMs, type Noted, takeNoted } from '../../bench/meeting/tap.ts'
import { nothingYet, type Outcome, reasonOf } from '../outcome.ts'
import { Person } from './person.ts'
import type { Storm } from './room.ts'

const PICTURE_GAP_MS = 1_000
const VOICE_GAP_MS = 400
const MEET_MS = 60_000
/** Before a death: what gaps this machine makes by itself. */
const QUIET_MS = 1_000
/** The dead one is missed in it, and what was asked of it is asked of another. */
const AFTER_MS = 3_000
const GONE_MS = 15_000
const AGAIN_MS = 50

/** This process has next to nothing to do: when it does not run for so long, neither does anything else, and the round is played again. */
const STOOD_STILL_MS = 300

const TALKING = { camera: true, microphone: true }
const CARRYING = { camera: false, microphone: false }

type Gaps = { readonly pictureMs: number; readonly voiceMs: number }
type Round = {
  readonly quiet: Gaps
  /** Of those who were fed by the dead one. */
  readonly after: Gaps
  readonly whileBack: Gaps
  readonly goneMs: number
  readonly backMs: number
}

export async function killCarriers(browser: Browser, origin: string, { rounds, say }: Storm): Promise<Outcome> {
  const outcome = nothingYet()
  const call = new CarriedCall(browser, origin)
  const played: Round[] = []
  let stoodStill = 0
  const stillness = monitorEventLoopDelay({ resolution: 20 })
  stillness.enable()
  try {
    await call.open()
    while (played.length < rounds) {
      const n = played.length + 1
      outcome.rounds = n
      stillness.reset()
      const round = await call.play()
      const stillMs = stillness.max / 1e6
      if (stillMs > STOOD_STILL_MS) {
        say(`round ${n} again: all stood still for ${Math.round(stillMs)} ms`)
        if (++stoodStill > rounds) throw new Error('the machine stands still all the time')
        continue
      }
      played.push(round)
      say(`round ${n}: ${storyOf(round)}`)
      const { pictureMs, voiceMs } = round.after
      if (pictureMs > PICTURE_GAP_MS) outcome.failures.push(`round ${n}: no picture for ${Math.round(pictureMs)} ms`)
      if (voiceMs > VOICE_GAP_MS) outcome.failures.push(`round ${n}: no voice for ${Math.round(voiceMs)} ms`)
    }
  } catch (error) {
    outcome.failures.push(`round ${outcome.rounds} of carriers: ${reasonOf(error)}`)
  } finally {
    stillness.disable()
    await call.close()
  }
  const most = (value: (round: Round) => number) => Math.round(Math.max(0, ...played.map(value)))
  outcome.maxRecoveryMs = most(({ after }) => after.pictureMs)
  outcome.figures = {
    carriersKilled: played.length,
    roundsStoodStill: stoodStill,
    maxPictureGapMs: outcome.maxRecoveryMs,
    maxVoiceGapMs: most(({ after }) => after.voiceMs),
    quietPictureGapMs: most(({ quiet }) => quiet.pictureMs),
    quietVoiceGapMs: most(({ quiet }) => quiet.voiceMs),
    backPictureGapMs: most(({ whileBack }) => whileBack.pictureMs),
    backVoiceGapMs: most(({ whileBack }) => whileBack.voiceMs),
    maxGoneMs: most(({ goneMs }) => goneMs),
    maxBackMs: most(({ backMs }) => backMs),
  }
  return outcome
}

function storyOf({ quiet, after, whileBack, goneMs, backMs }: Round): string {
  const gaps = ({ pictureMs, voiceMs }: Gaps) => `${Math.round(pictureMs)} and ${Math.round(voiceMs)} ms`
  return `no picture and voice for ${gaps(after)} (before it ${gaps(quiet)}, while one came back ${gaps(whileBack)}), gone after ${Math.round(goneMs)} ms, back after ${Math.round(backMs)} ms`
}

/** One who is fed by another, and whose picture and voice that is. */
type Fed = { readonly child: Person; readonly source: Person }
type Carried = { readonly victim: Person; readonly fed: readonly Fed[] }

class CarriedCall {
  readonly #talking: readonly [Person, Person]
  readonly #carrying: readonly Person[]
  #link = ''

  constructor(browser: Browser, origin: string) {
    this.#talking = [new Person(browser, origin, 'Ann', 'Cleo'), new Person(browser, origin, 'Cleo', 'Ann')]
    this.#carrying = ['Ben', 'Dora'].map((name) => new Person(browser, origin, name))
  }

  get #all(): readonly Person[] {
    return [...this.#talking, ...this.#carrying]
  }

  get #pairs(): readonly Fed[] {
    const [one, other] = this.#talking
    return [
      { child: one, source: other },
      { child: other, source: one },
    ]
  }

  async open(): Promise<void> {
    const [first, second] = this.#talking
    this.#link = await first.enter(TALKING)
    await second.enter(TALKING, this.#link)
    for (const one of this.#carrying) await one.enter(CARRYING, this.#link)
    await this.#bothMayCarry()
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((one) => one.close()))
  }

  async play(): Promise<Round> {
    const quiet = await this.#watch(this.#pairs, () => wait(QUIET_MS))
    const { victim, fed } = await within(MEET_MS, 'nobody carried', this.#whoCarries())
    const left = this.#all.filter((one) => one !== victim)
    const leftTabs = (self: Person) => left.flatMap(({ tab }) => (tab === self.tab ? [] : [tab]))
    await Promise.all(left.map((one) => one.watchVisit(leftTabs(one))))
    let goneMs = 0
    const after = await this.#watch(fed, async () => {
      const { tab } = victim
      const diedMs = performance.now()
      await victim.die()
      const gone = Promise.all(left.map((one) => this.#misses(one, tab))).then(() => performance.now() - diedMs)
      goneMs = await within(GONE_MS, 'the dead one did not disappear', gone)
      await wait(Math.max(0, AFTER_MS - goneMs))
    })
    let backMs = 0
    const whileBack = await this.#watch(this.#pairs, async () => {
      const fromMs = performance.now()
      await victim.enter(CARRYING, this.#link)
      await this.#bothMayCarry()
      backMs = performance.now() - fromMs
    })
    for (const one of left) {
      const breaks = await one.visitBreaks()
      if (breaks.length > 0) throw new Error(`${one.name} did not stay: ${breaks.join(', ')}`)
    }
    return { quiet, after, whileBack, goneMs, backMs }
  }

  /** Whoever passes on a picture and the voice of one to the other, and to whom: without one there would be no picture. */
  async #whoCarries(): Promise<Carried> {
    const ways = await Promise.all(this.#pairs.map(async (pair) => ({ pair, carrier: await pair.child.carrierOf(pair.source.tab) })))
    const victim = this.#carrying.find(({ tab }) => ways.some(({ carrier }) => carrier === tab))
    // Ways change for a moment after somebody came.
    if (victim === undefined) return wait(AGAIN_MS).then(() => this.#whoCarries())
    return { victim, fed: ways.filter(({ carrier }) => carrier === victim.tab).map(({ pair }) => pair) }
  }

  /** Both who talk see and hear each other by others, and each of those has a way to both and their pictures. */
  async #bothMayCarry(): Promise<void> {
    const [first, second] = this.#talking
    const isFed = async ({ child, source }: Fed) => (await child.carrierOf(source.tab)) !== undefined
    const shows = this.#carrying.flatMap((one) => [() => one.showsPictureOf(first.tab), () => one.showsPictureOf(second.tab)])
    const ready = [...this.#pairs.map((pair) => () => isFed(pair)), ...shows]
    await within(MEET_MS, 'not everybody saw those who talk', Promise.all(ready.map(until)))
  }

  /** The longest gaps of these pairs. Throws when one does not see or hear the other at the end. */
  async #watch(pairs: readonly Fed[], work: () => Promise<void>): Promise<Gaps> {
    await Promise.all(this.#talking.map(({ page }) => takeNoted(page)))
    const fromMs = wallMs()
    await work()
    const untilMs = wallMs()
    const noted = new Map(await Promise.all(this.#talking.map(async (one) => [one, await takeNoted(one.page)] as const)))
    const gaps = pairs.map(({ child, source }) => gapsOf(noted.get(child), source.tab, fromMs, untilMs))
    return { pictureMs: Math.max(...gaps.map(({ pictureMs }) => pictureMs)), voiceMs: Math.max(...gaps.map(({ voiceMs }) => voiceMs)) }
  }

  async #misses(one: Person, tab: string): Promise<void> {
    await until(async () => !(await one.shows(tab)))
  }
}

function gapsOf(noted: Noted | undefined, tab: string, fromMs: number, untilMs: number): Gaps {
  const pictures = (noted?.pictures[tab] ?? []).map(({ atMs }) => atMs)
  return { pictureMs: longestGapMs(pictures, fromMs, untilMs), voiceMs: longestGapMs(noted?.sounds[tab] ?? [], fromMs, untilMs) }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(AGAIN_MS)
}

function wallMs(): number {
  return performance.timeOrigin + performance.now()
}
