/**
 * Whether a conductor knows enough to plan. A new one has heard of few at first, and a plan of few sends all others straight
 * to their sources at once: it waits until everybody has told, or long enough for who tells nothing.
 */
import { FACTS_AGAIN_MS } from '../../../protocol/limits.ts'
import type { MediaId } from '../../../protocol/media.ts'

/** Facts were due twice by then. */
const PATIENCE_MS = 2 * FACTS_AGAIN_MS

/** `present`: everybody who takes part in plans. `claimedAtMs`: when this tab claimed its term. */
export function isReadyToPlan(
  present: Iterable<MediaId>,
  told: { has(id: MediaId): boolean },
  claimedAtMs: number,
  nowMs: number,
): boolean {
  return nowMs - claimedAtMs >= PATIENCE_MS || [...present].every((id) => told.has(id))
}
