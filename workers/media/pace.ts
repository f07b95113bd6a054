/**
 * Which frames of a camera a layer takes that wants fewer. Cameras tremble by some milliseconds, so a frame that comes a
 * little early counts as due; what is due moves on by whole intervals, so the rate is right on average.
 */
const EARLY_INTERVALS = 0.25

/** A stop of the camera, or a clock that begins anew, is not made up for. */
const RESET_INTERVALS = 2

/** When the next frame is due after taking this one; undefined: leave it out. All in microseconds. */
export function nextDueUs(dueUs: number | undefined, timestampUs: number, fps: number): number | undefined {
  const intervalUs = 1_000_000 / fps
  if (dueUs === undefined || Math.abs(timestampUs - dueUs) > RESET_INTERVALS * intervalUs) return timestampUs + intervalUs
  return timestampUs >= dueUs - EARLY_INTERVALS * intervalUs ? dueUs + intervalUs : undefined
}
