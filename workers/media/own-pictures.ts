/** Camera and screen of this tab: encoded once for each layer that somebody takes, sealed once, and sent to all of them. */
import { shareOfRoom } from '../../src/core/call/frames/encoder-rate.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { HOP_REPORT_MS } from '../../src/protocol/limits.ts'
import { encodePacket, type FrameHead, LAYERS, type Layer, type MediaId } from '../../src/protocol/media.ts'
import { type Halvings, type LayerProfile, type View, viewOf } from '../../src/protocol/media-worker.ts'
import { EncodeView, type PictureLayer } from './encode-view.ts'
import type { Keyring } from './keyring.ts'
import type { EncodedFrame } from './layer-encoder.ts'
import { MirrorView } from './mirror-view.ts'
import { SealStream } from './seal-stream.ts'
import type { ShowTogether } from './show-together.ts'

/** As often as a hop's other side says what came. */
const ADAPT_MS = HOP_REPORT_MS

const CAMERA_LAYERS = LAYERS.filter((layer) => viewOf(layer) === 'camera')

/** A hop of somebody who takes a layer of ours. */
export type Taker = { readonly budgetKbps: number; readonly takes: readonly Layer[] }

export type OwnPicturePorts = {
  readonly self: MediaId
  readonly keyring: Keyring
  readonly together: ShowTogether
  readonly isWatched: (layer: Layer) => boolean
  /** Layers of the camera that others take now; told when it differs. */
  readonly watched: (layers: readonly Layer[]) => void
  readonly takers: (layer: Layer) => readonly Taker[]
  readonly send: (head: FrameHead, packet: Bytes) => void
  readonly failed: (cause: unknown) => void
}

export class OwnPictures {
  readonly #ports: OwnPicturePorts
  readonly #views = new Map<View, EncodeView>()
  /** They outlive a camera: the numbers of a stream go on. */
  readonly #streams = new Map<PictureLayer, SealStream<undefined>>()
  #mirror: MirrorView | undefined
  #halvings: Halvings = 0
  #profiles: readonly LayerProfile[] = []
  #adaptedAtMs = 0
  #watched: readonly Layer[] = []

  constructor(ports: OwnPicturePorts) {
    this.#ports = ports
  }

  setProfiles(profiles: readonly LayerProfile[]): void {
    this.#profiles = profiles
    for (const view of this.#views.values()) view.setProfiles(profiles)
  }

  /** `refused`: nothing of it can be encoded. */
  publish(view: View, frames: ReadableStream<VideoFrame>, refused: () => void): void {
    this.unpublish(view)
    const { keyring, isWatched, failed } = this.#ports
    const encode = new EncodeView(view, frames, this.#profiles, {
      came: (frame) => {
        if (view === 'camera') this.#mirror?.take(frame)
      },
      isWatched: (layer) => keyring.canSeal(layer) && isWatched(layer),
      encoded: (layer, frame, capturedMs) => this.#encoded(layer, frame, capturedMs),
      failed,
      refused,
    })
    this.#views.set(view, encode)
  }

  unpublish(view: View): void {
    this.#views.get(view)?.close()
    this.#views.delete(view)
  }

  /** Undefined: nobody looks any more. */
  mirror(frames: WritableStream<VideoFrame> | undefined, began: () => void): void {
    this.#mirror?.close()
    this.#mirror = frames && new MirrorView(frames, this.#ports.together, began)
    this.#mirror?.halve(this.#halvings)
  }

  halve(halvings: Halvings): void {
    this.#halvings = halvings
    this.#mirror?.halve(halvings)
  }

  refresh(layer: Layer): void {
    for (const view of this.#views.values()) view.refresh(layer)
  }

  tick(nowMs: number): void {
    const isDue = nowMs - this.#adaptedAtMs >= ADAPT_MS
    if (isDue) this.#adaptedAtMs = nowMs
    this.#tellWatched()
    for (const view of this.#views.values()) {
      if (isDue) view.adapt((layer) => this.#roomsFor(layer))
      view.tick(nowMs)
    }
  }

  #tellWatched(): void {
    const { isWatched, watched } = this.#ports
    const layers = CAMERA_LAYERS.filter(isWatched)
    if (layers.join() === this.#watched.join()) return
    this.#watched = layers
    watched(layers)
  }

  #roomsFor(layer: Layer): readonly number[] {
    return this.#ports.takers(layer).map(({ budgetKbps, takes }) => budgetKbps * shareOfRoom(layer, takes, this.#profiles))
  }

  close(): void {
    for (const view of this.#views.keys()) this.unpublish(view)
    this.#mirror?.close()
    this.#mirror = undefined
  }

  #encoded(layer: PictureLayer, { chunk, temporal }: EncodedFrame, capturedMs: number): void {
    const bytes = new Uint8Array(chunk.byteLength)
    chunk.copyTo(bytes)
    this.#stream(layer).take({ bytes, isKey: chunk.type === 'key', temporal, capturedMs, of: undefined })
  }

  #stream(layer: PictureLayer): SealStream<undefined> {
    let stream = this.#streams.get(layer)
    if (stream === undefined) {
      const { self, keyring, send } = this.#ports
      stream = new SealStream(
        { source: self, layer },
        keyring,
        ({ head, bytes }) => send(head, encodePacket(head, bytes)),
        () => this.refresh(layer),
      )
      this.#streams.set(layer, stream)
    }
    return stream
  }
}
