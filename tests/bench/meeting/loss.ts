/**
 * Two people over a bad line: 40 ms each way, then a twentieth of all packets lost; and a line that narrows to less than a
 * third while they talk. Time runs from the picture at the one's camera to the same picture at the other's track.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright'
import { RelayProcess } from '../../e2e/relay-process.ts'
import { talkingHeadFlags } from '../../e2e/talking-head.ts'
import { type Line, openWan, type Wan } from '../wan/open-wan.ts'
import { gather, joinCall, within } from './crowd.ts'
import { delaysOf, longestGapMs, percentile, type Shown, startTap, takeNoted } from './tap.ts'

/** Two lines lie between two devices. */
const DELAY_MS = 20
const LOSS = 0.05
const WIDE_MBIT = 2
const NARROW_MBIT = 0.6
/** As home routers have it: what a sender does not take back stands here, and is seen in the delay. */
const QUEUE_MS = 400
const SETTLE_MS = 6_000
const PICTURES_MS = 45_000
const GOOD_MS = 250

export type LossMeasured = { readonly p50Ms: number; readonly p95Ms: number; readonly fps: number; readonly gapMs: number }
export type StepMeasured = {
  /** From the narrowing to the last picture that was late; undefined: it was still late at the end. */
  readonly recoverMs: number | undefined
  readonly worstMs: number
  readonly wideFps: number
  readonly narrowFps: number
  readonly narrowP95Ms: number
}

/** The second device loses, both ways. */
export function measureLoss(seed: number, watchMs: number): Promise<LossMeasured> {
  return withFarPair(seed, { delayMs: DELAY_MS }, async (wan, pages) => {
    wan.shape(1, { delayMs: DELAY_MS, loss: LOSS })
    await wait(SETTLE_MS)
    const { shown, fromMs, untilMs } = await watch(pages, () => wait(watchMs))
    const delays = shown.map(({ delayMs }) => delayMs)
    return {
      p50Ms: percentile(delays, 50),
      p95Ms: percentile(delays, 95),
      fps: (shown.length * 1000) / (untilMs - fromMs),
      gapMs: longestGapMs(
        shown.map(({ atMs }) => atMs),
        fromMs,
        untilMs,
      ),
    }
  })
}

/** What the first device sends is bounded, and nothing else is. */
export function measureStep(seed: number, watchMs: number): Promise<StepMeasured> {
  const uplink = (mbitPerSecond: number): Line => ({ delayMs: DELAY_MS, mbitPerSecond, queueMs: QUEUE_MS })
  const down: Line = { delayMs: DELAY_MS }
  return withFarPair(seed, down, async (wan, pages) => {
    wan.shape(0, { up: uplink(WIDE_MBIT), down })
    await wait(SETTLE_MS)
    const wide = await watch(pages, () => wait(SETTLE_MS))
    const { shown, fromMs, untilMs } = await watch(pages, async () => {
      wan.shape(0, { up: uplink(NARROW_MBIT), down })
      await wait(watchMs)
    })
    const late = shown.findLast(({ delayMs }) => delayMs > GOOD_MS)
    const isLateAtEnd = late !== undefined && untilMs - late.atMs < 1_000
    const resting = shown.slice(-Math.floor(shown.length / 3)).map(({ delayMs }) => delayMs)
    return {
      recoverMs: isLateAtEnd || shown.length === 0 ? undefined : Math.max(0, (late?.atMs ?? fromMs) - fromMs),
      worstMs: Math.max(...shown.map(({ delayMs }) => delayMs)),
      wideFps: (wide.shown.length * 1000) / (wide.untilMs - wide.fromMs),
      narrowFps: (shown.length * 1000) / (untilMs - fromMs),
      narrowP95Ms: percentile(resting, 95),
    }
  })
}

/** Both in a call that has begun to show, over the given lines. The first is the one who is looked at. */
async function withFarPair<T>(seed: number, line: Line, work: (wan: Wan, pages: readonly [Page, Page]) => Promise<T>): Promise<T> {
  const wan = await openWan({ devices: 2, seed, line, flags: await talkingHeadFlags() })
  const relay = await RelayProcess.open({ HOST: '0.0.0.0' })
  const origin = `http://${wan.address}:${relay.port}`
  try {
    const browsers = [await wan.launch(0, origin), await wan.launch(1, origin)]
    const { pages } = await gather(browsers, origin, 'api')
    const [source, watcher] = pages
    if (source === undefined || watcher === undefined) throw new Error('two pages are needed')
    await Promise.all(pages.map((page) => joinCall(page)))
    const seen = watcher.waitForFunction(() => asterism.room.call.remote.some(({ camera }) => camera !== undefined))
    await within(PICTURES_MS, 'they did not see each other', seen)
    await Promise.all(pages.map((page) => startTap(page, { withStamps: true })))
    return await work(wan, [source, watcher])
  } finally {
    await wan.close()
    await relay.close()
  }
}

async function watch(
  [source, watcher]: readonly [Page, Page],
  work: () => Promise<void>,
): Promise<{ shown: readonly Shown[]; fromMs: number; untilMs: number }> {
  const nowMs = () => performance.timeOrigin + performance.now()
  // What was captured before is still on its way: the source's notes are kept, the watcher's begin now.
  await takeNoted(watcher)
  const fromMs = nowMs()
  await work()
  const untilMs = nowMs()
  const [captured, seen] = await Promise.all([takeNoted(source), takeNoted(watcher)])
  const { self = [], ...others } = seen.pictures
  const [pictures = []] = Object.values(others)
  return { shown: delaysOf(captured.pictures['self'] ?? [], pictures), fromMs, untilMs }
}
