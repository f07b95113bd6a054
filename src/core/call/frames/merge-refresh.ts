/** Requests for a key frame on their way up: many children of one stream ask at once, and their parent asks once. */
import { REFRESH_MERGE_MS } from '../../../protocol/limits.ts'

/** When each stream was last asked for, by its key; those asked lately only. */
export type Refreshes = ReadonlyMap<string, number>

export const NO_REFRESHES: Refreshes = new Map()

export function askRefresh(state: Refreshes, streamKey: string, nowMs: number): { readonly next: Refreshes; readonly isSent: boolean } {
  const isLate = (askedAtMs: number) => nowMs - askedAtMs >= REFRESH_MERGE_MS
  const askedAtMs = state.get(streamKey)
  if (askedAtMs !== undefined && !isLate(askedAtMs)) return { next: state, isSent: false }
  const lately = [...state].filter(([key, atMs]) => key !== streamKey && !isLate(atMs))
  return { next: new Map([...lately, [streamKey, nowMs]]), isSent: true }
}
