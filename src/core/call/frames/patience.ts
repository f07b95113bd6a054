/**
 * When something that was taken back is tried again: after quiet windows, twice as many of them each time that the last try had
 * to be taken back. What stayed quiet for long is forgotten.
 */
export type Patience = {
  /** Windows in a row without trouble. */
  readonly clean: number
  /** As many of them, and more is tried. */
  readonly patience: number
  /** More was tried since the last trouble. */
  readonly isRaised: boolean
}

const PATIENCE_MAX = 24
const FORGOTTEN_AFTER = 12

export function beginPatience(first: number): Patience {
  return { clean: 0, patience: first, isRaised: false }
}

export function afterTrouble({ patience, isRaised }: Patience): Patience {
  return { clean: 0, isRaised: false, patience: isRaised ? Math.min(PATIENCE_MAX, patience * 2) : patience }
}

/** `isWhole`: there is no more to try. `first`: what patience begins with. `triesMore`: it is time to. */
export function afterQuiet(
  { clean: before, patience, isRaised }: Patience,
  { isWhole, first }: { readonly isWhole: boolean; readonly first: number },
): { readonly next: Patience; readonly triesMore: boolean } {
  const clean = before + 1
  if (isWhole)
    return { next: clean < FORGOTTEN_AFTER ? { clean, patience, isRaised } : { ...beginPatience(first), clean }, triesMore: false }
  const triesMore = clean >= patience
  return { next: triesMore ? { clean: 0, patience, isRaised: true } : { clean, patience, isRaised }, triesMore }
}

const REST_MAX_MS = 320_000

/** How long something that failed again rests now: twice as long each time, up to about five minutes. */
export function longerRest(restMs: number): number {
  return Math.min(REST_MAX_MS, restMs * 2)
}
