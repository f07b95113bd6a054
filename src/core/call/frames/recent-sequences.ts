/**
 * Which of the latest frames of a stream went somewhere: the highest sequence, and one bit for each of the 32 that end
 * there. A frame that depends on one further back counts as without it; sources depend on one at most four back.
 * Sequences have 32 bits and wrap, so they are compared by their distance.
 */
export type RecentSequences = {
  /** Undefined: none yet. */
  readonly highest: number | undefined
  /** Bit n stands for `highest - n`. */
  readonly bits: number
}

export const NO_SEQUENCES: RecentSequences = { highest: undefined, bits: 0 }

const KEPT = 32

/** How far `sequence` is after `other`; negative: before it. */
export function distance(sequence: number, other: number): number {
  return (sequence - other) | 0
}

/** After all that went. */
export function isAhead({ highest }: RecentSequences, sequence: number): boolean {
  return highest === undefined || distance(sequence, highest) > 0
}

export function hasSequence({ highest, bits }: RecentSequences, sequence: number): boolean {
  if (highest === undefined) return false
  const back = distance(highest, sequence)
  return back >= 0 && back < KEPT && ((bits >>> back) & 1) === 1
}

/** One that is ahead. */
export function noteSequence({ highest, bits }: RecentSequences, sequence: number): RecentSequences {
  const ahead = highest === undefined ? KEPT : distance(sequence, highest)
  return { highest: sequence, bits: ahead >= KEPT ? 1 : (bits << ahead) | 1 }
}

/** A key frame: nothing before it counts any more. */
export function onlySequence(sequence: number): RecentSequences {
  return { highest: sequence, bits: 1 }
}
