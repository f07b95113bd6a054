import { expect, test } from 'vitest'
import { chooseLayout } from '../../../../src/core/storage/choose-layout.ts'
import { judgeObject } from '../../../../src/core/storage/judge-object.ts'
import { planRoomOf } from '../../../../src/core/storage/plan-room.ts'
import { heldHere } from '../../../../src/core/storage/plan-site.ts'
import { parseProfile } from '../../../../src/core/storage/profile.ts'
import { chanceOfRows } from '../../../../src/core/storage/row-spread.ts'
import { optimumOf } from '../../../sim/storage/optimum.ts'
import { device, devices, MIB, NINES, object, settled } from './planner-fixtures.ts'

const big = 100 * MIB

test.each([
  ['raid0', 8, 0, 1],
  ['raid5', 4, 1, 4 / 3],
  ['raid6', 6, 2, 6 / 4],
  ['raid6', 3, 2, 3],
  ['raid10', 8, 1, 2],
  ['raid1(2)', 8, 1, 2],
  ['raid1(5)', 8, 4, 5],
])('[PLAN-12] %s on %i devices survives the loss of %i', (text, count, spareDevices, overhead) => {
  const profile = parseProfile(text) ?? NINES
  const room = devices(count)
  const end = settled(object({ profile, layout: chooseLayout(profile, big, room) }), room)
  const judged = judgeObject(end, room)
  expect(judged.spareDevices).toBe(spareDevices)
  expect(judged.overhead).toBeCloseTo(overhead, 2)
})

test.each([
  [10, 0.95, 40, 0.15, 1.05],
  [12, 0.8, 38, 0.15, 1.05],
  [5, 0.8, 15, 0.15, 1.05],
  [0, 0, 50, 0.35, 1.05],
])('[PLAN-13] %i devices here %f of the time and %i here %f: near the exact optimum', (keepers, often, guests, seldom, atMost) => {
  const room = devices(keepers + guests).map((each, n) => ({ ...each, availability: n < keepers ? often : seldom, segment: `s${n % 7}` }))
  const layout = chooseLayout(NINES, big, room)
  const end = settled(object({ layout }), room)
  const optimum = optimumOf(
    room.map(({ availability }) => availability),
    0.999,
  )
  const judged = judgeObject(end, room)
  expect(judged.overhead / (optimum.rows / optimum.k)).toBeLessThanOrEqual(atMost)
  expect(chanceOfRows(heldHere(end.slots, planRoomOf(room)), layout.k)).toBeGreaterThanOrEqual(0.998)
  expect(judged.spareDevices).toBeGreaterThanOrEqual(2)
})

test('[PLAN-13] small objects, small rooms and rooms that cannot reach the target are mirrored', () => {
  const mirror = { k: 1, rows: 1 }
  expect(chooseLayout(NINES, 4 * MIB - 1, devices(12))).toEqual(mirror)
  expect(chooseLayout(NINES, big, devices(3))).toEqual(mirror)
  expect(chooseLayout(NINES, big, devices(8, { availability: 0.15 }))).toEqual(mirror)
  expect(chooseLayout(NINES, undefined, devices(12)).k).toBeGreaterThan(1)
})

test('[PLAN-22] a room that needs whole copies today is given halves where four devices may turn out to be here often', () => {
  const guests = devices(16, { availability: 0.15 })
  const withKeepers = (...availabilities: number[]) => [
    ...guests,
    ...availabilities.map((availability, n) => device(`keeper ${n}`, { availability })),
  ]
  expect(chooseLayout(NINES, big, withKeepers(0.95, 0.95, 0.95)).k).toBe(1)
  expect(chooseLayout(NINES, big, withKeepers(0.95, 0.95, 0.95, 0.5))).toEqual({ k: 2, rows: 6 })
  expect(chooseLayout(NINES, 4 * MIB - 1, withKeepers(0.95, 0.95, 0.95, 0.5)).k).toBe(1)
})

test('[PLAN-22] halves are whole copies while only those will do, and halves once the fourth keeper is known', () => {
  const room = (fourth: number) => [
    ...devices(3, { availability: 0.95 }),
    device('fourth', { availability: fourth }),
    ...Array.from({ length: 16 }, (_, n) => device(`guest ${n}`, { availability: 0.15 })),
  ]
  const before = settled(object({ layout: chooseLayout(NINES, big, room(0.5)) }), room(0.5))
  const after = settled(before, room(0.95))
  expect(judgeObject(before, room(0.5))).toMatchObject({ spareDevices: 2, overhead: expect.closeTo(3, 2) })
  expect(judgeObject(after, room(0.95))).toMatchObject({ spareDevices: 2, overhead: expect.closeTo(2, 2) })
})

test('[PLAN-13] up to three devices have all of it each', () => {
  for (const count of [1, 2, 3]) {
    const end = settled(object({ layout: chooseLayout(NINES, big, devices(count)) }), devices(count))
    expect(judgeObject(end, devices(count)).overhead).toBeCloseTo(count, 2)
  }
})

test('[PLAN-13] a layout has rows to spare for a room that gets worse', () => {
  const layout = chooseLayout(NINES, big, devices(12))
  const end = settled(object({ layout }), devices(12))
  expect(layout.rows).toBeGreaterThanOrEqual(end.slots.length + 2)
})
