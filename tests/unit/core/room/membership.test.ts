import { describe, expect, test } from 'vitest'
import {
  type ArrivedEntry,
  addEntries,
  emptyMembership,
  logInOrder,
  type MembershipState,
  openHeads,
} from '../../../../src/core/room/membership.ts'
import { type Bytes, fromBase64Url } from '../../../../src/protocol/bytes.ts'
import { type DeviceId, type RoomId, toDeviceId, toEntryId, toRoomId } from '../../../../src/protocol/ids.ts'
import { ENTRY_PREDECESSORS, MEMBERS, MEMBERSHIP_ENTRIES, MEMBERSHIP_WAITING } from '../../../../src/protocol/limits.ts'
import type { MembershipEntry, Role } from '../../../../src/protocol/membership.ts'

const room = toRoomId(new Uint8Array(32).fill(1))
const device = (n: number) => toDeviceId(numbered(n))
const [ann, ben, cleo, dan] = [device(1), device(2), device(3), device(4)]
const isFounder = (id: string) => id === ann

function numbered(n: number): Bytes {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(0, n)
  return bytes
}

type EntrySketch = Pick<MembershipEntry, 't' | 'by'> & { room?: RoomId; atMs?: number; subject?: DeviceId; role?: Role }

let written = 0
function arrive(entry: EntrySketch, after: readonly ArrivedEntry[] = [], signaturesValid = true): ArrivedEntry {
  const links = after.map(({ id }) => fromBase64Url(id) as Bytes)
  const signatures = { signature: new Uint8Array(64), roomSignature: new Uint8Array(64) }
  return {
    id: toEntryId(numbered(++written)),
    entry: { room, atMs: 10, after: links, ...signatures, ...entry } as MembershipEntry,
    signaturesValid,
  }
}

const genesis = arrive({ t: 'genesis', by: ann })
const benJoins = arrive({ t: 'join', by: ben, atMs: 20 }, [genesis])
const cleoJoins = arrive({ t: 'join', by: cleo, atMs: 30 }, [genesis])
const danJoins = arrive({ t: 'join', by: dan, atMs: 40 }, [benJoins, cleoJoins])
const everybody = [genesis, benJoins, cleoJoins, danJoins]
const setRole = (by: DeviceId, subject: DeviceId, role: Role, after: readonly ArrivedEntry[]) =>
  arrive({ t: 'role', by, subject, role }, after)

const hold = (...arrived: ArrivedEntry[]): MembershipState => addEntries(emptyMembership(room), arrived, isFounder).next
const roles = ({ members }: MembershipState) => Object.fromEntries([...members].map(([id, { role }]) => [NAMES.get(id) ?? id, role]))
const NAMES = new Map([
  [ann, 'ann'],
  [ben, 'ben'],
  [cleo, 'cleo'],
  [dan, 'dan'],
])

describe('order', () => {
  test('[MEMBERSHIP-1] every order of arrival gives the same members, owner and heads', () => {
    const promoted = setRole(ann, ben, 'moderator', [danJoins])
    const watched = setRole(ben, dan, 'guest', [promoted])
    const all = [...everybody, promoted, watched]
    const expected = hold(...all)
    for (const order of permutations(all)) {
      let state = emptyMembership(room)
      for (const entry of order) state = addEntries(state, [entry], isFounder).next
      expect({ members: state.members, owner: state.owner, heads: state.heads, order: state.order }).toEqual({
        members: expected.members,
        owner: expected.owner,
        heads: expected.heads,
        order: expected.order,
      })
    }
    expect(roles(expected)).toEqual({ ann: 'owner', ben: 'moderator', cleo: 'member', dan: 'guest' })
  })

  test('[MEMBERSHIP-2] an entry counts as soon as what it was written after has come, and not before', () => {
    const early = addEntries(emptyMembership(room), [benJoins, danJoins], isFounder)
    expect([early.added, [...early.next.members]]).toEqual([[], []])
    const later = addEntries(early.next, [genesis], isFounder)
    expect(later.added).toEqual([genesis.id, benJoins.id])
    expect(addEntries(later.next, [cleoJoins], isFounder).added).toEqual([cleoJoins.id, danJoins.id])
  })

  test('[MEMBERSHIP-11] the log in order makes nobody wait, and a new entry names a bounded number of heads', () => {
    const joins = Array.from({ length: 40 }, (_, n) => arrive({ t: 'join', by: device(100 + n) }, [genesis]))
    const state = hold(...joins, genesis)
    expect(openHeads(state)).toHaveLength(ENTRY_PREDECESSORS)
    const ids = new Map([...state.entries].map(([id, entry]) => [entry, id]))
    let replayed = emptyMembership(room)
    for (const entry of logInOrder(state)) {
      const step = addEntries(replayed, [{ id: ids.get(entry) as never, entry, signaturesValid: true }], isFounder)
      expect(step.added).toHaveLength(1)
      replayed = step.next
    }
    expect(replayed.members).toEqual(state.members)
  })
})

describe('roles', () => {
  test('[MEMBERSHIP-3] only the founder opens the room, and owns it', () => {
    const stranger = arrive({ t: 'genesis', by: ben })
    const { next, refused } = addEntries(emptyMembership(room), [stranger, genesis], isFounder)
    expect(refused).toEqual([{ id: stranger.id, reason: 'membership-invalid' }])
    expect([next.owner, roles(next)]).toEqual([ann, { ann: 'owner' }])
  })

  test('[MEMBERSHIP-4] who joins is a member before anyone saw the founder', () => {
    const state = hold(arrive({ t: 'join', by: ben, atMs: 7 }))
    expect([state.owner, state.members]).toEqual([undefined, new Map([[ben, { role: 'member', joinedAtMs: 7 }]])])
  })

  test("[MEMBERSHIP-5] the owner sets roles of others; nobody sets the owner's", () => {
    const promoted = setRole(ann, ben, 'moderator', [danJoins])
    const demoted = setRole(ben, ann, 'guest', [promoted])
    const self = setRole(ann, ann, 'guest', [promoted])
    const byMember = setRole(cleo, dan, 'guest', [promoted])
    expect(roles(hold(...everybody, promoted, demoted, self, byMember))).toEqual({
      ann: 'owner',
      ben: 'moderator',
      cleo: 'member',
      dan: 'member',
    })
  })

  test('[MEMBERSHIP-6] handing the room over leaves one owner, and the former is a moderator', () => {
    const toBen = setRole(ann, ben, 'owner', [danJoins])
    const toCleo = setRole(ann, cleo, 'owner', [danJoins])
    const state = hold(...everybody, toBen, toCleo)
    expect([state.owner, roles(state)]).toEqual([ben, { ann: 'moderator', ben: 'owner', cleo: 'member', dan: 'member' }])
  })

  test('[MEMBERSHIP-7] a moderator makes guests of members and no more', () => {
    const promoted = [setRole(ann, ben, 'moderator', [danJoins]), setRole(ann, cleo, 'moderator', [danJoins])]
    const tries = [setRole(ben, dan, 'guest', promoted), setRole(ben, cleo, 'guest', promoted), setRole(ben, ben, 'owner', promoted)]
    const state = hold(...everybody, ...promoted, ...tries)
    expect(roles(state)).toEqual({ ann: 'owner', ben: 'moderator', cleo: 'moderator', dan: 'guest' })
    const more = addEntries(state, [setRole(ben, dan, 'moderator', tries), setRole(ben, dan, 'member', tries)], isFounder).next
    expect(roles(more)).toEqual({ ann: 'owner', ben: 'moderator', cleo: 'moderator', dan: 'member' })
  })

  test('[MEMBERSHIP-8] a demoted moderator cannot write himself into the past', () => {
    const promoted = setRole(ann, ben, 'moderator', [danJoins])
    const backdated = setRole(ben, cleo, 'guest', [promoted])
    const demoted = setRole(ann, ben, 'member', [promoted])
    expect(backdated.id < demoted.id).toBe(true)
    expect(roles(hold(...everybody, promoted, backdated, demoted))).toEqual({ ann: 'owner', ben: 'member', cleo: 'member', dan: 'member' })
  })

  test('[MEMBERSHIP-8] what he did before he was demoted stays', () => {
    const promoted = setRole(ann, ben, 'moderator', [danJoins])
    const honest = setRole(ben, cleo, 'guest', [promoted])
    const demoted = setRole(ann, ben, 'member', [honest])
    expect(roles(hold(...everybody, promoted, honest, demoted))).toEqual({ ann: 'owner', ben: 'member', cleo: 'guest', dan: 'member' })
  })

  test('[MEMBERSHIP-12] joining again does not undo being a guest', () => {
    const watching = setRole(ann, ben, 'guest', [danJoins])
    expect(roles(hold(...everybody, watching, arrive({ t: 'join', by: ben }, [watching]))).ben).toBe('guest')
  })
})

describe('bad entries', () => {
  test('[MEMBERSHIP-9] a wrong signature, another room, a genesis with a past: refused, and the rest stands', () => {
    const forged = arrive({ t: 'join', by: cleo }, [genesis], false)
    const elsewhere = arrive({ t: 'join', by: dan, room: toRoomId(new Uint8Array(32).fill(2)) })
    const late = arrive({ t: 'genesis', by: ann }, [benJoins])
    const { next, refused } = addEntries(emptyMembership(room), [genesis, forged, elsewhere, late, benJoins], isFounder)
    expect(refused).toEqual([forged, elsewhere, late].map(({ id }) => ({ id, reason: 'membership-invalid' })))
    expect(roles(next)).toEqual({ ann: 'owner', ben: 'member' })
  })

  test('[MEMBERSHIP-10] floods end at the bounds', () => {
    const unlinked = Array.from({ length: MEMBERSHIP_WAITING + 1 }, () => arrive({ t: 'join', by: ben }, [arrive({ t: 'join', by: ben })]))
    const held = addEntries(emptyMembership(room), unlinked, isFounder)
    expect([held.next.waiting.size, held.refused]).toEqual([MEMBERSHIP_WAITING, [{ id: unlinked.at(-1)?.id, reason: 'flooded' }]])

    const flood = Array.from({ length: MEMBERSHIP_ENTRIES + 1 }, (_, n) =>
      arrive({ t: 'join', by: device(1000 + n) }, n === 0 ? [] : [genesis]),
    )
    const full = addEntries(emptyMembership(room), [genesis, ...flood], isFounder)
    expect([full.next.entries.size, full.next.members.size, full.refused.length]).toEqual([MEMBERSHIP_ENTRIES, MEMBERS, 2])
    expect(full.next.owner).toBe(ann)
  })
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, n) => permutations([...items.slice(0, n), ...items.slice(n + 1)]).map((rest) => [item, ...rest]))
}
