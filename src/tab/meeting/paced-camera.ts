/**
 * The camera on its way to the worker, as often a second as somebody takes its pictures: each costs a device that sends none of
 * them more than one it is spared. A copy of the track, because whoever shows or records the camera here has all of its pictures.
 */
import { framesOf } from './tracks-and-frames.ts'

export class PacedCamera {
  readonly frames: ReadableStream<VideoFrame>
  readonly #track: MediaStreamTrack
  #fps: number | undefined

  constructor(track: MediaStreamTrack) {
    this.#track = track.clone()
    this.frames = framesOf(this.#track)
  }

  pace(fps: number): void {
    if (fps === this.#fps) return
    this.#fps = fps
    // One that cannot be slowed down gives more than is taken, which is left out later.
    this.#track.applyConstraints({ ...this.#track.getConstraints(), frameRate: { ideal: fps, max: fps } }).catch(() => {})
  }

  /** The device is free when every copy of its track is stopped. */
  stop(): void {
    this.#track.stop()
  }
}
