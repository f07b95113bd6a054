/**
 * When fragments of an object that no file needs any more may be erased. A clock may jump and a map may lie, so a device
 * counts for itself how long it has known: time it was open, and of each time away a part. It erases after a day when
 * most of those who hold it have seen it too, and after a week in any case. The record in the bin goes last, with the last of
 * the fragments: until then others learn from it.
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

/** Holders that are not heard of any more do not keep a record in the bin for ever. */
export const FORGET_ANYWAY_MS = 8 * BIN_MS

export type Unwanted = {
  readonly knownMs: number
  /** Devices that say they hold some of it, and how many of those know that it is in the bin. */
  readonly holders: number
  readonly seen: number
  /** This device holds some of it. */
  readonly isHeldHere: boolean
}

export function unwantedDeed(unwanted: Unwanted): 'wait' | 'erase-rows' | 'drop-record' {
  if (!mayErase(unwanted)) return 'wait'
  if (unwanted.isHeldHere) return 'erase-rows'
  return unwanted.holders === 0 || unwanted.knownMs >= FORGET_ANYWAY_MS ? 'drop-record' : 'wait'
}

function mayErase({ knownMs, holders, seen }: Unwanted): boolean {
  if (knownMs >= ERASE_ANYWAY_MS) return true
  return knownMs >= BIN_MS && (holders === 0 || 2 * seen > holders)
}
