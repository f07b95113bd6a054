import { expect, test } from 'vitest'
import { FIRST_PACE, type Pace, stepPace, type Window } from '../../../../src/core/effects/pace.ts'

const SECOND = 1_000
const quick: Window = { ms: 2 * SECOND, frames: 48, busyMs: 400, blendMs: 4, lookMs: 8 }
/** Five frames a second and never at rest. */
const stuttering: Window = { ms: 2 * SECOND, frames: 10, busyMs: 1_900, blendMs: 150, lookMs: 300 }

function after(windows: readonly Window[]): { pace: Pace; gaveUpAt: number } {
  let pace = FIRST_PACE
  for (const [i, window] of windows.entries()) {
    const { next, isGivenUp } = stepPace(pace, window)
    if (isGivenUp) return { pace: next, gaveUpAt: i + 1 }
    pace = next
  }
  return { pace, gaveUpAt: 0 }
}

test('[EFFECTS-5] a quick device looks for people in each frame', () => {
  expect(stepPace(FIRST_PACE, quick).next.every).toBe(1)
})

test('[EFFECTS-5] a slower one looks as often as fits into its share of the time', () => {
  // 24 frames a second leave 41.7 ms each, of which 25 may be used: 15 are left beside the blur, and a look takes 40.
  expect(stepPace(FIRST_PACE, { ...quick, blendMs: 10, lookMs: 40 }).next.every).toBe(3)
})

test('[EFFECTS-5] at least in each eighth frame', () => {
  expect(stepPace(FIRST_PACE, { ...quick, blendMs: 24, lookMs: 400 }).next.every).toBe(8)
  expect(stepPace(FIRST_PACE, { ...quick, blendMs: 50, lookMs: 10 }).next.every).toBe(8)
})

test('[EFFECTS-6] three stuttering windows without rest are enough', () => {
  expect(after([stuttering, stuttering, stuttering]).gaveUpAt).toBe(3)
})

test('[EFFECTS-6] a busy moment passes', () => {
  expect(after([stuttering, stuttering, quick, stuttering, stuttering])).toEqual({ pace: { every: 8, slow: 2 }, gaveUpAt: 0 })
})

test('[EFFECTS-6] a camera in the dark brings few frames and costs little', () => {
  const dark: Window = { ms: 2 * SECOND, frames: 10, busyMs: 120, blendMs: 4, lookMs: 8 }
  expect(after([dark, dark, dark, dark])).toEqual({ pace: { every: 1, slow: 0 }, gaveUpAt: 0 })
})

test('[EFFECTS-6] a window without frames says nothing about looks', () => {
  expect(stepPace({ every: 3, slow: 0 }, { ms: 2 * SECOND, frames: 0, busyMs: 0, blendMs: 0, lookMs: 0 }).next.every).toBe(3)
})
