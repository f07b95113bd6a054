/**
 * How many dials a tab has under way and how long each is given, learned from those before it: on a machine or a line with
 * too much to do every further dial makes all others late, and what was given up half-way has to be done again.
 */
import { DIAL_FIRST_MS, DIAL_QUICK_MS, DIAL_SLOW_MS, DIAL_TIMEOUT_MS, DIALS_AT_ONCE, DIALS_WHEN_SLOW } from '../../protocol/limits.ts'

export type DialPace = {
  readonly atOnce: number
  /** What a dial took of late, its hello included; 0 when none ended yet. */
  readonly tookMs: number
}

export const FIRST_PACE: DialPace = { atOnce: DIALS_AT_ONCE, tookMs: 0 }

/** Who cannot be dialed at all says so at once, which tells nothing of how busy anybody is. */
export function noteDial(pace: DialPace, tookMs: number, isConnected: boolean): DialPace {
  if (!isConnected && tookMs < DIAL_SLOW_MS) return pace
  return { atOnce: nextAtOnce(pace.atOnce, tookMs), tookMs: pace.tookMs === 0 ? tookMs : (pace.tookMs + tookMs) / 2 }
}

/** One more after a quick one, half as many after a slow one, as senders share a line. */
function nextAtOnce(atOnce: number, tookMs: number): number {
  if (tookMs >= DIAL_SLOW_MS) return Math.max(DIALS_WHEN_SLOW, Math.floor(atOnce / 2))
  return tookMs <= DIAL_QUICK_MS ? Math.min(DIALS_AT_ONCE, atOnce + 1) : atOnce
}

/**
 * Doubles from DIAL_FIRST_MS to DIAL_TIMEOUT_MS, and is three times as long as dials take of late. Browsers hide local addresses
 * behind names that the network answers for once a second at most; a dial that missed the answer hangs until it fails, the
 * next one finds it at once.
 */
export function dialTimeoutMs(pace: DialPace, failures: number): number {
  return Math.min(DIAL_TIMEOUT_MS, Math.max(3 * pace.tookMs, DIAL_FIRST_MS * 2 ** Math.min(failures, 8)))
}
