/** Takes the blocks this tab asked for from one link: carries out the steps of an asker. One copy per byte. */
import { RECEIVE_START, type ReceiveEffect, type ReceiveEvent, receiveStep } from '../../core/storage/receive-transfer.ts'
import type { Link } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { type CommandMessage, parseDataFrame } from '../../protocol/transfer.ts'
import type { BlockBuffers } from './block-buffers.ts'

export type Received = {
  readonly buffers: BlockBuffers
  /** The receiver of the block gives its bytes back to `buffers`. */
  readonly onBlock: (id: BlockId, bytes: Bytes) => void
  readonly onMissing: (id: BlockId) => void
}

export class ReceiveBlocks {
  #state = RECEIVE_START
  #incoming: Bytes | undefined
  readonly #link: Link
  readonly #send: (command: CommandMessage) => void
  readonly #received: Received

  constructor(link: Link, send: (command: CommandMessage) => void, received: Received) {
    this.#link = link
    this.#send = send
    this.#received = received
  }

  ask(transfer: number, blocks: readonly BlockId[], urgent: boolean): void {
    // The credit goes first, so that the holder may begin with the want's first byte.
    this.handle({ kind: 'asked', transfer, blocks })
    this.#send({ t: 'want', id: transfer, blocks: [...blocks], ...(urgent && { urgent }) })
  }

  cancel(transfer: number): void {
    this.handle({ kind: 'cancelled', transfer })
    this.#send({ t: 'cancel', id: transfer })
  }

  takeData(buffer: ArrayBuffer): void {
    const frame = parseDataFrame(buffer)
    if (frame === undefined) {
      this.#link.cut(new RoomError('frame-malformed', 'data frame'))
      return
    }
    const { payload, ...header } = frame
    this.handle({ kind: 'frame', ...header, payloadBytes: payload.byteLength }, payload)
  }

  handle(event: ReceiveEvent, payload?: Uint8Array): void {
    const { next, effects } = receiveStep(this.#state, event)
    this.#state = next
    for (const effect of effects) this.#perform(effect, payload)
  }

  #perform(effect: ReceiveEffect, payload: Uint8Array | undefined): void {
    switch (effect.kind) {
      case 'grant':
        this.#send({ t: 'credit', bytes: effect.bytes })
        return
      case 'write': {
        if (effect.first) this.#incoming = this.#received.buffers.take(effect.blockBytes)
        const block = this.#incoming
        if (block === undefined || payload === undefined) return
        block.set(payload, effect.offset)
        if (!effect.last) return
        this.#incoming = undefined
        this.#received.onBlock(effect.id, block)
        return
      }
      case 'discard':
        this.#incoming = undefined
        return
      case 'missing':
        this.#received.onMissing(effect.id)
        return
      case 'cut':
        this.#link.cut(new RoomError(effect.code, effect.detail))
        return
      default:
        effect satisfies never
    }
  }
}
