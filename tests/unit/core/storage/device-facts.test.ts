import { expect, test } from 'vitest'
import { factsOf } from '../../../../src/core/storage/device-facts.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import type { DeviceRecord } from '../../../../src/protocol/object.ts'

const DAY = 24 * 60 * 60_000
const now = 100 * DAY

function record(ageMs: number, onlineMs: number, more: Partial<DeviceRecord> = {}): DeviceRecord {
  return {
    device: 'd' as DeviceId,
    segment: new Uint8Array(8),
    quotaBytes: 1000,
    keptBytes: 400,
    persisted: false,
    visitor: false,
    firstSeenAtMs: now - ageMs,
    onlineMs,
    atMs: now,
    sequence: 1,
    signature: new Uint8Array(64),
    ...more,
  }
}

const here = { isHere: true, awayMs: 0, rttMs: 20 }
const availabilityOf = (ageMs: number, onlineMs: number, more: Partial<DeviceRecord> = {}) =>
  factsOf(record(ageMs, onlineMs, more), here, now).availability

test('[PLAN-17] a new device is worth what is usual, more when the browser promised to keep its disk', () => {
  expect(availabilityOf(0, 0)).toBeCloseTo(0.25)
  expect(availabilityOf(0, 0, { persisted: true })).toBeCloseTo(0.5)
})

test('[PLAN-17] with time what it did counts', () => {
  expect(availabilityOf(60 * DAY, 57 * DAY)).toBeCloseTo(0.95, 1)
  expect(availabilityOf(60 * DAY, 6 * DAY)).toBeCloseTo(0.1, 1)
  expect(availabilityOf(DAY, DAY)).toBeGreaterThan(availabilityOf(DAY / 2, DAY / 2))
})

test('[PLAN-17] time here since it last said so counts, and clocks that disagree do no harm', () => {
  expect(availabilityOf(10 * DAY, 4 * DAY, { atMs: now - DAY })).toBeGreaterThan(availabilityOf(10 * DAY, 4 * DAY))
  expect(availabilityOf(-5 * DAY, 0, { atMs: now + 9 * DAY })).toBeCloseTo(0.25)
  expect(availabilityOf(DAY, 50 * DAY)).toBeLessThanOrEqual(1)
})

test('[PLAN-17] the chance of loss falls with age and with a promise to keep', () => {
  const lossOf = (ageMs: number, persisted: boolean) => factsOf(record(ageMs, 0, { persisted }), here, now).lossPerDay
  expect(lossOf(0, false)).toBeGreaterThan(lossOf(30 * DAY, false))
  expect(lossOf(30 * DAY, false)).toBeGreaterThan(lossOf(30 * DAY, true))
})

test('what it would still take is never less than nothing', () => {
  expect(factsOf(record(DAY, 0, { keptBytes: 2000 }), here, now).freeBytes).toBe(0)
  expect(factsOf(record(DAY, 0, { segment: null }), { isHere: false, awayMs: 5, rttMs: undefined }, now)).toMatchObject({
    segment: undefined,
    awayMs: 5,
    freeBytes: 600,
  })
})

test('[PLAN-17] losses are told as the mean of the month ahead: a first day is not held against all of it', () => {
  const chanceOfAMonth = (1 - factsOf(record(0, 0, { persisted: true }), here, now).lossPerDay) ** 30
  expect(chanceOfAMonth).toBeGreaterThan(0.84)
  expect(chanceOfAMonth).toBeLessThan(0.9)
})
