/**
 * Which of the latest frames of a stream went somewhere: the highest sequence, and one bit for each of the 32 that end
 * there. A frame that depends on one further back counts as without it; sources depend on one at most four back.
 */
export type RecentSequences = {
  /** -1: none yet. */
  readonly highest: number
  /** Bit n stands for `highest - n`. */
  readonly bits: number
}

export const NO_SEQUENCES: RecentSequences = { highest: -1, bits: 0 }

const KEPT = 32

export function hasSequence({ highest, bits }: RecentSequences, sequence: number): boolean {
  const back = highest - sequence
  return back >= 0 && back < KEPT && ((bits >>> back) & 1) === 1
}

/** `sequence` is above all before it. */
export function noteSequence({ highest, bits }: RecentSequences, sequence: number): RecentSequences {
  const ahead = sequence - highest
  return { highest: sequence, bits: highest < 0 || ahead >= KEPT ? 1 : (bits << ahead) | 1 }
}

/** A key frame: nothing before it counts any more. */
export function onlySequence(sequence: number): RecentSequences {
  return { highest: sequence, bits: 1 }
}
