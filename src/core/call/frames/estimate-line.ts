/**
 * What this tab can send a second, or take, learned from what went and whether queues stood: more by a step while there is room,
 * and after congestion a little less than what went through. What is not used is not raised, nobody knows whether it is there;
 * but a bad minute is forgotten some time, or a tab that was never given anything again would stay slow for ever.
 */
export type LineEstimate = {
  readonly kbps: number
  /** What nearly every such line carries. */
  readonly assumedKbps: number
  readonly atMs: number | undefined
  readonly isCongested: boolean
  /** What went through at the best of the present congestion. */
  readonly bestKbps: number
  /** Since when no queue stood. */
  readonly freeSinceMs: number
}

const FLOOR_KBPS = 200
const CEILING_KBPS = 200_000

const USED = 0.7
const DELIVERED = 0.85
/** In one congestion less and less goes through because less is sent; what went through at its best fades so much a time. */
const FADE = 0.8
/** Each second, and a fiftieth of what there is: a fast line is not probed for minutes. */
const STEP_KBPS = 200
const STEP_SHARE = 0.02
/** A step after a long pause counts as one of this length. */
const STEP_MAX_MS = 2_000
const FORGOTTEN_MS = 60_000

/** Per thousand of what was sent; fewer that came are many lost. */
const ARRIVED = 930
/** Longer and a queue stands. */
const QUEUE_MS = 100

export function beginEstimate(assumedKbps: number): LineEstimate {
  return { kbps: assumedKbps, assumedKbps, atMs: undefined, isCongested: false, bestKbps: 0, freeSinceMs: 0 }
}

/** On the path to one other, by its round trips: what stands in the other's engine is not on it. */
const LONGER_MS = 50

/** Of each other who sends: per thousand of it that came here, how long it stood in queues, and how much longer its path is than at its shortest. */
export type Inbound = { readonly delivered: number; readonly queueMs: number; readonly longerMs: number }

/** What one other sends badly is that one's matter; when half of them seem to, it is the line of this tab. */
export function isLineDownShort(inbound: readonly Inbound[]): boolean {
  const standing = inbound.filter(
    ({ delivered, queueMs, longerMs }) => delivered < ARRIVED || (queueMs > QUEUE_MS && longerMs > LONGER_MS),
  ).length
  return standing > 0 && 2 * standing >= inbound.length
}

/** Once a second or so. `wentKbps`: what left and arrived since the last time. */
export function stepEstimate(
  state: LineEstimate,
  { wentKbps, isCongested }: { readonly wentKbps: number; readonly isCongested: boolean },
  nowMs: number,
): LineEstimate {
  const freeSinceMs = isCongested || state.atMs === undefined ? nowMs : state.freeSinceMs
  const bestKbps = !isCongested ? 0 : Math.max(wentKbps, state.bestKbps * FADE)
  // One time may be a processor that was busy; a queue stands.
  const lowered = isCongested && state.isCongested ? Math.min(state.kbps, bestKbps * DELIVERED) : state.kbps
  const kbps = isCongested ? lowered : raised(state, wentKbps, nowMs)
  return {
    kbps: Math.min(CEILING_KBPS, Math.max(FLOOR_KBPS, kbps)),
    assumedKbps: state.assumedKbps,
    atMs: nowMs,
    isCongested,
    bestKbps,
    freeSinceMs,
  }
}

function raised({ kbps, assumedKbps, atMs, freeSinceMs }: LineEstimate, wentKbps: number, nowMs: number): number {
  const isUsed = wentKbps > kbps * USED
  const isForgotten = kbps < assumedKbps && atMs !== undefined && nowMs - freeSinceMs >= FORGOTTEN_MS
  if (!isUsed && !isForgotten) return kbps
  const step = ((STEP_KBPS + kbps * STEP_SHARE) * Math.min(STEP_MAX_MS, nowMs - (atMs ?? nowMs))) / 1000
  return isUsed ? kbps + step : Math.min(assumedKbps, kbps + step)
}
