/**
 * How late pictures are when they are decoded, against the quickest of their stream lately: clocks of two devices differ by an
 * unknown amount.
 */
import type { PicturesSeen } from '../../src/core/call/frames/strain.ts'
import { type StreamId, streamKey } from '../../src/protocol/media.ts'

/** Shorter than people notice while they talk, longer than a key frame takes on a narrow line. */
const LATE_MS = 250
/** Longer and the drift of the clocks shows, shorter and a queue that stands is taken for the way. */
const BASE_MS = 30_000

type Quickest = { nowMs: number; beforeMs: number; sinceMs: number }

export class LatePictures {
  readonly #quickest = new Map<string, Quickest>()
  #shown = 0
  #late = 0
  #lateMs = 0

  /** `wayMs`: from capture to here, by the two clocks. */
  shown(stream: StreamId, wayMs: number, nowMs: number): void {
    const key = streamKey(stream)
    const before = this.#quickest.get(key) ?? { nowMs: wayMs, beforeMs: wayMs, sinceMs: nowMs }
    const isOver = nowMs - before.sinceMs > BASE_MS
    const quickest = isOver ? { nowMs: wayMs, beforeMs: before.nowMs, sinceMs: nowMs } : before
    quickest.nowMs = Math.min(quickest.nowMs, wayMs)
    this.#quickest.set(key, quickest)
    const lateMs = wayMs - Math.min(quickest.nowMs, quickest.beforeMs)
    this.#shown++
    if (lateMs <= LATE_MS) return
    this.#late++
    this.#lateMs += lateMs
  }

  /** The stream is not shown any more. */
  drop(stream: StreamId): void {
    this.#quickest.delete(streamKey(stream))
  }

  /** Since this was asked last. */
  take(): PicturesSeen {
    const seen = { shown: this.#shown, late: this.#late, lateMs: this.#late === 0 ? 0 : this.#lateMs / this.#late }
    this.#shown = 0
    this.#late = 0
    this.#lateMs = 0
    return seen
  }
}
