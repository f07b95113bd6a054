import { expect, test } from 'vitest'
import { placeInSample } from '../../../../src/core/storage/sample.ts'
import { seededRandom } from '../../../sim/random.ts'

function sampleOf(count: number, size: number, chance: () => number): readonly number[] {
  const sample: number[] = []
  for (let item = 0; item < count; item++) {
    const place = placeInSample(item, size, chance())
    if (place !== undefined) sample[place] = item
  }
  return sample
}

test('[STORAGE-16] of few things all are looked at', () => {
  expect(sampleOf(5, 8, () => 0.99)).toEqual([0, 1, 2, 3, 4])
})

test('[STORAGE-16] of many things each is as likely to be looked at, the first as the last', () => {
  const random = seededRandom(7)
  const taken = Array.from({ length: 400 }, () => sampleOf(1_000, 10, random.next)).flat()
  const tenths = Array.from({ length: 10 }, (_, tenth) => taken.filter((item) => Math.floor(item / 100) === tenth).length)
  expect(Math.min(...tenths)).toBeGreaterThan(320)
  expect(Math.max(...tenths)).toBeLessThan(480)
})
