/**
 * What a hop takes a second, learned from what its other side says came: after trouble a little less than that, and more again
 * by small steps while all that is sent comes through. What is not used is not raised. While a queue drains nothing is
 * learned: what comes then is what little we send, not what the line takes.
 */
export type HopBudget = {
  readonly kbps: number
  /** By the report before. */
  readonly queueMs: number
}

export type HopSeen = {
  /** Since the last report. */
  readonly sentKbps: number
  readonly arrivedKbps: number
  readonly lostPerMille: number
  /** How long the fastest packets stood in queues. */
  readonly queueMs: number
}

const FIRST_KBPS = 2_500
const LEAST_KBPS = 150
const MOST_KBPS = 100_000

/** Below this it is a processor that was busy. */
const QUEUE_MS = 80
/** Radio loses some without being full; RTP sends them again. */
const LOST_PER_MILLE = 100

/** Of the queue that the report before told of: it is being emptied. */
const DRAINS = 0.85

const LEFT_AFTER_TROUBLE = 0.85
/** The base alone is a third of a picture, or more: a child that was thinned to it uses its budget. */
const USED = 0.3
const STEP = 1.06

export function beginBudget(): HopBudget {
  return { kbps: FIRST_KBPS, queueMs: 0 }
}

/** With each report of the other side. */
export function stepBudget({ kbps, queueMs: before }: HopBudget, { sentKbps, arrivedKbps, lostPerMille, queueMs }: HopSeen): HopBudget {
  const isLosing = lostPerMille > LOST_PER_MILLE
  if (queueMs <= QUEUE_MS && !isLosing) return { kbps: sentKbps > kbps * USED ? Math.min(MOST_KBPS, kbps * STEP) : kbps, queueMs }
  if (queueMs < before * DRAINS && !isLosing) return { kbps, queueMs }
  return { kbps: Math.max(LEAST_KBPS, Math.min(kbps, arrivedKbps * LEFT_AFTER_TROUBLE)), queueMs }
}
