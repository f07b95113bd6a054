import { expect, test } from 'vitest'
import { AWAY_COUNTS_MS, ERASE_ANYWAY_MS, FORGET_ANYWAY_MS, knownAfterAway, unwantedDeed } from '../../../../src/core/storage/unwanted.ts'
import { BIN_MS } from '../../../../src/protocol/limits.ts'

const HOUR = 60 * 60_000

const held = (knownMs: number, holders: number, seen: number) => unwantedDeed({ knownMs, holders, seen, isHeldHere: true })
const gone = (knownMs: number, holders: number, seen: number) => unwantedDeed({ knownMs, holders, seen, isHeldHere: false })

test("[STORAGE-19] a day of one's own and a majority erase; either alone does not", () => {
  expect(held(BIN_MS, 3, 2)).toBe('erase-rows')
  expect(held(BIN_MS - 1, 3, 3)).toBe('wait')
  expect(held(BIN_MS, 4, 2)).toBe('wait')
  expect(held(ERASE_ANYWAY_MS, 4, 0)).toBe('erase-rows')
})

test('[STORAGE-19] the record goes with the last of the rows, or a day after whoever did not say is given up', () => {
  expect([gone(BIN_MS - 1, 0, 0), gone(BIN_MS, 0, 0)]).toEqual(['wait', 'drop-record'])
  expect([gone(BIN_MS, 2, 2), gone(ERASE_ANYWAY_MS, 2, 0), gone(FORGET_ANYWAY_MS, 2, 0)]).toEqual(['wait', 'wait', 'drop-record'])
})

test('[STORAGE-19] time away counts in part, and never backwards', () => {
  expect(knownAfterAway(HOUR, 0, 2 * HOUR)).toBe(3 * HOUR)
  expect(knownAfterAway(HOUR, 0, 1_000 * HOUR)).toBe(HOUR + AWAY_COUNTS_MS)
  expect(knownAfterAway(HOUR, 5 * HOUR, 0)).toBe(HOUR)
  expect(AWAY_COUNTS_MS).toBeLessThan(BIN_MS)
})
