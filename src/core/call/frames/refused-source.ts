/**
 * Whether a source can be encoded at all. An encoder may fail by chance, and is made anew; where nothing but failures come for
 * a while it is the source: a camera of depths gives pictures that no encoder takes.
 */
export type Tries = {
  /** Of the first failure since anything was encoded, of whichever layer. */
  readonly failedSinceMs: number | undefined
  readonly isRefused: boolean
}

/** Also after each picture that was encoded. */
export const UNTRIED: Tries = { failedSinceMs: undefined, isRefused: false }

/** An encoder that failed is made anew after a second: three have failed by then. */
const REFUSED_AFTER_MS = 2_000

export function afterFailure({ failedSinceMs = Number.POSITIVE_INFINITY }: Tries, nowMs: number): Tries {
  const sinceMs = Math.min(failedSinceMs, nowMs)
  return { failedSinceMs: sinceMs, isRefused: nowMs - sinceMs >= REFUSED_AFTER_MS }
}
