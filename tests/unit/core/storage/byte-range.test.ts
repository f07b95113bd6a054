import { expect, test } from 'vitest'
import { parseRange } from '../../../../src/core/storage/byte-range.ts'

test.each([
  [null, { kind: 'whole' }],
  ['bytes=0-1', { kind: 'part', offset: 0, length: 2 }],
  ['bytes=10-', { kind: 'part', offset: 10, length: 90 }],
  ['bytes=90-500', { kind: 'part', offset: 90, length: 10 }],
  ['bytes=-5', { kind: 'part', offset: 95, length: 5 }],
  ['bytes=-500', { kind: 'part', offset: 0, length: 100 }],
  ['bytes=100-', { kind: 'unsatisfiable' }],
  ['bytes=-0', { kind: 'unsatisfiable' }],
  ['bytes=5-2', { kind: 'whole' }],
  ['bytes=0-1,5-6', { kind: 'whole' }],
  ['rows=0-1', { kind: 'whole' }],
  ['bytes=-', { kind: 'whole' }],
])('[STORE-14] of 100 bytes, %j', (header, range) => {
  expect(parseRange(header, 100)).toEqual(range)
})

test('[STORE-14] no part of an empty file can be had', () => {
  expect(parseRange('bytes=0-1', 0)).toEqual({ kind: 'unsatisfiable' })
})
