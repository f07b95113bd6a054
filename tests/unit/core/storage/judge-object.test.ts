import { expect, test } from 'vitest'
import { judgeObject, safetyOf } from '../../../../src/core/storage/judge-object.ts'
import type { RowCopy } from '../../../../src/core/storage/plan-facts.ts'
import { atLeast } from '../../../../src/core/storage/poisson-binomial.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import { device, devices, object, settled } from './planner-fixtures.ts'

const COPIES3 = { kind: 'raid1', copies: 3 } as const
const away = { isHere: false, awayMs: 60_000 }
const copyOn = (id: string, state: 'kept' | 'marked' = 'kept', row = 0): RowCopy => ({ row, device: id as DeviceId, state })

test('[PLAN-20] what is on disk and what is here are two numbers', () => {
  const room = devices(3, { availability: 0.5, lossPerDay: 0.01 })
  const judged = judgeObject(settled(object({ profile: COPIES3 }), room), room)
  expect(judged.availability).toBeCloseTo(1 - 0.5 ** 3)
  expect(judged.durability).toBeCloseTo(1 - (1 - 0.99 ** 30) ** 3)
  expect(judged).toMatchObject({ spareDevices: 2, isSpread: true, isReadable: true })
})

test('[PLAN-25] who is here less than half the time is taken for a person with nights, and most readers come by day', () => {
  const oddsOf = (availability: number) => {
    const room = devices(20, { availability })
    return judgeObject(settled(object({ profile: { kind: 'raid1', copies: 3 } }), room), room).availability
  }
  expect(oddsOf(0.5)).toBeCloseTo(1 - 0.5 ** 3)
  expect(oddsOf(0.4)).toBeCloseTo((5 / 6) * (1 - 0.5 ** 3) + (1 / 6) * (1 - 0.8 ** 3))
})

test('[PLAN-25] a room of people alone promises less than its devices one by one would give', () => {
  const room = devices(30, { availability: 0.35 })
  const facts = settled(object({ layout: { k: 3, rows: 30 } }), room)
  const oneByOne = atLeast(
    facts.slots.map(() => 0.35),
    3,
  )
  expect(oneByOne).toBeGreaterThanOrEqual(0.999)
  expect(judgeObject(facts, room).availability).toBeLessThan(0.994)
})

test('[PLAN-20] a marked copy counts for reading and half for the odds, never as spare', () => {
  const room = devices(2, { availability: 0.5 })
  const facts = object({ profile: COPIES3, copies: [copyOn('d0', 'marked')] })
  expect(judgeObject(facts, room)).toMatchObject({ availability: 0.25, spareDevices: 0, isReadable: true })
})

test.each([
  ['one-copy', devices(1), [copyOn('d0')]],
  ['spreading', devices(4), [copyOn('d0')]],
  ['safe', devices(6), [copyOn('d0'), copyOn('d1'), copyOn('d5')]],
  ['spread', devices(3), [copyOn('d0'), copyOn('d1'), copyOn('d2')]],
  ['at-risk', devices(2), [copyOn('d0'), copyOn('d1')]],
  ['unreadable', [device('d0'), ...devices(3, away).slice(1)], [copyOn('d1'), copyOn('d2')]],
  ['lost', devices(3), []],
  ['lost', devices(3), [copyOn('stranger')]],
])('[PLAN-20] %s', (word, room, copies) => {
  const slots = room.slice(0, 3).map(({ id }) => ({ row: 0, device: id }))
  expect(safetyOf(object({ profile: COPIES3, slots, copies }), room)).toBe(word)
})

test('[PLAN-20] a wish below the floor that is fulfilled is spread, not at risk', () => {
  const room = devices(4)
  const profile = { kind: 'raid5' } as const
  expect(safetyOf(settled(object({ profile, layout: { k: 3, rows: 5 } }), room), room)).toBe('spread')
})

test('[PLAN-20] nothing is needed to read nothing', () => {
  expect(safetyOf(object({ bytes: 0, copies: [], profile: COPIES3 }), devices(1))).not.toBe('lost')
})
