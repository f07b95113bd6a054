import { expect, test } from 'vitest'
import { highWaterOf, type Pace, paceStep, rateNow, startPace, takeFrom } from '../../../../src/core/storage/bulk-pace.ts'
import { DATA_CHANNEL_HIGH_WATER_BYTES } from '../../../../src/protocol/limits.ts'

const MIB = 1024 * 1024

/** A link that is `baseMs` long, fills its path with all it may send, and whose queue grows with what is too much. */
function drive(
  capacity: number,
  baseMs: number,
  isCallRunning: boolean,
  seconds: number,
  from = startPace(0),
): { pace: Pace; rttMs: number; rate: number } {
  let pace = from
  let sentBytes = from.sentBytes
  let queueBytes = 0
  let rttMs = baseMs
  let rate = 0
  const startMs = from.atMs
  for (let at = startMs + 400; at <= startMs + seconds * 1000; at += 400) {
    const offered = Math.min(pace.bytesPerSecond ?? Number.POSITIVE_INFINITY, 2 * capacity)
    sentBytes += offered * 0.4
    queueBytes = Math.max(0, Math.min(capacity, queueBytes + (offered - capacity) * 0.4))
    rttMs = baseMs + (queueBytes * 1000) / capacity
    rate = offered
    pace = paceStep(pace, { rttMs, sentBytes, isCallRunning }, at)
  }
  return { pace, rttMs, rate }
}

test('[TRANSFER-31] a near link outside a call is never held back', () => {
  const idle = paceStep(startPace(0), { rttMs: 2, sentBytes: 0, isCallRunning: false }, 100)
  expect(drive(MIB, 2, false, 200, idle).pace.bytesPerSecond).toBeUndefined()
})

test('[TRANSFER-31] a far link sends what its path carries without a queue longer than the path', () => {
  const first = paceStep(startPace(0), { rttMs: 50, sentBytes: 0, isCallRunning: false }, 100)
  const { rttMs, rate } = drive(MIB, 50, false, 60, first)
  expect(rttMs).toBeLessThan(2.5 * 50)
  expect(rate).toBeGreaterThan(0.5 * MIB)
})

test('[TRANSFER-31] while a call runs hardly any queue is left, on a near link too', () => {
  const idle = paceStep(startPace(0), { rttMs: 5, sentBytes: 0, isCallRunning: true }, 100)
  const { rttMs } = drive(MIB, 5, true, 60, idle)
  expect(rttMs).toBeLessThan(60)
})

test('[TRANSFER-31] in a call bytes begin slowly, and have what the path carries within seconds, up to a bound', () => {
  const idle = paceStep(startPace(0), { rttMs: 5, sentBytes: 0, isCallRunning: true }, 100)
  expect(idle.bytesPerSecond).toBe(MIB)
  expect(drive(5 * MIB, 5, true, 4, idle).rate).toBeGreaterThan(3 * MIB)
  const wide = drive(30 * MIB, 5, true, 20, idle)
  expect(wide.rate).toBeGreaterThan(4 * MIB)
  expect(wide.rate).toBeLessThan(8 * MIB)
  expect(drive(2 * MIB, 50, true, 1, { ...idle, rttsMs: [50] }).rttMs).toBeLessThan(100)
})

test('[TRANSFER-31] bytes that begin right after a call began are slow before any round trip was measured in it', () => {
  const before = paceStep(startPace(0), { rttMs: 1, sentBytes: 0, isCallRunning: false }, 100)
  expect(rateNow(before, false)).toBeUndefined()
  expect(rateNow(before, true)).toBeLessThanOrEqual(1024 * 1024)
})

test('[TRANSFER-31] after the call the bound is gone', () => {
  const held = { ...startPace(0), bytesPerSecond: 1000, rttsMs: [2] }
  expect(paceStep(held, { rttMs: 2, sentBytes: 1000, isCallRunning: false }, 400).bytesPerSecond).toBeUndefined()
})

test('[TRANSFER-31] a channel holds what leaves it soon, within its bounds', () => {
  expect(highWaterOf(0)).toBe(256 * 1024)
  expect(highWaterOf(10 * MIB)).toBe(1.5 * MIB)
  expect(highWaterOf(100 * MIB)).toBe(DATA_CHANNEL_HIGH_WATER_BYTES)
})

test('[TRANSFER-31] bytes wait so long that no more than the rate leaves', () => {
  let bucket = { bytes: 0, atMs: 0 }
  let nowMs = 0
  for (let sent = 0; sent < 10; sent++) {
    const { next, waitMs } = takeFrom(bucket, 1000, 10_000, nowMs)
    bucket = next
    nowMs += waitMs
  }
  expect(nowMs).toBeCloseTo(1000)
  expect(takeFrom(bucket, 1000, undefined, nowMs).waitMs).toBe(0)
})
