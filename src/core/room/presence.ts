/**
 * What a presence record is worth, who still needs to hear it, and who is no longer seen by anybody. Each tab speaks for
 * itself; what others pass on of it is believed in all but its leaving.
 */
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { MEMBERS } from '../../protocol/limits.ts'
import type { PresenceRecord } from '../../protocol/room-state.ts'

export type Present = ReadonlyMap<TabId, PresenceRecord>

/** `goodbye`: the tab says itself that it leaves. `ignored`: others say it of a tab, who could otherwise send it away. */
export type Hearing = 'said' | 'goodbye' | 'ignored' | 'refused'

/** `from`: the tab on whose stream the record came, and the device of its hello. */
export function hearPresence(record: PresenceRecord, from: { readonly tab: TabId; readonly device: DeviceId }): Hearing {
  const isHearsay = record.tab !== from.tab
  if (isHearsay) return record.gone ? 'ignored' : 'said'
  if (record.device !== from.device) return 'refused'
  return record.gone ? 'goodbye' : 'said'
}

/** Records carry a rising number, so an older one never wins. Nobody speaks for this tab but itself. */
export function isNews(record: PresenceRecord, present: Present, self: TabId): boolean {
  const known = present.get(record.tab)
  if (record.tab === self) return false
  return known === undefined ? present.size < MEMBERS : known.sequence < record.sequence
}

/** Those who do not have it from its maker; without one it is ours, and all need it. */
export function whoLacks(tabs: Iterable<TabId>, maker: TabId | undefined, present: Present): readonly TabId[] {
  const told = maker === undefined ? [] : [maker, ...(present.get(maker)?.sees ?? [])]
  return [...tabs].filter((tab) => !told.includes(tab))
}

/** Tabs that neither we nor any tab we are connected to see. */
export function whoIsUnseen(present: Present, self: TabId, connected: Iterable<TabId>): ReadonlySet<TabId> {
  const unseen = new Set(present.keys())
  unseen.delete(self)
  for (const tab of connected) {
    unseen.delete(tab)
    for (const seen of present.get(tab)?.sees ?? []) unseen.delete(seen)
  }
  return unseen
}
