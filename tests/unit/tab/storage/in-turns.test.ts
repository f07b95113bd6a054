/** Signatures made and checked as Chromium does it: the promise is kept before anything else gets its turn. */
import { expect, test } from 'vitest'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import { RECORDS_CHECKED_AT_ONCE } from '../../../../src/protocol/limits.ts'
import { browserClock } from '../../../../src/tab/browser-clock.ts'
import { inTurns } from '../../../../src/tab/storage/in-turns.ts'
import { VerifiedMap } from '../../../../src/tab/storage/verified-map.ts'
import { TwinMap } from '../../../twins/room.ts'

const COUNT = 20 * RECORDS_CHECKED_AT_ONCE

/** How many turns others had meanwhile. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0
  let isOver = false
  const count = () => {
    turns++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await work
  isOver = true
  return turns
}

test('[STORAGE-25] thousands of signatures are made in order, and the page has its turns between', async () => {
  const items = Array.from({ length: COUNT }, (_, i) => i)
  const signing = inTurns(browserClock, items, async (item, index) => item + index)

  expect(await turnsDuring(signing)).toBeGreaterThan(10)
  expect(await signing).toEqual(items.map((item) => 2 * item))
})

test('[STORAGE-25] thousands of records are checked, and the page has its turns between', async () => {
  const map = new TwinMap<number>()
  map.setMany(new Map(Array.from({ length: COUNT }, (_, i) => [String(i), i])))
  const kind = {
    signer: () => 'ada' as DeviceId,
    claim: () => new Uint8Array(1),
    signature: () => new Uint8Array(1),
    sequence: () => 0,
    sequenceMax: () => 0,
    isInPlace: (key: string, record: number) => key === String(record),
    stays: () => false,
  }
  const around = { clock: browserClock, self: 'ada' as DeviceId, isGuard: () => false, signal: new AbortController().signal }
  const verified = new VerifiedMap(map, kind, { ...around, verify: async () => true })

  expect(await turnsDuring(verified.settled())).toBeGreaterThan(10)
  expect(verified.entries.size).toBe(COUNT)
})
