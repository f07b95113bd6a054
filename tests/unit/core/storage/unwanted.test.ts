import { expect, test } from 'vitest'
import { AWAY_COUNTS_MS, ERASE_ANYWAY_MS, knownAfterAway, mayErase } from '../../../../src/core/storage/unwanted.ts'
import { BIN_MS } from '../../../../src/protocol/limits.ts'

const HOUR = 60 * 60_000

test("[STORAGE-19] a day of one's own and a majority erase; either alone does not", () => {
  expect(mayErase({ knownMs: BIN_MS, holders: 3, seen: 2 })).toBe(true)
  expect(mayErase({ knownMs: BIN_MS - 1, holders: 3, seen: 3 })).toBe(false)
  expect(mayErase({ knownMs: BIN_MS, holders: 4, seen: 2 })).toBe(false)
  expect(mayErase({ knownMs: ERASE_ANYWAY_MS, holders: 4, seen: 0 })).toBe(true)
  expect(mayErase({ knownMs: BIN_MS, holders: 0, seen: 0 })).toBe(true)
})

test('[STORAGE-19] time away counts in part, and never backwards', () => {
  expect(knownAfterAway(HOUR, 0, 2 * HOUR)).toBe(3 * HOUR)
  expect(knownAfterAway(HOUR, 0, 1_000 * HOUR)).toBe(HOUR + AWAY_COUNTS_MS)
  expect(knownAfterAway(HOUR, 5 * HOUR, 0)).toBe(HOUR)
  expect(AWAY_COUNTS_MS).toBeLessThan(BIN_MS)
})
