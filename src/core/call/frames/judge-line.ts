/**
 * Whether a line on which a voice leaves carries it. The silence of a voice says nothing: it may be a pause. So the other side is asked, now
 * and then, on which lines something came; one on which much was written and nothing came is dead, and another is opened in its place.
 */
import { longerRest } from './patience.ts'

export type LineHealth = {
  /** Something came by it, by the last word of the other side. */
  readonly isProven: boolean
  /** Words in a row by which nothing came of what was written. */
  readonly unheard: number
  /** It may take so long until the other side agreed to the line; each that is opened costs both a moment. */
  readonly restMs: number
  readonly notBeforeMs: number
}

/** Fewer may be those of a pause, on their way. */
const WRITTEN = 5
/** The first may have been said while the frames were on their way. */
const UNHEARD = 2

const ASK_MS = 1_000
const ASK_PROVEN_MS = 10_000

const REST_MS = 5_000

/** `before`: the one that it takes the place of. */
export function beginLine(before: LineHealth | undefined, nowMs: number): LineHealth {
  const restMs = before === undefined ? REST_MS : before.restMs
  return { isProven: false, unheard: 0, restMs, notBeforeMs: nowMs + restMs }
}

/** `written`: frames since it was asked last. Of a line that carried for long it is asked rarely. */
export function isWordNeeded({ isProven }: LineHealth, written: number, askedBeforeMs: number): boolean {
  return written >= WRITTEN && askedBeforeMs >= (isProven ? ASK_PROVEN_MS : ASK_MS)
}

/** The other side answered. `written`: before it was asked. */
export function judgeLine(
  line: LineHealth,
  { written, isHeard }: { readonly written: number; readonly isHeard: boolean },
  nowMs: number,
): { readonly next: LineHealth; readonly isDead: boolean } {
  if (isHeard) return { next: { ...line, isProven: true, unheard: 0, restMs: REST_MS }, isDead: false }
  if (written < WRITTEN) return { next: line, isDead: false }
  const unheard = line.unheard + 1
  const isDead = unheard >= UNHEARD && nowMs >= line.notBeforeMs
  if (!isDead) return { next: { ...line, isProven: false, unheard }, isDead }
  const restMs = longerRest(line.restMs)
  return { next: { isProven: false, unheard: 0, restMs, notBeforeMs: nowMs + restMs }, isDead }
}
