/**
 * Which earlier frame one of VP8's temporal layers needs, told from its layer's number alone: the base needs the base
 * before it, layer 1 the base, and layer 2 the latest of both. Encoders skip and repeat layers under load; what was
 * last encoded counts, not the place in the pattern.
 */
export type PatternState = {
  /** Frames so far; the sequence of the next. */
  readonly count: number
  readonly base: number
  /** The latest of the base and layer 1. */
  readonly middle: number
}

/** Nothing was encoded: a stream that began without a key frame would depend on a frame that never was. */
export const PATTERN_START: PatternState = { count: 0, base: -1, middle: -1 }

/** Each frame that the encoder gave, in its order. */
export function nextDependency(
  { count, base, middle }: PatternState,
  { isKey, temporal }: { readonly isKey: boolean; readonly temporal: number },
): { readonly next: PatternState; readonly dependsOn: number } {
  if (isKey) return { next: { count: count + 1, base: count, middle: count }, dependsOn: 0 }
  const needed = temporal < 2 ? base : middle
  const next = { count: count + 1, base: temporal === 0 ? count : base, middle: temporal < 2 ? count : middle }
  return { next, dependsOn: count - needed }
}
