/**
 * A camera or a screen on its way into packets: each frame goes to every layer that somebody watches, and is closed. The
 * newest one of a screen is kept, because a screen that does not move gives no frame for whoever comes then. Frames of a camera
 * are not: a camera has few buffers for all tabs that use it, and stands still when they are held.
 */
import { afterFailure, UNTRIED } from '../../src/core/call/frames/refused-source.ts'
import type { Layer } from '../../src/protocol/media.ts'
import { type LayerProfile, type View, viewOf } from '../../src/protocol/media-worker.ts'
import { type EncodedFrame, LayerEncoder } from './layer-encoder.ts'

/** A source that gives nothing for so long is still: what is wanted of it is encoded from its last frame. */
const STILL_MS = 250

export type PictureLayer = LayerProfile['layer']

export type EncodePorts = {
  readonly isWatched: (layer: Layer) => boolean
  /** Each frame as it comes; it is not the other's to close. */
  readonly came: (frame: VideoFrame) => void
  readonly encoded: (layer: PictureLayer, frame: EncodedFrame, capturedMs: number) => void
  readonly failed: (cause: unknown) => void
  /** Once: nothing of this source can be encoded. */
  readonly refused: () => void
}

export class EncodeView {
  readonly #view: View
  readonly #ports: EncodePorts
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>
  readonly #layers = new Map<Layer, LayerEncoder>()
  #last: VideoFrame | undefined
  #lastAtMs = 0
  #tries = UNTRIED
  /** From the clock of the frames to the wall clock. */
  #toWallMs = 0

  constructor(view: View, frames: ReadableStream<VideoFrame>, profiles: readonly LayerProfile[], ports: EncodePorts) {
    this.#ports = ports
    this.#reader = frames.getReader()
    this.#view = view
    this.setProfiles(profiles)
    void this.#read()
  }

  setProfiles(profiles: readonly LayerProfile[]): void {
    for (const profile of profiles.filter(({ layer }) => viewOf(layer) === this.#view)) {
      const encoder = this.#layers.get(profile.layer)
      if (encoder === undefined) this.#layers.set(profile.layer, this.#encoder(profile))
      else encoder.profile = profile
    }
  }

  refresh(layer: Layer): void {
    this.#layers.get(layer)?.refresh()
  }

  /** `roomsKbps`: what each of those who take a layer has for it. */
  adapt(roomsKbps: (layer: Layer) => readonly number[]): void {
    for (const [layer, encoder] of this.#layers) encoder.adapt(roomsKbps(layer))
  }

  /** Called often: layers nobody watches rest, and a still source gives its picture again to whom it is new. */
  tick(nowMs: number): void {
    let isWanted = false
    for (const [layer, encoder] of this.#layers) {
      if (this.#ports.isWatched(layer)) isWanted ||= encoder.isKeyWanted
      else encoder.rest()
    }
    if (!isWanted || this.#last === undefined || nowMs - this.#lastAtMs < STILL_MS) return
    const again = new VideoFrame(this.#last, { timestamp: this.#last.timestamp + Math.round(1000 * (nowMs - this.#lastAtMs)) })
    this.#encode(again, nowMs)
  }

  close(): void {
    this.#reader.cancel().catch(() => undefined)
    this.#last?.close()
    this.#last = undefined
    for (const encoder of this.#layers.values()) encoder.rest()
    this.#layers.clear()
  }

  #encoder(profile: LayerProfile): LayerEncoder {
    const encoded = (frame: EncodedFrame) => {
      this.#tries = UNTRIED
      this.#ports.encoded(profile.layer, frame, frame.chunk.timestamp / 1000 + this.#toWallMs)
    }
    return new LayerEncoder(profile, encoded, (cause) => {
      this.#ports.failed(cause)
      this.#tryFailed(performance.now())
    })
  }

  #tryFailed(nowMs: number): void {
    const before = this.#tries
    this.#tries = afterFailure(before, nowMs)
    if (this.#tries.isRefused && !before.isRefused) this.#ports.refused()
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { value: frame, done } = await this.#reader.read()
        if (done) return
        this.#ports.came(frame)
        this.#encode(frame, performance.now())
      }
    } catch (error) {
      this.#ports.failed(error)
    }
  }

  #encode(frame: VideoFrame, nowMs: number): void {
    this.#toWallMs = Date.now() - frame.timestamp / 1000
    for (const [layer, encoder] of this.#layers) if (this.#ports.isWatched(layer)) encoder.take(frame, nowMs)
    this.#last?.close()
    this.#last = this.#view === 'screen' ? frame : undefined
    this.#lastAtMs = nowMs
    if (this.#last === undefined) frame.close()
  }
}
