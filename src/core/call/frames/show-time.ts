/**
 * When a picture that is decoded is shown. Small pictures of many wait for each other, and the own one for them: each one that comes
 * by itself has the page drawn again, as often as the screen goes, which without a graphics card costs more than decoding them.
 * Large ones, and those of few, are shown at once.
 */
import type { Layer } from '../../../protocol/media.ts'
import type { Halvings } from '../../../protocol/media-worker.ts'

/** Up to so many pictures nobody waits for the others. */
const FEW = 4
/** They come seven and a half times a second, none of them twice in this time; what they are late by is not seen on them. */
const EVERY_MS = 125
/** On a device with too much to do, whose pictures come half or a quarter as often: later than this would be too late for words. */
const STRAINED_EVERY_MS = 250

/** Milliseconds from now; `pictures`: of others, on the page. The own one is small beside them. */
export function showAfterMs(layer: Layer, pictures: number, halvings: Halvings, nowMs: number): number {
  if (layer !== 'thumb' || pictures <= FEW) return 0
  const everyMs = halvings === 0 ? EVERY_MS : STRAINED_EVERY_MS
  return everyMs - (nowMs % everyMs)
}
