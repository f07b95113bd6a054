import { expect, test } from 'vitest'
import { figuresOf, noteDone, type Rate, startRate } from '../../../../src/core/storage/rate.ts'

/** Steady at `bytesPerSecond` until `untilMs`. */
function steady(rate: Rate, fromMs: number, untilMs: number, bytesPerSecond: number, doneBytes = 0): Rate {
  let next = rate
  for (let at = fromMs; at <= untilMs; at += 500) next = noteDone(next, at, doneBytes + ((at - fromMs) * bytesPerSecond) / 1000)
  return next
}

test('[STORAGE-3] no time left is told in the first three seconds', () => {
  const rate = steady(startRate(0, 0), 0, 4000, 1000)
  expect(figuresOf(rate, 2999, 2999, 100_000).etaMs).toBeUndefined()
  expect(figuresOf(rate, 4000, 4000, 100_000).etaMs).toBe(96_000)
})

test('[STORAGE-3] only the last ten seconds count', () => {
  const slow = steady(startRate(0, 0), 0, 20_000, 100)
  const fast = steady(slow, 20_000, 40_000, 1000, 2000)
  expect(figuresOf(fast, 40_000, 22_000, 32_000)).toEqual({ bytesPerSecond: 1000, etaMs: 10_000 })
})

test('[STORAGE-3] a transfer that stands still has no time left to tell', () => {
  const rate = steady(startRate(0, 0), 0, 5000, 1000)
  expect(figuresOf(noteDone(rate, 30_000, 5000), 30_000, 5000, 10_000)).toEqual({ bytesPerSecond: 0, etaMs: undefined })
})

test('bytes there from the start are no speed', () => {
  const rate = noteDone(startRate(0, 1_000_000), 5000, 1_005_000)
  expect(figuresOf(rate, 5000, 1_005_000, 2_000_000).bytesPerSecond).toBe(1000)
})
