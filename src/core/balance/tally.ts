/**
 * How often something worked, for one row of a profile. Counts fade with a half-life, so that what changed is believed
 * again within days. What fails rests: twice as long each time, then one try. A single failure of what works well is no
 * reason to rest, two in a row are.
 */
import { BALANCE_HALF_LIFE_MS, TALLY_TRIES } from '../../protocol/limits.ts'

export type Tally = {
  /** Both fade; so they are no whole numbers. */
  readonly tries: number
  readonly successes: number
  /** Of the time it was in use, stalls seen. */
  readonly stalls: number
  /** Until the first picture or frame, of those that came, the latest counting most; 0: none came. */
  readonly mediaMs: number
  /** The counts are as of then. */
  readonly atMs: number
  readonly failedInRow: number
  /** Left alone until then. */
  readonly restsUntilMs: number
}

export type Outcome = { readonly kind: 'worked'; readonly mediaMs: number } | { readonly kind: 'failed' } | { readonly kind: 'stalled' }

/** How long what failed rests at first and at most. */
export type Rest = { readonly firstMs: number; readonly maxMs: number }

export const NO_TALLY: Tally = { tries: 0, successes: 0, stalls: 0, mediaMs: 0, atMs: 0, failedInRow: 0, restsUntilMs: 0 }

/** Of each new time to media this much; the rest is what it was. */
const NEWEST = 0.3

export function noteOutcome(tally: Tally, outcome: Outcome, rest: Rest, nowMs: number): Tally {
  const faded = fade(tally, nowMs)
  switch (outcome.kind) {
    case 'stalled':
      return { ...faded, stalls: faded.stalls + 1 }
    case 'worked': {
      const mediaMs = faded.mediaMs === 0 ? outcome.mediaMs : faded.mediaMs + NEWEST * (outcome.mediaMs - faded.mediaMs)
      return { ...faded, tries: faded.tries + 1, successes: faded.successes + 1, mediaMs, failedInRow: 0, restsUntilMs: 0 }
    }
    case 'failed': {
      const failedInRow = faded.failedInRow + 1
      const failed = { ...faded, tries: faded.tries + 1, failedInRow }
      const isLost = failedInRow > 1 || meanOf(failed) < 0.5
      const restMs = Math.min(rest.maxMs, rest.firstMs * 2 ** Math.min(30, failedInRow - 1))
      return isLost ? { ...failed, restsUntilMs: nowMs + restMs } : failed
    }
    default:
      return outcome satisfies never
  }
}

/** A wall clock that went back fades nothing. */
export function fade(tally: Tally, nowMs: number): Tally {
  const share = 0.5 ** (Math.max(0, nowMs - tally.atMs) / BALANCE_HALF_LIFE_MS)
  const bound = Math.min(1, (TALLY_TRIES - 1) / Math.max(1, tally.tries * share))
  const kept = share * bound
  return { ...tally, tries: tally.tries * kept, successes: tally.successes * kept, stalls: tally.stalls * kept, atMs: nowMs }
}

export function isResting(tally: Tally, nowMs: number): boolean {
  return nowMs < tally.restsUntilMs
}

/** With one success and one failure that nobody saw: of nothing known, a half. */
function meanOf({ tries, successes }: Tally): number {
  return (successes + 1) / (tries + 2)
}
