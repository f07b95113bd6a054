/**
 * How late pictures are when they are shown, against the quickest of their stream lately: clocks of two devices differ by an
 * unknown amount.
 */
import { NOTHING_SEEN, type PicturesSeen, seePicture } from '../../src/core/call/frames/strain.ts'
import { type StreamId, streamKey } from '../../src/protocol/media.ts'
import { RecentLeast } from './recent-least.ts'

/** Longer and the drift of the clocks shows, shorter and a queue that stands is taken for the way. */
const QUICKEST_MS = 30_000

export class LatePictures {
  readonly #quickest = new Map<string, RecentLeast>()
  #seen = NOTHING_SEEN

  /** `wayMs`: from capture to here, by the two clocks. */
  shown(stream: StreamId, wayMs: number, nowMs: number): void {
    const key = streamKey(stream)
    const quickest = this.#quickest.get(key) ?? new RecentLeast(QUICKEST_MS)
    this.#quickest.set(key, quickest)
    quickest.note(wayMs, nowMs)
    this.#seen = seePicture(this.#seen, wayMs - quickest.least)
  }

  /** The stream is not shown any more. */
  drop(stream: StreamId): void {
    this.#quickest.delete(streamKey(stream))
  }

  /** Since this was asked last. */
  take(): PicturesSeen {
    const seen = this.#seen
    this.#seen = NOTHING_SEEN
    return seen
  }
}
