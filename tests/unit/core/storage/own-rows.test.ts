import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ownRows, type RowWish } from '../../../../src/core/storage/own-rows.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'

const [ada, ben] = ['ada', 'ben'] as DeviceId[] as [DeviceId, DeviceId]
const wish = (change: Partial<RowWish>): RowWish => ({
  device: ada,
  k: 2,
  slots: [
    { row: 0, device: ada },
    { row: 1, device: ben },
  ],
  keepers: new Map(),
  isPinned: false,
  kept: new Set(),
  marked: new Set(),
  ...change,
})
const by = (...devices: DeviceId[]) => new Set(devices)

test('[STORAGE-14] a slot of the plan that is not on disk is lacking', () => {
  expect(ownRows(wish({}))).toEqual({ want: [0], lacking: [0], revive: [], surplus: [] })
})

test('[STORAGE-15] rows beyond the plan are surplus when every slot is held, and not a moment before', () => {
  const kept = new Set([0, 1])
  expect(
    ownRows(
      wish({
        kept,
        keepers: new Map([
          [0, by(ada)],
          [1, by(ada)],
        ]),
      }),
    ).surplus,
  ).toEqual([])
  expect(
    ownRows(
      wish({
        kept,
        keepers: new Map([
          [0, by(ada)],
          [1, by(ada, ben)],
        ]),
      }),
    ).surplus,
  ).toEqual([1])
})

test('[STORAGE-15] a marked row that the plan wants again is revived, not fetched', () => {
  expect(ownRows(wish({ marked: new Set([0]) }))).toMatchObject({ lacking: [], revive: [0] })
})

test('[STORAGE-23] what is to be kept whole wants k rows, those here first', () => {
  expect(ownRows(wish({ isPinned: true, kept: new Set([0]), marked: new Set([5]) }))).toMatchObject({
    want: [0, 5],
    lacking: [],
    revive: [5],
  })
})

test('[STORAGE-15] whatever the plan, a row held here alone is never surplus', () => {
  const device = fc.constantFrom(ada, ben)
  const rows = fc.uniqueArray(fc.nat(5), { maxLength: 6 })
  fc.assert(
    fc.property(fc.array(fc.record({ row: fc.nat(5), device }), { maxLength: 8 }), rows, rows, (slots, mine, theirs) => {
      const keepers = new Map<number, Set<DeviceId>>()
      for (const row of mine) keepers.set(row, by(ada))
      for (const row of theirs) keepers.set(row, (keepers.get(row) ?? by()).add(ben))
      const { surplus } = ownRows(wish({ slots, keepers, kept: new Set(mine) }))
      const planned = new Set(slots.map(({ row }) => row))
      for (const row of surplus)
        expect(theirs.includes(row) || !planned.has(row) || slots.some((slot) => slot.row === row && slot.device === ada)).toBe(true)
      if (surplus.length > 0) expect(slots.every((slot) => keepers.get(slot.row)?.has(slot.device))).toBe(true)
    }),
  )
})
