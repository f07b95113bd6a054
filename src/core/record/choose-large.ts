/** Who stands large while people talk: whoever speaks for a moment while the one before is silent. A cough changes nothing. */
import type { TabId } from '../../protocol/ids.ts'
import { LARGE_AFTER_MS } from '../../protocol/limits.ts'

export type Large = {
  readonly tab: TabId | undefined
  /** Who was large before: beside it where two are. */
  readonly former: TabId | undefined
  /** Who speaks in the place of the large one, and since when. */
  readonly rival: { readonly tab: TabId; readonly sinceMs: number } | undefined
}

export const NOBODY_LARGE: Large = { tab: undefined, former: undefined, rival: undefined }

/** `present`, `speaking`: in the order of the call. */
export function chooseLarge(before: Large, present: readonly TabId[], speaking: readonly TabId[], nowMs: number): Large {
  if (before.tab === undefined || !present.includes(before.tab)) return { ...before, tab: speaking[0] ?? present[0], rival: undefined }
  if (speaking.length === 0 || speaking.includes(before.tab)) return { ...before, rival: undefined }
  const { rival } = before
  if (rival === undefined || !speaking.includes(rival.tab)) {
    return { ...before, rival: { tab: speaking[0] as TabId, sinceMs: nowMs } }
  }
  return nowMs - rival.sinceMs < LARGE_AFTER_MS ? before : { tab: rival.tab, former: before.tab, rival: undefined }
}
