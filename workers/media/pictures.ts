/**
 * Pictures of others: frames that come in order are opened, in order, and played into their element. What does not open is
 * never shown, and costs its own picture only.
 */
import type { Arrived } from '../../src/core/call/frames/order-frames.ts'
import { highestTemporal } from '../../src/core/call/frames/strain.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { type FrameHead, headOf, type Layer, type MediaId, PACKET_HEAD_BYTES, type StreamId } from '../../src/protocol/media.ts'
import { type Halvings, type View, viewOf, type Want } from '../../src/protocol/media-worker.ts'
import type { Keyring, Opened } from './keyring.ts'
import { PlayView } from './play-view.ts'
import type { ShowTogether } from './show-together.ts'
import type { Came } from './stream.ts'
import { StreamChains } from './stream-chains.ts'

export type PicturePorts = {
  readonly keyring: Keyring
  readonly together: ShowTogether
  /** The first picture, another layer, another parent, or none any more. */
  readonly shows: (source: MediaId, view: View, layer: Layer | undefined, from: MediaId | undefined) => void
  /** `capturedMs`: by the clock of its source, its last 32 bits. */
  readonly shown: (stream: StreamId, capturedMs: number) => void
  /** Nothing can be shown of it before the next key frame. */
  readonly broken: (stream: StreamId) => void
}

type OpenedFrame = { readonly head: FrameHead; readonly from: MediaId; readonly opened: Opened }

export class Pictures {
  readonly #ports: PicturePorts
  readonly #views = new Map<string, PlayView>()
  /** The layer that is wanted of each view. */
  #preferred = new Map<string, Layer>()
  #halvings: Halvings = 0
  readonly #chains = new StreamChains<OpenedFrame>((frame) => this.#play(frame))

  constructor(ports: PicturePorts) {
    this.#ports = ports
  }

  /** How many are on the page. */
  get count(): number {
    return this.#views.size
  }

  open(source: MediaId, view: View, frames: WritableStream<VideoFrame>): void {
    this.close(source, view)
    const { together, shows, shown, broken } = this.#ports
    const key = viewKey(source, view)
    const play: PlayView = new PlayView(frames, {
      ready: (layer) => together.ready(play, layer),
      shown: (layer, capturedMs) => shown({ source, layer }, capturedMs),
      broken: (layer) => broken({ source, layer }),
      shows: (layer, from) => shows(source, view, layer, from),
    })
    play.preferred = this.#preferred.get(key)
    this.#views.set(key, play)
  }

  close(source: MediaId, view: View): void {
    this.#views.get(viewKey(source, view))?.close()
    this.#views.delete(viewKey(source, view))
  }

  /** Which layer of each picture is wanted now; the one before is shown until its first frame is there. */
  prefer(wants: readonly Want[]): void {
    this.#preferred = new Map()
    for (const { source, layer, isShown } of wants) {
      const key = viewKey(source, viewOf(layer))
      if (isShown && this.#preferred.get(key) !== 'main') this.#preferred.set(key, layer)
    }
    for (const [key, view] of this.#views) view.preferred = this.#preferred.get(key)
  }

  /** The stream is not wanted any more. */
  drop({ source, layer }: StreamId): void {
    this.#chains.drop({ source, layer })
    this.#views.get(viewKey(source, viewOf(layer)))?.drop(layer)
  }

  /** What comes for others too is left out here. */
  halve(halvings: Halvings): void {
    this.#halvings = halvings
  }

  show({ head, payload: { bytes, from, plain } }: Arrived<Came>): void {
    if (head.temporal > highestTemporal(head.layer, this.#halvings)) return
    const view = this.#views.get(viewKey(head.source, viewOf(head.layer)))
    if (view !== undefined) this.#chains.add(head, () => this.#open(head, bytes, plain, from?.id ?? head.source))
  }

  tick(nowMs: number): void {
    for (const view of this.#views.values()) view.tick(nowMs)
  }

  end(): void {
    for (const view of this.#views.values()) view.close()
    this.#views.clear()
    this.#chains.clear()
  }

  /** What comes was opened on its way in; what was kept is opened here. */
  async #open(head: FrameHead, packet: Bytes, plain: Bytes | undefined, from: MediaId): Promise<OpenedFrame> {
    if (plain !== undefined) return { head, from, opened: { kind: 'frame', plain } }
    return { head, from, opened: await this.#ports.keyring.open(head, headOf(packet), packet.subarray(PACKET_HEAD_BYTES)) }
  }

  #play({ head, from, opened }: OpenedFrame): void {
    // What a parent without the key kept may be anything.
    if (opened.kind === 'frame') this.#views.get(viewKey(head.source, viewOf(head.layer)))?.take(head, opened.plain, from)
  }
}

function viewKey(source: MediaId, view: View | undefined): string {
  return `${source} ${view}`
}
