/**
 * When a pair of tabs is worth more connections than one. Each has a congestion window of its own, so over a long path
 * several carry more; on a short one they only cost memory and processor.
 */
import { FAR_MS, LANES } from '../../protocol/limits.ts'

export type LaneFacts = {
  readonly lanes: number
  /** The shortest round trip of late: what queues for our own bytes is no distance. */
  readonly baseRttMs: number | undefined
  /** Bytes have come without a pause for this long, and have not come at all for this long. */
  readonly busyMs: number
  readonly idleMs: number
  readonly sinceOpenedMs: number
  readonly isCallRunning: boolean
}

const BUSY_MS = 1_000
/** A lane needs a few round trips to show what it carries. */
const BETWEEN_MS = 500
const IDLE_MS = 20_000

export function judgeLanes({ lanes, baseRttMs = 0, busyMs, idleMs, sinceOpenedMs, isCallRunning }: LaneFacts): 'open' | 'close' | 'leave' {
  if (lanes > 1 && idleMs >= IDLE_MS) return 'close'
  const isWorthIt = baseRttMs > FAR_MS && busyMs >= BUSY_MS && sinceOpenedMs >= BETWEEN_MS
  return isWorthIt && lanes < LANES && !isCallRunning ? 'open' : 'leave'
}
