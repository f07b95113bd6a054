/** The people on the screen, from what is known of their tabs. Reads, decides nothing that lasts. */
import type { MembershipState } from '../../core/room/membership.ts'
import type { Member } from '../../ports/asterism.ts'
import type { Link } from '../../ports/link.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import type { PresenceRecord } from '../../protocol/room-state.ts'

export type MemberSources = {
  readonly self: { readonly tab: TabId; readonly device: DeviceId }
  readonly presence: ReadonlyMap<TabId, PresenceRecord>
  readonly membership: MembershipState
  readonly connected: ReadonlyMap<TabId, DeviceId>
  readonly wasConnected: ReadonlySet<TabId>
  readonly link: (tab: TabId) => Link | undefined
  readonly nameOf: (device: DeviceId) => string
}

/** This tab first, the others by name. */
export function listMembers(sources: MemberSources): readonly Member[] {
  const members = [...sources.presence.values()].map((record) => memberOf(record, sources))
  return members.sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.name.localeCompare(b.name) || (a.tab < b.tab ? -1 : 1))
}

function memberOf(record: PresenceRecord, sources: MemberSources): Member {
  const { self, membership, nameOf } = sources
  const link = sources.link(record.tab)
  const isMe = record.tab === self.tab
  return {
    tab: record.tab,
    device: record.device,
    name: nameOf(record.device),
    role: membership.members.get(record.device)?.role ?? 'member',
    isMe,
    isMyDevice: record.device === self.device,
    connection: isMe ? 'here' : connectionOf(record.tab, link, sources),
    path: isMe ? 'direct' : (link?.path ?? 'unknown'),
    rttMs: link?.rttMs,
    inCall: record.call !== null,
    microphone: record.call?.microphone ?? false,
    camera: record.call?.camera ?? false,
    screen: record.call?.screen ?? false,
    speaking: record.call?.speaking ?? false,
  }
}

function connectionOf(tab: TabId, link: Link | undefined, sources: MemberSources): Member['connection'] {
  if (sources.connected.has(tab) && link?.state === 'connected') return 'here'
  return sources.wasConnected.has(tab) ? 'healing' : 'connecting'
}
