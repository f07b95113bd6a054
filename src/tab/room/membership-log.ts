/**
 * The membership log of a room on this device: checks signatures at the door, keeps the set, saves it. Who belongs and
 * with what role is core/room/membership; the log is not secret from members and useless to others, so it is stored
 * as it is signed.
 */

import { type ArrivedEntry, addEntries, emptyMembership, logInOrder, type MembershipState, openHeads } from '../../core/room/membership.ts'
import { sha256 } from '../../pipeline/sha256.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import type { DeviceKey } from '../../ports/keys.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import { type DeviceId, toEntryId } from '../../protocol/ids.ts'
import { STATE_BYTES } from '../../protocol/limits.ts'
import { entryClaim, type MembershipEntry, membershipEntries, type Role, type UnsignedEntry } from '../../protocol/membership.ts'
import { verifySignature } from './ed25519.ts'
import type { RoomKeys } from './room-keys.ts'

export interface MembershipLog {
  state(): MembershipState
  entries(): readonly MembershipEntry[]
  /** Resolves to false when any entry was refused: its sender is not to be trusted. */
  take(entries: readonly MembershipEntry[]): Promise<boolean>
  /** Writes this device into the log unless it stands there: as founder when the secret says so. */
  joinSelf(nowMs: number): Promise<void>
  /**
   * Writes a role into the log. Throws `role-refused` when this device may not, and then nothing is written.
   */
  setRole(subject: DeviceId, role: Role, nowMs: number): Promise<void>
  /** What came into the log, from here or elsewhere: news for those who are connected. */
  subscribe(listener: (added: readonly MembershipEntry[]) => void): () => void
}

export async function openMembershipLog(options: { keys: RoomKeys; device: DeviceKey; values: ValueStore }): Promise<MembershipLog> {
  const { keys, device, values } = options
  const name = `room/${keys.roomId}/membership`
  const listeners = new Set<(added: readonly MembershipEntry[]) => void>()
  const founders = new Map<DeviceId, boolean>()
  const isFounder = (id: DeviceId) => founders.get(id) ?? false
  let state = emptyMembership(keys.roomId)

  const arrive = async (entry: MembershipEntry): Promise<ArrivedEntry> => {
    const claim = entryClaim(entry)
    if (entry.t === 'genesis') founders.set(entry.by, await keys.isFounder(entry.by))
    const byDevice = await verifySignature(entry.by, claim, entry.signature)
    const byRoom = entry.t === 'role' || (await keys.verify(claim, entry.roomSignature))
    return { id: toEntryId(await sha256(claim)), entry, signaturesValid: byDevice && byRoom }
  }
  const take = async (entries: readonly MembershipEntry[]): Promise<boolean> => {
    const arrived = await Promise.all(entries.map(arrive))
    const { next, added, refused } = addEntries(state, arrived, isFounder)
    state = next
    const news = added.map((id) => next.entries.get(id) as MembershipEntry)
    if (news.length > 0) for (const listener of listeners) listener(news)
    return refused.length === 0
  }
  const save = () => values.save(name, encodeFrame({ t: 'entries', entries: logInOrder(state) })).catch(() => {})

  const saved = await values.load(name)
  const log = saved && parseFrame(saved, membershipEntries, STATE_BYTES)
  if (log?.kind === 'ok') await take(log.message.entries)
  listeners.add(() => void save())

  return {
    state: () => state,
    entries: () => logInOrder(state),
    take,
    async joinSelf(atMs) {
      if (state.members.has(device.id)) return
      const isFirst = state.entries.size === 0 && (await keys.isFounder(device.id))
      const unsigned = { t: 'join', room: keys.roomId, by: device.id, after: openHeads(state), atMs } as const
      const entry: UnsignedEntry = isFirst ? { ...unsigned, t: 'genesis' } : unsigned
      const claim = entryClaim(entry)
      await take([{ ...entry, signature: await device.sign(claim), roomSignature: await keys.sign(claim) } as MembershipEntry])
    },
    async setRole(subject, role, atMs) {
      const unsigned = { t: 'role', room: keys.roomId, by: device.id, after: openHeads(state), atMs, subject, role } as const
      const claim = entryClaim(unsigned)
      const entry: MembershipEntry = { ...unsigned, signature: await device.sign(claim) }
      const trial = addEntries(state, [{ id: toEntryId(await sha256(claim)), entry, signaturesValid: true }], isFounder)
      if (trial.next.members.get(subject)?.role !== role) throw new RoomError('role-refused')
      await take([entry])
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
