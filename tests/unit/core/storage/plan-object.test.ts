import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseLayout } from '../../../../src/core/storage/choose-layout.ts'
import { judgeObject } from '../../../../src/core/storage/judge-object.ts'
import type { DeviceFacts, ObjectFacts } from '../../../../src/core/storage/plan-facts.ts'
import { changesPlan } from '../../../../src/core/storage/plan-object.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import { LOST_MS } from '../../../../src/protocol/limits.ts'
import { seededRandom } from '../../../sim/random.ts'
import { anyProfile, anyRoom, device, devices, holdersOf, MIB, NINES, object, plan, settled } from './planner-fixtures.ts'

const RAID6 = { kind: 'raid6' } as const
const COPIES3 = { kind: 'raid1', copies: 3 } as const
const HOUR_MS = 3_600_000

function networksOf(facts: ObjectFacts, room: readonly DeviceFacts[]): number {
  return new Set(facts.slots.map((slot) => room.find(({ id }) => id === slot.device)?.segment)).size
}

function survivesAnyTwo({ copies, layout }: ObjectFacts): boolean {
  const kept = copies.filter(({ state }) => state === 'kept')
  const all = [...new Set(kept.map((copy) => copy.device))]
  return all.every((a) =>
    all.every((b) => new Set(kept.filter((copy) => copy.device !== a && copy.device !== b).map(({ row }) => row)).size >= layout.k),
  )
}

describe('placing', () => {
  test('[PLAN-3] one copy near whoever adds it, two in other networks', () => {
    const room = [
      device('d0', { segment: 'home', isVisitor: true }),
      device('d1', { segment: 'home', availability: 0.3 }),
      ...['d2', 'd3', 'd4'].map((name) => device(name, { segment: 'office' })),
      device('d5', { segment: 'abroad', availability: 0.3 }),
    ]
    const { slots, warnings } = plan(object({ profile: COPIES3 }), room)
    const segments = slots.map((slot) => room.find(({ id }) => id === slot.device)?.segment)
    expect(segments.toSorted()).toEqual(['abroad', 'home', 'office'])
    expect(warnings).toEqual([])
  })

  test('[PLAN-3] where networks are not known, the copy that is reached fastest is the near one', () => {
    const room = [device('d0', { isVisitor: true }), ...devices(6, { segment: undefined }).slice(1)].map((each, n) => ({
      ...each,
      rttMs: n === 4 ? 3 : 80,
    }))
    expect(holdersOf({ ...object(), slots: plan(object({ profile: COPIES3 }), room).slots })).toContain('d4')
  })

  test.each([
    [devices(2), ['fewer-than-three-devices']],
    [devices(5, { segment: 'one' }), ['one-network']],
    [devices(5).map((each, n) => ({ ...each, segment: n < 2 ? 'a' : 'b' })), ['two-networks']],
    [devices(5, { freeBytes: MIB }).map((each, n) => (n === 0 ? { ...each, freeBytes: 1e12 } : each)), ['not-enough-room']],
  ])('[PLAN-3] what is not to be had is a warning (%#)', (room, warnings) => {
    expect(plan(object({ profile: COPIES3 }), room).warnings).toEqual(warnings)
  })

  test('[PLAN-4] three networks hold copies through ten thousand who join and leave', () => {
    const random = seededRandom(1)
    let room = Array.from({ length: 6 }, (_, n) => device(`d${n}`, { segment: `s${n % 3}`, availability: 0.3 + random.next() * 0.6 }))
    let facts = settled(object({ profile: COPIES3 }), room)
    let born = 6
    for (let change = 0; change < 10_000; change++) {
      const gone = random.pick(room)
      const joins = room.length < 5 || (room.length < 12 && random.chance(0.5))
      const isLast = room.filter(({ segment }) => segment === gone.segment).length === 1
      if (joins) room = [...room, device(`d${born++}`, { segment: `s${random.below(3)}`, availability: 0.3 + random.next() * 0.6 })]
      else if (!isLast) room = room.filter((each) => each !== gone)
      facts = settled({ ...facts, copies: facts.copies.filter((copy) => room.some(({ id }) => id === copy.device)) }, room, room[0]?.id)
      if (networksOf(facts, room) < 3 || holdersOf(facts).length < 3) expect.fail(`after change ${change}`)
    }
    expect(facts.slots.length).toBeGreaterThanOrEqual(3)
  }, 60_000)

  test('[PLAN-5] rows are on devices of their own while there are enough; visitors and full devices get none', () => {
    const room = [
      ...devices(9),
      device('visitor', { isVisitor: true, availability: 0.99 }),
      device('full', { freeBytes: 0, availability: 0.99 }),
    ]
    const facts = settled(object({ profile: RAID6, layout: chooseLayout(RAID6, 100 * MIB, room.slice(0, 9)) }), room)
    expect(facts.slots.map((slot) => slot.device)).toHaveLength(holdersOf(facts).length)
    expect(holdersOf(facts)).not.toContain('visitor')
    expect(holdersOf(facts)).not.toContain('full')
  })

  test('[PLAN-6] a coded object in a room that shrank to two devices is whole on both', () => {
    const before = settled(object({ profile: RAID6, layout: { k: 4, rows: 8 } }), devices(8))
    const after = settled({ ...before, copies: before.copies.filter((copy) => ['d0', 'd1'].includes(copy.device)) }, devices(2))
    for (const id of ['d0', 'd1']) expect(new Set(after.slots.filter((slot) => slot.device === id).map(({ row }) => row)).size).toBe(4)
  })

  test('[PLAN-16] with most devices away, those who are here get enough to lose any two', () => {
    const room = devices(10).map((each, n) => (n < 3 ? each : { ...each, isHere: false, awayMs: HOUR_MS }))
    const { slots } = plan(object({ layout: { k: 4, rows: 9 } }), room)
    const soon = [...object({ layout: { k: 4, rows: 9 } }).copies, ...slots.filter((slot) => ['d0', 'd1', 'd2'].includes(slot.device))]
    expect(survivesAnyTwo({ ...object({ layout: { k: 4, rows: 9 } }), copies: soon.map((slot) => ({ ...slot, state: 'kept' })) })).toBe(
      true,
    )
  })

  test('[PLAN-14] each further pointer lets one more device be lost', () => {
    const room = devices(9)
    const spares = [1, 2, 4].map((pointers) => judgeObject(settled(object({ pointers, profile: COPIES3 }), room), room).spareDevices)
    expect(spares).toEqual([2, 3, 5])
  })
})

describe('whatever the room', () => {
  const anyStart = fc.record({
    room: anyRoom,
    profile: anyProfile,
    bytes: fc.constantFrom(1, MIB, 100 * MIB),
    pointers: fc.integer({ min: 1, max: 3 }),
  })
  const startOf = ({
    room,
    profile,
    bytes,
    pointers,
  }: {
    room: DeviceFacts[]
    profile: ObjectFacts['profile']
    bytes: number
    pointers: number
  }) => object({ profile, bytes, pointers, layout: chooseLayout(profile, bytes, room) })

  test('[PLAN-6] rows k are planned, and marking never takes one that reading needs', () => {
    fc.assert(
      fc.property(anyStart, (start) => {
        const facts = startOf(start)
        const able = start.room.some(({ isVisitor }) => !isVisitor)
        const end = settled(facts, start.room)
        const kept = end.copies.filter(({ state }) => state === 'kept')
        expect(new Set(kept.map(({ row }) => row)).size).toBeGreaterThanOrEqual(facts.layout.k)
        if (able) expect(new Set(end.slots.map(({ row }) => row)).size).toBeGreaterThanOrEqual(facts.layout.k)
      }),
      { numRuns: 300 },
    )
  })

  test('[PLAN-2] any two losses are survived whenever it is judged so', () => {
    fc.assert(
      fc.property(anyStart, (start) => {
        const end = settled(startOf(start), start.room)
        if (judgeObject(end, start.room).spareDevices >= 2) expect(survivesAnyTwo(end)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('[PLAN-7] the order of facts does not matter', () => {
    fc.assert(
      fc.property(anyStart, fc.integer(), (start, seed) => {
        const random = seededRandom(seed)
        const facts = startOf(start)
        const shuffled = { ...facts, copies: random.shuffled(facts.copies) }
        expect(plan(shuffled, random.shuffled(start.room))).toEqual(plan(facts, start.room))
        const end = settled(facts, start.room)
        const again = { ...end, slots: random.shuffled(end.slots), copies: random.shuffled(end.copies) }
        expect(plan(again, random.shuffled(start.room)).slots).toEqual(end.slots)
      }),
      { numRuns: 200 },
    )
  })

  test('[PLAN-8] a settled plan stays as it is, whoever of the room looks at it', () => {
    fc.assert(
      fc.property(anyStart, (start) => {
        const end = settled(startOf(start), start.room)
        for (const { id } of start.room) expect(changesPlan(end, plan(end, start.room, id))).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})

describe('as time goes', () => {
  const coded = { profile: NINES, layout: { k: 4, rows: 10 } }

  test('[PLAN-8] small changes of availability move no row', () => {
    const random = seededRandom(3)
    const facts = settled(object(coded), devices(10))
    for (let day = 0; day < 200; day++) {
      const room = devices(10).map((each) => ({ ...each, availability: 0.89 + random.next() * 0.02 }))
      expect(plan(facts, room).slots).toBe(facts.slots)
    }
  })

  test('[PLAN-9] whoever is away keeps its rows, all at once if a meeting ends', () => {
    const facts = settled(object(coded), devices(10))
    const after = devices(10).map((each, n) => (n === 0 ? each : { ...each, isHere: false, awayMs: 12 * HOUR_MS }))
    expect(plan(facts, after).slots).toBe(facts.slots)
  })

  test('[PLAN-9] who is lost is replaced, and a lost row made again elsewhere', () => {
    const facts = settled(object(coded), devices(12))
    const [lost] = holdersOf(facts)
    const room = devices(12).map((each) => (each.id === lost ? { ...each, isHere: false, awayMs: LOST_MS } : each))
    const next = settled(facts, room)
    expect(holdersOf(next)).not.toContain(lost)
    expect(judgeObject(next, room).spareDevices).toBeGreaterThanOrEqual(2)
  })

  test('[PLAN-9] after three weeks in which nobody came, the first one back replaces nobody', () => {
    const facts = settled(object(coded), devices(10))
    const after = devices(10).map((each, n) => (n === 0 ? each : { ...each, isHere: false, awayMs: 1.5 * LOST_MS }))
    expect(plan(facts, after).slots).toBe(facts.slots)
  })

  test('[PLAN-10] a marked copy is used again without traffic', () => {
    const facts = settled(object({ profile: COPIES3 }), devices(4))
    const [lost, ...stay] = holdersOf(facts)
    const spare = ['d0', 'd1', 'd2', 'd3'].find((id) => !holdersOf(facts).includes(id)) as DeviceId
    const withMarked: ObjectFacts = { ...facts, copies: [...facts.copies, { row: 0, device: spare, state: 'marked' }] }
    const room = [...devices(8), device('better', { availability: 0.99 })].filter(({ id }) => id !== lost)
    const found = plan(withMarked, room, stay[0])
    expect(found.revive).toEqual([{ row: 0, device: spare, state: 'marked' }])
    expect(found.slots.map((slot) => slot.device as string).sort()).toEqual([...stay, spare].sort())
  })

  test('[PLAN-11] nothing is marked before the plan is fulfilled; then the least worth is, first', () => {
    const room = devices(10)
    const start = object({ profile: RAID6, layout: { k: 4, rows: 7 } })
    expect(plan(start, room).mark).toEqual([])
    const spread = { ...start, slots: plan(start, room).slots }
    const arrived: ObjectFacts = {
      ...spread,
      copies: [...start.copies.slice(1), ...spread.slots.map((slot) => ({ ...slot, state: 'kept' as const }))],
    }
    const marked = plan(arrived, room).mark
    expect(marked.map(({ row, device: id }) => `${row}/${id}`)).toEqual(['3/d0', '2/d0', '1/d0'])
  })

  test('[PLAN-11] of one copy too many the one on the worst device is marked', () => {
    const room = devices(4).map((each, n) => ({ ...each, availability: [0.9, 0.5, 0.95, 0.9][n] as number }))
    const copies = ['d0', 'd1', 'd2', 'd3'].map((id) => ({ row: 0, device: id as DeviceId, state: 'kept' as const }))
    const slots = ['d0', 'd1', 'd3'].map((id) => ({ row: 0, device: id as DeviceId }))
    expect(plan(object({ profile: COPIES3, slots, copies }), room).mark.map((copy) => copy.device)).toEqual(['d1'])
  })

  test.each([
    ['three copies in halves', ['0/d0', '1/d0', '2/d1', '3/d1', '4/d2', '5/d2']],
    ['three copies of the same halves', ['0/d0', '1/d0', '0/d1', '1/d1', '0/d2', '1/d2']],
  ])('[PLAN-23] with a fourth keeper %s become a half each, and no more is sent than is saved', (_, held) => {
    const guests = Array.from({ length: 16 }, (_, n) => device(`guest ${n}`, { availability: 0.15 }))
    const room = [...devices(4, { availability: 0.95 }), ...guests]
    const slots = held.map((text) => ({ row: Number(text[0]), device: text.slice(2) as DeviceId }))
    const copies = slots.map((slot) => ({ ...slot, state: 'kept' as const }))
    const end = settled(object({ layout: { k: 2, rows: 6 }, slots, copies }), room)
    expect(holdersOf(end)).toEqual(['d0', 'd1', 'd2', 'd3'])
    expect(end.slots).toHaveLength(4)
    expect(end.slots.filter(({ row, device: id }) => !held.includes(`${row}/${id}`)).length).toBeLessThanOrEqual(held.length - 4)
  })

  test('[PLAN-24] where single rows bring little, the best devices get whole copies', () => {
    const room = [
      ...devices(5, { availability: 0.8 }),
      ...Array.from({ length: 15 }, (_, n) => device(`guest ${n}`, { availability: 0.15 })),
    ]
    const { slots } = plan(object({ layout: { k: 2, rows: 6 } }), room)
    expect(slots.filter((slot) => slot.device.startsWith('guest'))).toEqual([])
    expect(slots.length).toBeLessThanOrEqual(10)
  })

  test('[PLAN-18] a keeper silent for days is not counted on, a casual guest still is', () => {
    const away = { isHere: false, awayMs: 4 * 24 * HOUR_MS }
    const facts = (ids: string[]) =>
      object({
        profile: COPIES3,
        slots: ids.map((id) => ({ row: 0, device: id as DeviceId })),
        copies: ids.map((id) => ({ row: 0, device: id as DeviceId, state: 'kept' })),
      })
    const keeper = [...devices(2), device('keeper', { availability: 0.97, ...away })]
    const guest = [...devices(2), device('guest', { availability: 0.15, ...away })]
    expect(judgeObject(facts(['d0', 'd1', 'keeper']), keeper).spareDevices).toBe(1)
    expect(judgeObject(facts(['d0', 'd1', 'guest']), guest).spareDevices).toBe(2)
  })

  test('[PLAN-21] ten thousand settled objects', () => {
    const room = [...devices(12, { availability: 0.8 }), ...Array.from({ length: 38 }, (_, n) => device(`c${n}`, { availability: 0.15 }))]
    const layout = chooseLayout(NINES, 100 * MIB, room)
    const many = Array.from({ length: 100 }, (_, n) => settled(object({ id: `object ${n}` as ObjectFacts['id'], layout }), room))
    const startedMs = performance.now()
    for (let round = 0; round < 100; round++) for (const facts of many) expect(plan(facts, room).slots === facts.slots).toBe(true)
    expect(performance.now() - startedMs).toBeLessThan(10_000)
  }, 30_000)
})
