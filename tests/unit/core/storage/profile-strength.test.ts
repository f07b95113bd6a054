import { expect, test } from 'vitest'
import { type Profile, parseProfile } from '../../../../src/core/storage/profile.ts'
import { isStronger } from '../../../../src/core/storage/profile-strength.ts'

const profile = (text: string) => parseProfile(text) as Profile

test('[STORAGE-26] more devices to spare ask for more, then the odds of reading, and raid0 asks for least', () => {
  const rising = ['raid0', 'raid1(1)', 'raid5', 'raid6', 'nines(0.9)', 'nines(0.999)', 'raid1(4)']
  const stronger = rising.map((one) => rising.filter((other) => isStronger(profile(one), profile(other))))
  expect(stronger).toEqual(rising.map((_, i) => rising.slice(0, i)))
})

test('[STORAGE-26] of two that ask for as much neither is stronger', () => {
  const equal: [string, string][] = [
    ['raid5', 'raid10'],
    ['raid6', 'raid1(3)'],
    ['raid0', 'raid0'],
  ]
  expect(equal.map(([a, b]) => isStronger(profile(a), profile(b)) || isStronger(profile(b), profile(a)))).toEqual([false, false, false])
})
