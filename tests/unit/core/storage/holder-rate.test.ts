import { expect, test } from 'vitest'
import { beginOwing, noteArrival, noteLate, RATE_START } from '../../../../src/core/storage/holder-rate.ts'

test('[TRANSFER-23] a holder is as fast as what came of late, while it owed anything', () => {
  let rate = beginOwing(RATE_START, 0)
  for (let atMs = 250; atMs <= 5_000; atMs += 250) rate = noteArrival(rate, atMs, 25_000, false)
  expect(rate.bytesPerSecond).toBeGreaterThan(90_000)
  expect(rate.bytesPerSecond).toBeLessThan(110_000)
  const rested = beginOwing(noteArrival(rate, 5_250, 25_000, true), 60_000)
  expect(noteArrival(rested, 60_250, 25_000, true).bytesPerSecond).toBeGreaterThan(90_000)
})

test('[TRANSFER-23] blocks that are hashed in a bunch are no speed', () => {
  const rate = noteArrival(beginOwing(RATE_START, 0), 1, 1_000_000, true)
  expect(rate.bytesPerSecond).toBeLessThan(2 * RATE_START.bytesPerSecond)
})

test('[TRANSFER-23] one who was late counts half', () => {
  expect(noteLate(RATE_START).bytesPerSecond).toBe(RATE_START.bytesPerSecond / 2)
})
