import { expect, test } from 'vitest'
import { addSample, type ClockSample, clockOf, nextAskMs, sampleOf } from '../../../../src/core/watch/clock-offset.ts'
import { CLOCK_SAMPLES } from '../../../../src/protocol/limits.ts'
import { seededRandom } from '../../../sim/random.ts'

/** An exchange with a clock that is `aheadUs` ahead, at `atUs` here. */
function exchange(atUs: number, aheadUs: number, thereUs: number, backUs: number, heldUs = 500): ClockSample {
  const cameUs = atUs + thereUs + aheadUs
  const sample = sampleOf({ askedUs: atUs, cameUs, answeredUs: cameUs + heldUs, gotUs: atUs + thereUs + heldUs + backUs })
  if (sample === undefined) throw new Error('no sample')
  return sample
}

test('[WATCH-1] a clock is known within half the round trip of the best answer, however long it was held', () => {
  const samples = [exchange(0, 90_000, 40_000, 2_000, 7_000), exchange(100_000, 90_000, 3_000, 5_000)]
  const known = clockOf(samples, 108_500)
  expect(known?.aheadUs).toBe(89_000)
  expect(known?.withinUs).toBe(4_000)
  expect(clockOf([], 0)).toBeUndefined()
})

test('[WATCH-1] under any delays the true clock lies within what is said, and mostly close by', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed)
    const drift = (random.next() * 2 - 1) * 90e-6
    const startUs = random.between(-1e10, 1e10)
    let samples: readonly ClockSample[] = []
    for (let n = 0; n < 30; n++) {
      const atUs = n * 4_000_000
      const delay = () => random.between(500, 12_000) + (random.chance(0.3) ? random.between(0, 300_000) : 0)
      samples = addSample(samples, exchange(atUs, startUs + atUs * drift, delay(), delay()))
      const nowUs = atUs + 3_900_000
      const known = clockOf(samples, nowUs)
      if (known === undefined) throw new Error('unknown')
      const missedUs = Math.abs(known.aheadUs - (startUs + nowUs * drift))
      expect(missedUs).toBeLessThanOrEqual(known.withinUs + 50)
      if (n >= 4) expect(missedUs).toBeLessThan(120_000)
    }
    expect(samples.length).toBe(CLOCK_SAMPLES)
  }
})

test('[WATCH-2] a clock that was set is known anew by the next answer, and one slow answer changes nothing', () => {
  const steady = Array.from({ length: 6 }, (_, n) => exchange(n * 4e6, 10_000, 2_000, 2_000)).reduce(addSample, [])
  const slow = addSample(steady, exchange(30e6, 10_000, 400_000, 3_000))
  expect(Math.round((clockOf(slow, 31e6)?.aheadUs ?? 0) / 1_000)).toBe(10)
  const set = addSample(slow, exchange(34e6, 7_200_000_000, 2_000, 2_000))
  expect(set).toHaveLength(1)
  expect(clockOf(set, 35e6)?.aheadUs).toBe(7_200_000_000)
})

test('[WATCH-2] times that no clocks give are not taken', () => {
  expect(sampleOf({ askedUs: 10, cameUs: 50, answeredUs: 40, gotUs: 20 })).toBeUndefined()
  expect(sampleOf({ askedUs: 10, cameUs: 50, answeredUs: 90, gotUs: 20 })).toBeUndefined()
  expect(sampleOf({ askedUs: 30, cameUs: 50, answeredUs: 50, gotUs: 20 })).toBeUndefined()
})

test('[WATCH-1] the first questions follow close on each other, later ones seldom', () => {
  expect([0, 3, 4, 100].map((asked) => nextAskMs(asked) < 500)).toEqual([true, true, false, false])
})
