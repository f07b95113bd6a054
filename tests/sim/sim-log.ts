/** The membership log of one simulated device: the real fold, with signatures checked by the room's keys. */
import { emptyMembership, type MembershipState, openHeads } from '../../src/core/room/membership.ts'
import type { DeviceId } from '../../src/protocol/ids.ts'
import type { MembershipEntry, Role } from '../../src/protocol/membership.ts'
import type { Brain } from './brain.ts'
import { type DeviceKeys, entryIdOf, type RoomKeys } from './sim-keys.ts'

export type LogSetting = { readonly brain: Brain; readonly keys: RoomKeys; readonly devices: DeviceKeys; readonly founder: DeviceId }

export class SimLog {
  state: MembershipState
  readonly #setting: LogSetting

  constructor(setting: LogSetting, known: MembershipState = emptyMembership(setting.keys.id)) {
    this.#setting = setting
    this.state = known
  }

  /** What of it was news. */
  take(entries: readonly MembershipEntry[]): readonly MembershipEntry[] {
    const { keys, devices, brain, founder } = this.#setting
    const unknown = entries.filter((entry) => !this.state.entries.has(entryIdOf(entry)))
    if (unknown.length === 0) return []
    const arrived = unknown.map((entry) => ({ id: entryIdOf(entry), entry, signaturesValid: devices.verifyEntry(keys, entry) }))
    const { next, added } = brain.membership(this.state, arrived, (device) => device === founder)
    this.state = next
    return added.map((id) => next.entries.get(id) as MembershipEntry)
  }

  join(device: DeviceId, atMs: number): readonly MembershipEntry[] {
    const { keys, devices, founder } = this.#setting
    if (this.state.members.has(device)) return []
    const t = device === founder && this.state.entries.size === 0 ? 'genesis' : 'join'
    return this.take([devices.signEntry(keys, { t, room: keys.id, by: device, after: openHeads(this.state), atMs })])
  }

  setRole(by: DeviceId, subject: DeviceId, role: Role, atMs: number): readonly MembershipEntry[] {
    const { keys, devices } = this.#setting
    const after = openHeads(this.state)
    return this.take([devices.signEntry(keys, { t: 'role', room: keys.id, by, after, atMs, subject, role })])
  }
}
