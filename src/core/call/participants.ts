/** Who is in the call with this tab, by what each tab says of itself. Only they are sent tracks, and only theirs are shown. */
import type { TabId } from '../../protocol/ids.ts'
import type { PresenceRecord } from '../../protocol/room-state.ts'

export function otherParticipants(self: TabId, presence: ReadonlyMap<TabId, PresenceRecord>, isInCall: boolean): readonly TabId[] {
  if (!isInCall) return []
  return [...presence].filter(([tab, { call }]) => tab !== self && call !== null).map(([tab]) => tab)
}

/** Whether one of these tabs is in a call: bytes that pass between them would be in its way. */
export function isAnyInCall(tabs: readonly (TabId | undefined)[], presence: ReadonlyMap<TabId, PresenceRecord>): boolean {
  return tabs.some((tab) => tab !== undefined && (presence.get(tab)?.call ?? null) !== null)
}
