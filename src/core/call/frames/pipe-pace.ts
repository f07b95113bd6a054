/**
 * A pipe that is slower than its path. The engine guesses what the path carries, and after a stumble at the beginning, when little was
 * sent, it guesses a fraction of it, takes half a minute to feel its way back, and lets pictures stand for two seconds meanwhile. Then
 * packets stand in the engine, and neither is anything lost nor does the path itself become longer, as what goes beside the
 * pictures tells.
 */

export type PipeSeen = {
  /** As the other side saw: how long the quickest packets stood in queues, and how many were lost. */
  readonly queueMs: number
  readonly lostPerMille: number
  /** By how much a round trip is longer now than at its shortest. */
  readonly longerMs: number
}

/** A queue that people notice. */
const QUEUE_MS = 250
/** Of the queue: so much of it at most stands on the path. */
const ON_PATH = 0.25
const LOST_PER_MILLE = 20

/** So many reports of it, each HOP_REPORT_MS: by then a path that became longer is known to be. One that is none makes up for half of one. */
const SLOW_REPORTS = 6
const MAKES_UP = 0.5

/** How many reports told of it lately. With each report. */
export function stepPace(slow: number, { queueMs, lostPerMille, longerMs }: PipeSeen): number {
  const stands = queueMs >= QUEUE_MS && lostPerMille <= LOST_PER_MILLE && longerMs <= queueMs * ON_PATH
  return stands ? Math.min(SLOW_REPORTS, slow + 1) : Math.max(0, slow - MAKES_UP)
}

export function isPipeSlow(slow: number): boolean {
  return slow >= SLOW_REPORTS
}
