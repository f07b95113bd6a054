/** Who is in the call with this tab, by what each tab says of itself. Only they are sent tracks, and only theirs are shown. */
import type { TabId } from '../../protocol/ids.ts'
import type { PresenceRecord } from '../../protocol/room-state.ts'

export function otherParticipants(self: TabId, presence: ReadonlyMap<TabId, PresenceRecord>, isInCall: boolean): readonly TabId[] {
  if (!isInCall) return []
  return [...presence].filter(([tab, { call }]) => tab !== self && call !== null).map(([tab]) => tab)
}
