/**
 * What a hop takes a second, learned from what its other side says came: after trouble a little less than that, and more again
 * by small steps while all that is sent comes through. What is not used is not raised.
 */
export type HopBudget = { readonly kbps: number }

export type HopSeen = {
  /** Since the last report. */
  readonly sentKbps: number
  readonly arrivedKbps: number
  readonly lostPerMille: number
  /** How long the fastest packets stood in queues. */
  readonly queueMs: number
}

const FIRST_KBPS = 2_500
const LEAST_KBPS = 80
const MOST_KBPS = 100_000

/** Below this it is a processor that was busy. */
const QUEUE_MS = 80
/** Radio loses some without being full; RTP sends them again. */
const LOST_PER_MILLE = 100

const LEFT_AFTER_TROUBLE = 0.85
const USED = 0.7
const STEP = 1.06

export function beginBudget(): HopBudget {
  return { kbps: FIRST_KBPS }
}

/** With each report of the other side. */
export function stepBudget({ kbps }: HopBudget, { sentKbps, arrivedKbps, lostPerMille, queueMs }: HopSeen): HopBudget {
  if (queueMs > QUEUE_MS || lostPerMille > LOST_PER_MILLE) {
    return { kbps: Math.max(LEAST_KBPS, Math.min(kbps, arrivedKbps * LEFT_AFTER_TROUBLE)) }
  }
  return { kbps: sentKbps > kbps * USED ? Math.min(MOST_KBPS, kbps * STEP) : kbps }
}
