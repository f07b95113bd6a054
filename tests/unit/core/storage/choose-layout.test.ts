import { expect, test } from 'vitest'
import { chooseLayout } from '../../../../src/core/storage/choose-layout.ts'
import { judgeObject } from '../../../../src/core/storage/judge-object.ts'
import { parseProfile } from '../../../../src/core/storage/profile.ts'
import { optimumOf } from '../../../sim/storage/optimum.ts'
import { devices, MIB, NINES, object, settled } from './planner-fixtures.ts'

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
  expect(judged.availability).toBeGreaterThanOrEqual(0.998)
  expect(judged.spareDevices).toBeGreaterThanOrEqual(2)
})

test('[PLAN-13] small objects, small rooms and rooms that cannot reach the target are mirrored', () => {
  const mirror = { k: 1, rows: 1 }
  expect(chooseLayout(NINES, 4 * MIB - 1, devices(12))).toEqual(mirror)
  expect(chooseLayout(NINES, big, devices(3))).toEqual(mirror)
  expect(chooseLayout(NINES, big, devices(8, { availability: 0.15 }))).toEqual(mirror)
  expect(chooseLayout(NINES, undefined, devices(12)).k).toBeGreaterThan(1)
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
