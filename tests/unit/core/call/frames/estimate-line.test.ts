import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginEstimate, isLineDownShort, type LineEstimate, stepEstimate } from '../../../../../src/core/call/frames/estimate-line.ts'

/** A line of `lineKbps` on which `wants` of the estimate is sent, once a second. */
function afterSeconds(
  seconds: number,
  lineKbps: number,
  wants: (kbps: number, second: number) => number,
  state = beginEstimate(8_000),
): LineEstimate {
  let now = state
  for (let second = 0; second < seconds; second++) {
    const wanted = wants(now.kbps, second)
    const sentKbps = Math.min(lineKbps, wanted)
    now = stepEstimate(now, { wentKbps: sentKbps, isCongested: wanted > lineKbps }, (now.atMs ?? 0) + 1_000)
  }
  return now
}

const all = (kbps: number) => kbps

test('[FRAME-17] a new line is taken to carry what nearly every line does', () => {
  expect(beginEstimate(8_000).kbps).toBe(8_000)
})

test('[FRAME-17] it rises only while it is used', () => {
  expect(afterSeconds(60, 100_000, (kbps) => kbps * 0.6).kbps).toBe(8_000)
  expect(afterSeconds(60, 100_000, all).kbps).toBeGreaterThan(20_000)
})

test('[FRAME-17] a narrow line is found within seconds, and the estimate stays near it', () => {
  expect(afterSeconds(4, 1_000, all).kbps).toBeLessThanOrEqual(1_200)
  for (let second = 10; second < 60; second++) {
    const { kbps } = afterSeconds(second, 1_000, all)
    expect(kbps).toBeGreaterThanOrEqual(800)
    expect(kbps).toBeLessThanOrEqual(1_600)
  }
})

test('[FRAME-17] who sends less because a queue stands is not taken for a narrower line', () => {
  const sent = [600, 600, 300, 100]
  let state = afterSeconds(3, 10_000, () => 700)
  for (const [at, sentKbps] of sent.entries()) state = stepEstimate(state, { wentKbps: sentKbps, isCongested: true }, 4_000 + 1_000 * at)
  expect(state.kbps).toBeGreaterThan(300)
  expect(state.kbps).toBeLessThan(600)
})

test('[FRAME-17] one moment of congestion changes nothing', () => {
  const busy = stepEstimate(
    afterSeconds(10, 10_000, () => 4_000),
    { wentKbps: 4_000, isCongested: true },
    11_000,
  )
  expect(stepEstimate(busy, { wentKbps: 4_000, isCongested: false }, 12_000).kbps).toBe(8_000)
})

test('[FRAME-17] a bad time on a line that is hardly used is forgotten after a while, up to what is taken of a new one', () => {
  const low = afterSeconds(6, 100, () => 300)
  expect(low.kbps).toBeLessThan(300)
  expect(afterSeconds(50, 100_000, () => 100, low).kbps).toBe(low.kbps)
  expect(afterSeconds(300, 100_000, () => 100, low).kbps).toBe(8_000)
})

test('[FRAME-17] whatever is measured, it stays within its bounds', () => {
  const any = fc.record({ wentKbps: fc.nat(1_000_000), isCongested: fc.boolean(), afterMs: fc.nat(100_000) })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 200 }), (steps) => {
      let state = beginEstimate(8_000)
      let nowMs = 0
      for (const { wentKbps, isCongested, afterMs } of steps) {
        nowMs += afterMs
        state = stepEstimate(state, { wentKbps, isCongested }, nowMs)
        expect(state.kbps).toBeGreaterThanOrEqual(200)
        expect(state.kbps).toBeLessThanOrEqual(200_000)
      }
    }),
  )
})

test('[FRAME-50] pictures of half of the others that stand in queues or are lost are a short line of this tab; those of one are not', () => {
  const [well, queued, lossy] = [
    { delivered: 1_000, queueMs: 20, longerMs: 0 },
    { delivered: 1_000, queueMs: 300, longerMs: 200 },
    { delivered: 800, queueMs: 0, longerMs: 0 },
  ]
  expect(isLineDownShort([])).toBe(false)
  expect(isLineDownShort([queued])).toBe(true)
  expect(isLineDownShort([well, queued, well])).toBe(false)
  expect(isLineDownShort([lossy, queued, well])).toBe(true)
  // In the others' engines, not on the way here.
  expect(isLineDownShort([{ ...queued, longerMs: 10 }])).toBe(false)
})
