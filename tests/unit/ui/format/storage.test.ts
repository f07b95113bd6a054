import { expect, test } from 'vitest'
import { quotaStops, storageBar } from '../../../../src/ui/format/storage.ts'

const GB = 1e9

test('[UI-37] inside the bound the bar is as long as the bound', () => {
  expect(storageBar(4 * GB, GB, 10 * GB)).toEqual({ kept: 0.3, spare: 0.1, bound: 1, overBytes: 0 })
})

test('[UI-37] beyond the bound all of it still shows', () => {
  expect(storageBar(4 * GB, GB, 2 * GB)).toEqual({ kept: 0.75, spare: 0.25, bound: 0.5, overBytes: 2 * GB })
  expect(storageBar(0, 0, 0)).toEqual({ kept: 0, spare: 0, bound: 0, overBytes: 0 })
})

test('[UI-37] the slider ends where the browser does, and knows what is set now', () => {
  expect(quotaStops(2.5 * GB, 1.3 * GB).map((bytes) => bytes / GB)).toEqual([0, 0.1, 0.25, 0.5, 1, 1.3, 2, 2.5])
  expect(quotaStops(0, 8 * GB)).toEqual([0, 8 * GB])
})
