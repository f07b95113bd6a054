/**
 * A picture as people see it: one stream of frames into one element, whichever layer they come from. The layer that is
 * wanted takes over with its first frame; another one goes on until then, and comes back when the wanted one stalls.
 */
import type { Bytes } from '../../src/protocol/bytes.ts'
import type { FrameHead, Layer, MediaId } from '../../src/protocol/media.ts'
import { LayerDecoder } from './layer-decoder.ts'
import { WaitingFrame } from './waiting-frame.ts'

/** Shorter than people take for a frozen picture, longer than a lost key frame takes to be sent again. */
const STALL_MS = 1_000

/** After this nobody is expected to come back with the next frame. */
const GONE_MS = 3_000

/** Of two who bring a picture both bring some frames sooner: it comes from the one it has, until that one has brought none for so long. */
const FROM_MS = 500

export type PlayPorts = {
  /** `capturedMs`: by the clock of who sends it, its last 32 bits. */
  readonly shown: (layer: Layer, capturedMs: number) => void
  readonly broken: (layer: Layer) => void
  readonly shows: (layer: Layer | undefined, from: MediaId | undefined) => void
  /** A picture waits to be shown. */
  readonly ready: (layer: Layer) => void
}

export class PlayView {
  readonly #ports: PlayPorts
  readonly #waiting: WaitingFrame
  readonly #decoders = new Map<Layer, LayerDecoder>()
  /** Whom each layer comes from, and when that one brought a frame last. */
  readonly #from = new Map<Layer, { readonly id: MediaId; readonly atMs: number }>()
  #layer: Layer | undefined
  #waitingLayer: Layer | undefined
  #shownFrom: MediaId | undefined
  #shownAtMs = 0
  #preferredAtMs = Number.NEGATIVE_INFINITY
  #preferred: Layer | undefined

  constructor(frames: WritableStream<VideoFrame>, ports: PlayPorts) {
    this.#ports = ports
    this.#waiting = new WaitingFrame(frames)
  }

  set preferred(layer: Layer | undefined) {
    if (layer === this.#preferred) return
    this.#preferred = layer
    this.#preferredAtMs = Number.NEGATIVE_INFINITY
  }

  take(head: FrameHead, data: Bytes, from: MediaId): void {
    const nowMs = performance.now()
    const before = this.#from.get(head.layer)
    if (before === undefined || before.id === from || nowMs - before.atMs > FROM_MS) this.#from.set(head.layer, { id: from, atMs: nowMs })
    this.#decoder(head.layer).take(head, data)
  }

  /** The layer is not wanted any more. Without another one, there is no picture. */
  drop(layer: Layer): void {
    this.#decoders.get(layer)?.close()
    this.#decoders.delete(layer)
    this.#from.delete(layer)
    if (this.#decoders.size === 0 && this.#layer !== undefined) this.#tell(undefined)
  }

  tick(nowMs: number): void {
    if (this.#layer !== undefined && nowMs - this.#shownAtMs > GONE_MS) this.#tell(undefined)
  }

  close(): void {
    for (const decoder of this.#decoders.values()) decoder.close()
    this.#decoders.clear()
    this.#waiting.close()
  }

  #decoder(layer: Layer): LayerDecoder {
    let decoder = this.#decoders.get(layer)
    if (decoder === undefined) {
      decoder = new LayerDecoder(
        (frame) => this.#decoded(layer, frame),
        () => this.#ports.broken(layer),
      )
      this.#decoders.set(layer, decoder)
    }
    return decoder
  }

  #decoded(layer: Layer, frame: VideoFrame): void {
    const nowMs = performance.now()
    if (layer === this.#preferred) this.#preferredAtMs = nowMs
    const isDue = layer === this.#preferred || nowMs - this.#preferredAtMs > STALL_MS
    if (isDue) {
      this.#shownAtMs = nowMs
      this.#tell(layer)
    }
    if (!isDue) {
      frame.close()
      return
    }
    this.#waiting.put(frame)
    this.#waitingLayer = layer
    this.#ports.ready(layer)
  }

  /** What waits goes into the element. */
  show(): void {
    const capturedMs = this.#waiting.show()
    if (capturedMs !== undefined && this.#waitingLayer !== undefined) this.#ports.shown(this.#waitingLayer, capturedMs)
  }

  #tell(layer: Layer | undefined): void {
    const from = layer === undefined ? undefined : this.#from.get(layer)?.id
    if (layer === this.#layer && from === this.#shownFrom) return
    this.#layer = layer
    this.#shownFrom = from
    this.#ports.shows(layer, from)
  }
}
