import { expect, test } from 'vitest'
import { nextDueUs } from '../../../../workers/media/pace.ts'

/** How many of `frames` a layer of `fps` takes. */
function taken(timestampsUs: readonly number[], fps: number): readonly number[] {
  let dueUs: number | undefined
  return timestampsUs.filter((timestampUs) => {
    const next = nextDueUs(dueUs, timestampUs, fps)
    if (next === undefined) return false
    dueUs = next
    return true
  })
}

/** Ten seconds of a camera whose frames come up to 8 ms early or late. */
function camera(fps: number): readonly number[] {
  return Array.from({ length: 10 * fps }, (_, n) => Math.round((1_000_000 * n) / fps + 8_000 * Math.sin(n * 7.3)))
}

test('[MEDIAWORKER-12] a layer takes its rate from a camera that trembles, evenly', () => {
  for (const [cameraFps, fps, frames] of [
    [30, 30, 300],
    [30, 15, 150],
    [30, 7.5, 75],
    [30, 20, 200],
    [25, 15, 150],
    [15, 24, 150],
  ] as const) {
    const times = taken(camera(cameraFps), fps)
    const longest = Math.max(...times.slice(1).map((time, at) => time - (times[at] as number)))
    expect(Math.abs(times.length - frames), `${fps} of ${cameraFps}`).toBeLessThanOrEqual(frames * 0.04)
    expect(longest, `${fps} of ${cameraFps}`).toBeLessThan(1_000_000 / Math.min(fps, cameraFps) + 1_000_000 / cameraFps + 17_000)
  }
})

test('[MEDIAWORKER-12] a camera that stopped, or begins another clock, is not made up for', () => {
  const paused = [0, 133_000, 9_000_000, 9_033_000, 9_066_000, 9_133_000]
  expect(taken(paused, 7.5)).toEqual([0, 133_000, 9_000_000, 9_133_000])
  expect(taken([5_000_000, 5_133_000, 0, 33_000, 133_000], 7.5)).toEqual([5_000_000, 5_133_000, 0, 133_000])
})
