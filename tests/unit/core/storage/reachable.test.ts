import { expect, test } from 'vitest'
import { canFetch, rowHolders, tabOfDevice } from '../../../../src/core/storage/reachable.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import type { HoldingRecord } from '../../../../src/protocol/object.ts'

const device = (name: string) => name as DeviceId
const tab = (name: string) => name as TabId
const holding = (of: string, rows: number[], marked: number[] = []) =>
  ({ device: device(of), rows, marked, holes: [] }) as unknown as HoldingRecord

test('[STORAGE-6] of the tabs of one device its leader is asked', () => {
  const tabs = tabOfDevice([
    { tab: tab('a1'), device: device('a'), leader: false },
    { tab: tab('a2'), device: device('a'), leader: true },
    { tab: tab('b1'), device: device('b'), leader: false },
  ])
  expect(tabs).toEqual(
    new Map([
      [device('a'), tab('a2')],
      [device('b'), tab('b1')],
    ]),
  )
})

test('[STORAGE-14] rows kept and marked are asked for, of devices that are here, and not of this one', () => {
  const tabs = new Map([
    [device('a'), tab('a1')],
    [device('b'), tab('b1')],
    [device('me'), tab('m')],
  ])
  const holders = rowHolders([holding('a', [0], [1]), holding('b', [1]), holding('away', [2]), holding('me', [3])], 2, tabs, device('me'))
  expect(holders).toEqual({
    rows: new Map([
      [0, [tab('a1')]],
      [1, [tab('a1'), tab('b1')]],
    ]),
    whole: [tab('a1')],
  })
})

test('[STORAGE-8] a row can be had from who has it, from who can make it, or of k others', () => {
  const rows = (...which: number[]) => new Map(which.map((row) => [row, [tab('a')]]))
  expect(canFetch(3, 2, { rows: rows(3), whole: [] })).toBe(true)
  expect(canFetch(3, 2, { rows: rows(0, 1), whole: [] })).toBe(true)
  expect(canFetch(3, 2, { rows: rows(), whole: [tab('a')] })).toBe(true)
  expect(canFetch(3, 2, { rows: rows(0), whole: [] })).toBe(false)
})
