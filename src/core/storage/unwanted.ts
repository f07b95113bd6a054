/**
 * When fragments of an object that no file needs any more may be erased. A clock may jump and a map may lie, so a device
 * counts for itself how long it has known: time it was open, and of each time away a part. It erases after a day when
 * most of those who hold it have seen it too, and after a week in any case.
 */
import { BIN_MS } from '../../protocol/limits.ts'

/** Of one time away at most this much counts: it is told by the wall clock alone. */
export const AWAY_COUNTS_MS = 8 * 60 * 60_000

/** Who has not seen it by then may have gone for good. */
export const ERASE_ANYWAY_MS = 7 * 24 * 60 * 60_000

/** Time known so far when a device comes back. `savedAtMs`: by its wall clock, when it was last open. */
export function knownAfterAway(knownMs: number, savedAtMs: number, nowMs: number): number {
  return knownMs + Math.min(Math.max(0, nowMs - savedAtMs), AWAY_COUNTS_MS)
}

export function mayErase({
  knownMs,
  holders,
  seen,
}: {
  readonly knownMs: number
  readonly holders: number
  readonly seen: number
}): boolean {
  if (knownMs >= ERASE_ANYWAY_MS) return true
  return knownMs >= BIN_MS && (holders === 0 || 2 * seen > holders)
}
