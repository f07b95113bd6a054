import { expect, test } from 'vitest'
import { isPipeSlow, type PipeSeen, stepPace } from '../../../../../src/core/call/frames/pipe-pace.ts'

const STANDS: PipeSeen = { queueMs: 1_600, lostPerMille: 0, longerMs: 4 }
const FLOWS: PipeSeen = { ...STANDS, queueMs: 20 }

const isSlowAfter = (seen: readonly PipeSeen[]) => isPipeSlow(seen.reduce(stepPace, 0))
const times = (count: number, seen: PipeSeen) => Array.from({ length: count }, () => seen)

test('[FRAME-52] what stands in a pipe for three seconds while its path is as short as ever, and loses nothing, stands in the engine', () => {
  expect(isSlowAfter(times(5, STANDS))).toBe(false)
  expect(isSlowAfter(times(6, STANDS))).toBe(true)
})

test('[FRAME-52] a pipe that is emptied for a moment, and fills again, is slow too; one that stands now and then is not', () => {
  const often = [...times(4, STANDS), ...times(2, FLOWS), ...times(3, STANDS)]
  expect(isSlowAfter(often)).toBe(true)
  expect(isSlowAfter(Array.from({ length: 40 }, () => [STANDS, FLOWS, FLOWS]).flat())).toBe(false)
})

test.each([
  ['a queue on the path', { longerMs: 420 }],
  ['loss', { lostPerMille: 50 }],
  ['a queue that nobody notices', { queueMs: 200 }],
])('[FRAME-52] %s is none of it', (_, seen) => {
  expect(isSlowAfter(times(100, { ...STANDS, ...seen }))).toBe(false)
})
