/**
 * From a set of linked entries to one order and the roles that follow from it. Both depend on the set alone: every tab
 * that holds the same entries shows the same roles, in whatever order they arrived.
 */
import { toBase64Url } from '../../protocol/bytes.ts'
import type { DeviceId, EntryId } from '../../protocol/ids.ts'
import { MEMBERS } from '../../protocol/limits.ts'
import type { MembershipEntry, Role } from '../../protocol/membership.ts'

export type Membership = { readonly role: Role; readonly joinedAtMs: number }

export type Folded = {
  /** Every entry after those it was written after. */
  readonly order: readonly EntryId[]
  readonly members: ReadonlyMap<DeviceId, Membership>
  readonly owner: DeviceId | undefined
  /** Entries nobody has written after yet. */
  readonly heads: readonly EntryId[]
}

export function predecessors(entry: MembershipEntry): EntryId[] {
  return [...new Set(entry.after.map((id) => toBase64Url(id) as EntryId))]
}

/**
 * Among entries that could come next the owner's go first, then the lowest id. So a moderator who was demoted cannot
 * undo it by writing as if he had not heard: his late entry is folded when he has no say any more.
 */
export function foldMembership(entries: ReadonlyMap<EntryId, MembershipEntry>, isFounder: (device: DeviceId) => boolean): Folded {
  const order: EntryId[] = []
  const members = new Map<DeviceId, Membership>()
  let owner: DeviceId | undefined

  const missing = new Map<EntryId, number>()
  const successors = new Map<EntryId, EntryId[]>()
  for (const [id, entry] of entries) {
    const before = predecessors(entry)
    missing.set(id, before.length)
    for (const earlier of before) pushTo(successors, earlier, id)
  }

  const ready: EntryId[] = []
  const readyOf = new Map<DeviceId, EntryId[]>()
  const done = new Set<EntryId>()
  const makeReady = (id: EntryId) => {
    const { by } = entries.get(id) as MembershipEntry
    insertDescending(ready, id)
    const own = readyOf.get(by) ?? []
    insertDescending(own, id)
    readyOf.set(by, own)
  }
  for (const [id, count] of missing) if (count === 0) makeReady(id)

  const founder = [...entries.values()].find((entry) => isFounder(entry.by))?.by
  while (order.length < entries.size) {
    const id = takeNext(readyOf.get(owner ?? founder ?? ('' as DeviceId)), done) ?? takeNext(ready, done)
    if (id === undefined) break
    done.add(id)
    order.push(id)
    owner = apply(members, owner, entries.get(id) as MembershipEntry)
    for (const later of successors.get(id) ?? []) {
      const left = (missing.get(later) as number) - 1
      missing.set(later, left)
      if (left === 0) makeReady(later)
    }
  }
  return { order, members, owner, heads: order.filter((id) => !successors.has(id)).sort() }
}

/** Returns who owns the room after the entry. An entry whose writer has no say changes nothing. */
function apply(members: Map<DeviceId, Membership>, owner: DeviceId | undefined, entry: MembershipEntry): DeviceId | undefined {
  if (entry.t !== 'role') {
    const isGenesis = entry.t === 'genesis' && owner === undefined
    const known = members.get(entry.by)
    if (isGenesis) members.set(entry.by, { role: 'owner', joinedAtMs: known?.joinedAtMs ?? entry.atMs })
    else if (known === undefined && members.size < MEMBERS) members.set(entry.by, { role: 'member', joinedAtMs: entry.atMs })
    return isGenesis ? entry.by : owner
  }
  const writer = members.get(entry.by)
  const subject = members.get(entry.subject)
  if (writer === undefined || subject === undefined || !maySetRole(writer.role, subject.role, entry.role)) return owner
  members.set(entry.subject, { ...subject, role: entry.role })
  if (entry.role !== 'owner') return owner
  members.set(entry.by, { ...writer, role: 'moderator' })
  return entry.subject
}

/** The owner's own role changes only by handing the room over; a moderator decides who of the others takes part or watches. */
function maySetRole(writer: Role, from: Role, to: Role): boolean {
  if (from === 'owner') return false
  if (writer === 'owner') return true
  return writer === 'moderator' && from !== 'moderator' && to !== 'owner' && to !== 'moderator'
}

function pushTo(lists: Map<EntryId, EntryId[]>, key: EntryId, value: EntryId): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

function takeNext(waiting: EntryId[] | undefined, done: ReadonlySet<EntryId>): EntryId | undefined {
  let id = waiting?.pop()
  while (id !== undefined && done.has(id)) id = waiting?.pop()
  return id
}

/** Lowest last, so that taking it is cheap. */
function insertDescending(list: EntryId[], id: EntryId): void {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle] as EntryId) > id) low = middle + 1
    else high = middle
  }
  list.splice(low, 0, id)
}
