/**
 * When a picture that is decoded is shown. Small pictures of many wait for each other: each one that comes by itself has the page
 * drawn again, as often as the screen goes, which without a graphics card costs more than decoding them. Large ones, and
 * those of few, are shown at once.
 */
import type { Layer } from '../../../protocol/media.ts'

/** Up to so many pictures nobody waits for the others. */
const FEW = 4
/** They come seven times a second; the twentieth of a second by which they are late is not seen on them. */
const EVERY_MS = 100

/** Milliseconds from now; `pictures`: on the page. */
export function showAfterMs(layer: Layer, pictures: number, nowMs: number): number {
  return layer === 'thumb' && pictures > FEW ? EVERY_MS - (nowMs % EVERY_MS) : 0
}
