/**
 * Who belongs to the room: a set of signed entries, linked by hash, that only grows. Signatures are checked outside and
 * arrive as a verdict. An entry waits until everything it was written after is here; roles follow from the set alone
 * (fold-membership). Entries whose writer had no say stay in the log without effect: later news may give them one, and
 * others may have written after them.
 */
import { type Bytes, fromBase64Url } from '../../protocol/bytes.ts'
import type { DeviceId, EntryId, RoomId } from '../../protocol/ids.ts'
import { ENTRY_PREDECESSORS, MEMBERSHIP_ENTRIES, MEMBERSHIP_WAITING } from '../../protocol/limits.ts'
import type { MembershipEntry } from '../../protocol/membership.ts'
import { type Folded, foldMembership, type Membership, predecessors } from './fold-membership.ts'

export type MembershipState = Folded & {
  readonly room: RoomId
  readonly entries: ReadonlyMap<EntryId, MembershipEntry>
  readonly waiting: ReadonlyMap<EntryId, MembershipEntry>
}

/** `signaturesValid`: the device's, and for genesis and join the room key's as well. */
export type ArrivedEntry = { readonly id: EntryId; readonly entry: MembershipEntry; readonly signaturesValid: boolean }

export type RefusedEntry = { readonly id: EntryId; readonly reason: 'membership-invalid' | 'flooded' }

export type Addition = {
  readonly next: MembershipState
  /** New in the log, those that had waited included: what the others want to hear. */
  readonly added: readonly EntryId[]
  readonly refused: readonly RefusedEntry[]
}

export function emptyMembership(room: RoomId): MembershipState {
  return { room, entries: new Map(), waiting: new Map(), order: [], members: new Map<DeviceId, Membership>(), owner: undefined, heads: [] }
}

/** `isFounder` compares a device key's hash with the one in the room secret. */
export function addEntries(state: MembershipState, arrived: readonly ArrivedEntry[], isFounder: (device: DeviceId) => boolean): Addition {
  const entries = new Map(state.entries)
  const waiting = new Map(state.waiting)
  const added: EntryId[] = []
  const refused: RefusedEntry[] = []

  for (const { id, entry, signaturesValid } of arrived) {
    if (entries.has(id) || waiting.has(id)) continue
    if (!signaturesValid || !isWellFormed(entry, state.room, isFounder)) refused.push({ id, reason: 'membership-invalid' })
    else if (entries.size + waiting.size >= MEMBERSHIP_ENTRIES) refused.push({ id, reason: 'flooded' })
    else if (predecessors(entry).every((earlier) => entries.has(earlier))) {
      entries.set(id, entry)
      added.push(id)
    } else if (waiting.size >= MEMBERSHIP_WAITING) refused.push({ id, reason: 'flooded' })
    else waiting.set(id, entry)
  }
  added.push(...release(entries, waiting))

  if (added.length === 0) return { next: { ...state, waiting }, added, refused }
  return { next: { room: state.room, entries, waiting, ...foldMembership(entries, isFounder) }, added, refused }
}

/** The whole log in an order in which no entry has to wait. */
export function logInOrder(state: MembershipState): MembershipEntry[] {
  return state.order.map((id) => state.entries.get(id) as MembershipEntry)
}

/** `after` of an entry written now. */
export function openHeads(state: MembershipState): Bytes[] {
  return state.heads.slice(0, ENTRY_PREDECESSORS).map((id) => fromBase64Url(id) as Bytes)
}

function isWellFormed(entry: MembershipEntry, room: RoomId, isFounder: (device: DeviceId) => boolean): boolean {
  if (entry.room !== room) return false
  return entry.t !== 'genesis' || (isFounder(entry.by) && entry.after.length === 0)
}

/** Moves entries whose predecessors have all come, until none moves any more. */
function release(entries: Map<EntryId, MembershipEntry>, waiting: Map<EntryId, MembershipEntry>): EntryId[] {
  const released: EntryId[] = []
  let moved = true
  while (moved) {
    moved = false
    for (const [id, entry] of waiting) {
      if (!predecessors(entry).every((earlier) => entries.has(earlier))) continue
      waiting.delete(id)
      entries.set(id, entry)
      released.push(id)
      moved = true
    }
  }
  return released
}
