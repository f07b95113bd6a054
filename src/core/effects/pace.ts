/**
 * How often people are looked for in a camera's picture. Looking costs more than blurring, and an outline changes slower than a
 * picture: as often as fits into a share of the time, and not at all any more when even the rarest is too much.
 */
import {
  EFFECT_BUSY_SHARE,
  EFFECT_FRAMES_PER_SECOND_MIN,
  EFFECT_LOOK_EVERY_MAX,
  EFFECT_SLOW_WINDOWS,
} from '../../protocol/effects-limits.ts'

export type Pace = {
  /** People are looked for in each so manieth frame. */
  readonly every: number
  /** Windows in a row in which the picture stuttered. */
  readonly slow: number
}

export const FIRST_PACE: Pace = { every: 2, slow: 0 }

export type Window = {
  readonly ms: number
  readonly frames: number
  /** Of `ms`, at work. */
  readonly busyMs: number
  readonly blendMs: number
  readonly lookMs: number
}

export type PaceStep = { readonly next: Pace; readonly isGivenUp: boolean }

export function stepPace(pace: Pace, window: Window): PaceStep {
  const every = window.frames === 0 ? pace.every : affordable(window)
  // A camera in the dark brings few frames by itself: only a worker without rest is too slow.
  const isSlow = window.frames * 1_000 < EFFECT_FRAMES_PER_SECOND_MIN * window.ms && window.busyMs > EFFECT_BUSY_SHARE * window.ms
  const slow = isSlow ? pace.slow + 1 : 0
  return { next: { every, slow }, isGivenUp: slow >= EFFECT_SLOW_WINDOWS }
}

function affordable({ ms, frames, blendMs, lookMs }: Window): number {
  const leftMs = EFFECT_BUSY_SHARE * (ms / frames) - blendMs
  return leftMs <= 0 ? EFFECT_LOOK_EVERY_MAX : Math.min(EFFECT_LOOK_EVERY_MAX, Math.max(1, Math.ceil(lookMs / leftMs)))
}
