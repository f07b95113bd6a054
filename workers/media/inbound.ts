/**
 * Packets of streams that this tab takes, opened as they come and handed on in order: whether a frame opens decides what its
 * head may change (see core/call/frames/timeline.ts). Those of a stream do not overtake each other.
 */
import type { Bytes } from '../../src/protocol/bytes.ts'
import { type FrameHead, headOf, PACKET_HEAD_BYTES, type StreamId } from '../../src/protocol/media.ts'
import type { Hop } from './hop.ts'
import type { Keyring, Opened } from './keyring.ts'
import { StreamChains } from './stream-chains.ts'

/** `from` is undefined for what was kept here. */
export type Inbound = { readonly head: FrameHead; readonly bytes: Bytes; readonly from: Hop | undefined; readonly opened: Opened }

export class InboundFrames {
  readonly #keyring: Keyring
  readonly #chains: StreamChains<Inbound>

  constructor(keyring: Keyring, opened: (frame: Inbound) => void) {
    this.#keyring = keyring
    this.#chains = new StreamChains(opened)
  }

  take(head: FrameHead, bytes: Bytes, from: Hop | undefined): void {
    this.#chains.add(head, () => this.#open(head, bytes, from))
  }

  /** What is under way is dropped with its stream. */
  drop(stream: StreamId): void {
    this.#chains.drop(stream)
  }

  async #open(head: FrameHead, bytes: Bytes, from: Hop | undefined): Promise<Inbound> {
    return { head, bytes, from, opened: await this.#keyring.open(head, headOf(bytes), bytes.subarray(PACKET_HEAD_BYTES)) }
  }
}
