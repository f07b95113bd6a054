/** Devices, rooms and objects for tests of the planner, and worlds where plans come true. */
import fc from 'fast-check'
import type { DeviceFacts, ObjectFacts, Plan, RowCopy } from '../../../../src/core/storage/plan-facts.ts'
import { planObject } from '../../../../src/core/storage/plan-object.ts'
import type { Profile } from '../../../../src/core/storage/profile.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import type { ObjectId } from '../../../../src/protocol/object.ts'

export const NINES: Profile = { kind: 'nines', target: 0.999 }
export const MIB = 1024 * 1024

export function device(name: string, more: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    id: name as DeviceId,
    isHere: true,
    awayMs: 0,
    segment: `network of ${name}`,
    rttMs: undefined,
    availability: 0.9,
    lossPerDay: 1 / 365,
    freeBytes: 1024 ** 4,
    isVisitor: false,
    ...more,
  }
}

export function devices(count: number, more: Partial<DeviceFacts> = {}): DeviceFacts[] {
  return Array.from({ length: count }, (_, n) => device(`d${n}`, more))
}

/** Just added by the first device, which has all data rows. */
export function object(more: Partial<ObjectFacts> = {}, adder = 'd0'): ObjectFacts {
  const layout = more.layout ?? { k: 1, rows: 1 }
  const copies = Array.from({ length: layout.k }, (_, row): RowCopy => ({ row, device: adder as DeviceId, state: 'kept' }))
  return { id: 'object' as ObjectId, bytes: 100 * MIB, layout, profile: NINES, pointers: 1, slots: [], copies, ...more }
}

export function plan(facts: ObjectFacts, room: readonly DeviceFacts[], self = 'd0'): Plan {
  return planObject(facts, room, { self: self as DeviceId, nowMs: 0 })
}

/** What the room holds once the plan has been followed: marked, revived, and fetched by everybody it names. */
export function followed(facts: ObjectFacts, { slots, mark }: Plan): ObjectFacts {
  const keyOf = ({ row, device: id }: { row: number; device: string }) => `${row}/${id}`
  const copies = new Map(facts.copies.map((copy) => [keyOf(copy), copy]))
  for (const copy of mark) copies.set(keyOf(copy), { ...copy, state: 'marked' })
  for (const slot of slots) copies.set(keyOf(slot), { ...slot, state: 'kept' })
  return { ...facts, slots, copies: [...copies.values()] }
}

/** Planned and followed until nothing changes. */
export function settled(facts: ObjectFacts, room: readonly DeviceFacts[], self = 'd0'): ObjectFacts {
  let next = facts
  for (let step = 0; step < 10; step++) {
    const found = plan(next, room, self)
    if (found.slots === next.slots && found.mark.length + found.revive.length === 0) return next
    next = followed(next, found)
  }
  throw new Error('the plan does not come to rest')
}

export function holdersOf(facts: ObjectFacts): string[] {
  return [...new Set(facts.slots.map(({ device: id }) => id as string))].sort()
}

export const anyRoom = fc
  .array(
    fc.record({
      availability: fc.double({ min: 0.02, max: 0.99, noNaN: true }),
      isHere: fc.boolean(),
      segment: fc.constantFrom('a', 'b', 'c', 'd', undefined),
      isVisitor: fc.boolean().map((yes) => yes && true),
      lossPerDay: fc.constantFrom(1 / 365, 1 / 60),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((list) =>
    list.map((facts, n) => device(`d${n}`, { ...facts, isVisitor: facts.isVisitor && n % 5 === 4, awayMs: facts.isHere ? 0 : 3_600_000 })),
  )

export const anyProfile: fc.Arbitrary<Profile> = fc.oneof(
  fc.constantFrom<Profile>({ kind: 'raid0' }, { kind: 'raid5' }, { kind: 'raid6' }, { kind: 'raid10' }),
  fc.integer({ min: 1, max: 6 }).map((copies): Profile => ({ kind: 'raid1', copies })),
  fc.constantFrom(0.9, 0.99, 0.999, 0.99999).map((target): Profile => ({ kind: 'nines', target })),
)
