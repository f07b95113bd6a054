/**
 * Which earlier frame one of VP8's temporal layers needs, told from its layer's number alone: the base needs the base
 * before it, layer 1 the base, and layer 2 the latest of both. Encoders skip and repeat layers under load; what was
 * last encoded counts, not the place in the pattern.
 */
import { distance } from './recent-sequences.ts'

export type PatternState = {
  /** The sequence of the next frame. */
  readonly count: number
  readonly base: number
  /** The latest of the base and layer 1. */
  readonly middle: number
}

/** More than any stream has frames in a second. */
const SEQUENCES_PER_SECOND = 100

/**
 * A tab keeps its media id when it leaves the call and comes back, or when its worker begins anew, and the others may not
 * have noticed: its sequences go on above all that it sent before. `nowMs`: the wall clock.
 */
export function beginPattern(nowMs: number): PatternState {
  const count = Math.floor((nowMs * SEQUENCES_PER_SECOND) / 1000) % 2 ** 32
  // A stream that began without a key frame would depend on a frame that never was.
  return { count, base: count - 1, middle: count - 1 }
}

/** Each frame that the encoder gave, in its order. */
export function nextDependency(
  { count, base, middle }: PatternState,
  { isKey, temporal }: { readonly isKey: boolean; readonly temporal: number },
): { readonly next: PatternState; readonly dependsOn: number } {
  const following = (count + 1) % 2 ** 32
  if (isKey) return { next: { count: following, base: count, middle: count }, dependsOn: 0 }
  const needed = temporal < 2 ? base : middle
  const next = { count: following, base: temporal === 0 ? count : base, middle: temporal < 2 ? count : middle }
  return { next, dependsOn: distance(count, needed) }
}
