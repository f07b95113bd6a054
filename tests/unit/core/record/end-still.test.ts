import { expect, test } from 'vitest'
import { repeatsAtEnd } from '../../../../src/core/record/end-still.ts'

const stepUs = 60_000

test('[RECORD-23] a picture that stands still is given twice before the end, a step apart', () => {
  expect(repeatsAtEnd({ beforeUs: 3_000_000, lastUs: 4_000_000, endUs: 4_700_000, stepUs })).toEqual([4_580_000, 4_640_000])
})

test('[RECORD-23] where the end comes soon, closer, and after the last one', () => {
  expect(repeatsAtEnd({ beforeUs: 3_000_000, lastUs: 4_000_000, endUs: 3_990_000, stepUs })).toEqual([4_020_000, 4_040_000])
})

test('[RECORD-23] while something moves nothing is given again', () => {
  expect(repeatsAtEnd({ beforeUs: 3_940_000, lastUs: 4_000_000, endUs: 4_700_000, stepUs })).toEqual([])
})
