/**
 * Packets of streams that this tab takes, opened as they come and handed on in order: whether a frame opens decides what its
 * head may change (see core/call/frames/timeline.ts). Those of a stream do not overtake each other.
 */
import type { Bytes } from '../../src/protocol/bytes.ts'
import { FRAMES_OPENING } from '../../src/protocol/limits.ts'
import { type FrameHead, headOf, PACKET_HEAD_BYTES, type StreamId, streamKey } from '../../src/protocol/media.ts'
import { Chain } from './chain.ts'
import type { Hop } from './hop.ts'
import type { Keyring, Opened } from './keyring.ts'

/** `from` is undefined for what was kept here. */
export type Inbound = { readonly head: FrameHead; readonly bytes: Bytes; readonly from: Hop | undefined; readonly opened: Opened }

export class InboundFrames {
  readonly #keyring: Keyring
  readonly #opened: (frame: Inbound) => void
  readonly #chains = new Map<string, Chain<Inbound>>()

  constructor(keyring: Keyring, opened: (frame: Inbound) => void) {
    this.#keyring = keyring
    this.#opened = opened
  }

  take(head: FrameHead, bytes: Bytes, from: Hop | undefined): void {
    const chain = this.#chain(head)
    if (!chain.isFull) chain.add(this.#open(head, bytes, from))
  }

  /** What is under way is dropped with its stream. */
  drop(stream: StreamId): void {
    this.#chains.delete(streamKey(stream))
  }

  async #open(head: FrameHead, bytes: Bytes, from: Hop | undefined): Promise<Inbound> {
    return { head, bytes, from, opened: await this.#keyring.open(head, headOf(bytes), bytes.subarray(PACKET_HEAD_BYTES)) }
  }

  #chain(stream: StreamId): Chain<Inbound> {
    const key = streamKey(stream)
    let chain = this.#chains.get(key)
    if (chain === undefined) {
      const hand = (frame: Inbound) => {
        if (this.#chains.get(key) === chain) this.#opened(frame)
      }
      chain = new Chain(FRAMES_OPENING, hand, () => undefined)
      this.#chains.set(key, chain)
    }
    return chain
  }
}
