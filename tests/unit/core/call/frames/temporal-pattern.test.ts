import { expect, test } from 'vitest'
import { beginPattern, nextDependency } from '../../../../../src/core/call/frames/temporal-pattern.ts'
import { streamOf } from './stream-fixture.ts'

const needs = (frames: string) => streamOf(frames).map(({ sequence, dependsOn, isKey }) => (isKey ? -1 : sequence - dependsOn))

test('[FRAME-1] base frames need the base before, layer 1 the base, layer 2 the latest of both', () => {
  expect(needs('K2120212')).toEqual([-1, 0, 0, 2, 0, 4, 4, 6])
})

test('[FRAME-1] a layer that the encoder left out or repeated is no trap', () => {
  expect(needs('K1122002K12')).toEqual([-1, 0, 0, 2, 2, 0, 5, 6, -1, 8, 9])
})

test('[FRAME-1] a stream that begins without a key frame needs one that never was', () => {
  expect(needs('01')).toEqual([-1, 0])
  expect(streamOf('0')[0]).toMatchObject({ isKey: false, dependsOn: 1 })
})

test('[FRAME-2] a stream that begins anew goes on above what it sent before', () => {
  const minute = 60 * 60
  let before = beginPattern(1_800_000_000_000)
  for (let frame = 0; frame < minute; frame++) before = nextDependency(before, { isKey: frame === 0, temporal: 0 }).next
  expect(beginPattern(1_800_000_060_000).count).toBeGreaterThan(before.count)
})

test('[FRAME-2] sequences wrap after 32 bits, and what depends on what stays the same', () => {
  const last = { count: 2 ** 32 - 1, base: 2 ** 32 - 4, middle: 2 ** 32 - 2 }
  const { next, dependsOn } = nextDependency(last, { isKey: false, temporal: 2 })
  expect([dependsOn, next.count]).toEqual([1, 0])
  expect(nextDependency(next, { isKey: false, temporal: 0 }).dependsOn).toBe(4)
})
