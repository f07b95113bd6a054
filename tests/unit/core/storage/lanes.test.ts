import { expect, test } from 'vitest'
import { judgeLanes, type LaneFacts } from '../../../../src/core/storage/lanes.ts'
import { LANES } from '../../../../src/protocol/limits.ts'

const far: LaneFacts = { lanes: 1, baseRttMs: 50, busyMs: 2_000, idleMs: 0, sinceOpenedMs: 60_000, isCallRunning: false }

test('[TRANSFER-30] a busy pair far apart opens lanes, one after another, up to their number', () => {
  expect(judgeLanes(far)).toBe('open')
  expect(judgeLanes({ ...far, lanes: LANES - 1 })).toBe('open')
  expect(judgeLanes({ ...far, lanes: LANES })).toBe('leave')
  expect(judgeLanes({ ...far, sinceOpenedMs: 10 })).toBe('leave')
})

test('[TRANSFER-30] a pair that is near, idle or in a call opens none', () => {
  expect(judgeLanes({ ...far, baseRttMs: 2 })).toBe('leave')
  expect(judgeLanes({ ...far, baseRttMs: undefined })).toBe('leave')
  expect(judgeLanes({ ...far, busyMs: 100 })).toBe('leave')
  expect(judgeLanes({ ...far, isCallRunning: true })).toBe('leave')
})

test('[TRANSFER-30] lanes that nothing came over for long are closed', () => {
  expect(judgeLanes({ ...far, lanes: 3, idleMs: 30_000 })).toBe('close')
  expect(judgeLanes({ ...far, lanes: 1, idleMs: 30_000, busyMs: 0 })).toBe('leave')
})
