/** Takes the blocks this tab asked for from one link: carries out the steps of an asker. One copy per byte. */
import type { Part, Place } from '../../core/storage/fetch-state.ts'
import { RECEIVE_START, type ReceiveEffect, type ReceiveEvent, receiveStep } from '../../core/storage/receive-transfer.ts'
import type { Link } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { type CommandMessage, parseDataFrame } from '../../protocol/transfer.ts'
import type { BlockBuffers } from './block-buffers.ts'

export type Received = {
  readonly buffers: BlockBuffers
  /** The receiver of the block, or of a part of one, gives its bytes back to `buffers`. */
  readonly onBlock: (id: BlockId, bytes: Bytes, part: Part | undefined, transfer: number) => void
  readonly onMissing: (id: BlockId, transfer: number) => void
}

export type Wanted = {
  readonly transfer: number
  readonly blocks: readonly BlockId[]
  readonly urgent: boolean
  readonly part: Part | undefined
  /** For a holder that makes what it lacks; all of one object. */
  readonly places: readonly Place[] | undefined
}

export class ReceiveBlocks {
  #state = RECEIVE_START
  readonly #incoming = new Map<number, Bytes>()
  readonly #link: Link
  readonly #send: (command: CommandMessage) => void
  readonly #received: Received

  constructor(link: Link, send: (command: CommandMessage) => void, received: Received) {
    this.#link = link
    this.#send = send
    this.#received = received
  }

  ask({ transfer, blocks, urgent, part, places }: Wanted): void {
    // The credit goes first, so that the holder may begin with the want's first byte.
    this.handle({ kind: 'asked', transfer, blocks, urgent, part, rttMs: this.#link.rttMs })
    const [first] = places ?? []
    const of = first && { object: first.object, places: (places ?? []).map(({ chunk, row }) => ({ chunk, row })) }
    this.#send({ t: 'want', id: transfer, blocks: [...blocks], ...(urgent && { urgent }), ...(part && { part }), ...(of && { of }) })
  }

  cancel(transfer: number): void {
    this.handle({ kind: 'cancelled', transfer })
    this.#send({ t: 'cancel', id: transfer })
  }

  takeData(buffer: ArrayBuffer, lane: number): void {
    const frame = parseDataFrame(buffer)
    if (frame === undefined) {
      this.#link.cut(new RoomError('frame-malformed', 'data frame'))
      return
    }
    const { payload, ...header } = frame
    this.handle({ kind: 'frame', lane, ...header, payloadBytes: payload.byteLength }, payload)
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
      case 'write':
        this.#write(effect, payload)
        return
      case 'discard':
        this.#incoming.delete(effect.slot)
        return
      case 'missing':
        this.#received.onMissing(effect.id, effect.transfer)
        return
      case 'cut':
        this.#link.cut(new RoomError(effect.code, effect.detail))
        return
      default:
        effect satisfies never
    }
  }

  #write(
    { slot, id, transfer, offset, bufferBytes, part, first, last }: Extract<ReceiveEffect, { kind: 'write' }>,
    payload: Uint8Array | undefined,
  ): void {
    if (first) this.#incoming.set(slot, this.#received.buffers.take(bufferBytes))
    const block = this.#incoming.get(slot)
    if (block === undefined || payload === undefined) return
    block.set(payload, offset)
    if (!last) return
    this.#incoming.delete(slot)
    this.#received.onBlock(id, block, part, transfer)
  }
}
