/**
 * Small pictures are shown together. Each of nine comes at its own moment, and a screen that is drawn anew for each is drawn
 * sixty times a second to show seven; so they wait for the next beat, half the time between two of them at most.
 */
import { SMALL_PICTURES_BEAT_MS } from '../../src/protocol/limits.ts'

type Show = (frame: VideoFrame) => void

export class Shutter {
  /** One frame of each picture: a later one takes its place. */
  readonly #waiting = new Map<Show, VideoFrame>()

  wait(frame: VideoFrame, show: Show): void {
    this.#waiting.get(show)?.close()
    if (this.#waiting.size === 0) setTimeout(() => this.#open(), SMALL_PICTURES_BEAT_MS - (performance.now() % SMALL_PICTURES_BEAT_MS))
    this.#waiting.set(show, frame)
  }

  #open(): void {
    const shown = [...this.#waiting]
    this.#waiting.clear()
    for (const [show, frame] of shown) show(frame)
  }
}
