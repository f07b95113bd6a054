/**
 * Blocks over one simulated link, both ways: the real asker and the real holder. Bytes are counted, not carried; a
 * frame may be damaged on the way.
 */

import type { FetchEffect, Part, Place } from '../../src/core/storage/fetch-state.ts'
import { RECEIVE_START, type ReceiveEffect, type ReceiveEvent, type ReceiveState } from '../../src/core/storage/receive-transfer.ts'
import { SERVE_START, type ServeEffect, type ServeEvent, type ServeState } from '../../src/core/storage/serve-transfer.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import { CREDIT_WINDOW_BYTES, DATA_PAYLOAD_BYTES } from '../../src/protocol/limits.ts'
import type { Brain } from './brain.ts'

export type TransferMessage =
  | {
      readonly t: 'want'
      readonly transfer: number
      readonly blocks: readonly BlockId[]
      readonly urgent: boolean
      readonly part: Part | undefined
      readonly places: readonly Place[] | undefined
    }
  | { readonly t: 'cancel'; readonly transfer: number }
  | { readonly t: 'credit'; readonly bytes: number }
  | { readonly t: 'missing'; readonly transfer: number; readonly index: number }
  | ({ readonly t: 'data'; readonly isDamaged: boolean } & Sent)

type Sent = {
  readonly transfer: number
  readonly index: number
  readonly offset: number
  readonly bytes: number
  readonly blockBytes: number
}

export type TransferParts = {
  readonly brain: Brain
  readonly send: (message: TransferMessage) => void
  readonly after: (delayMs: number, label: string, happen: () => void) => void
  /** From the disk, or made of others where the place is known. */
  readonly read: (id: BlockId, place: Place | undefined) => number | undefined
  readonly isDamagedOnTheWay: () => boolean
  readonly arrived: (id: BlockId, bytes: number, isDamaged: boolean) => void
  readonly missing: (id: BlockId) => void
  /** The other side keeps the rules, so this is a fault. */
  readonly cut: (detail: string) => void
  readonly must: (holds: boolean, sentence: () => string) => void
}

const READ_MS = 2
const BYTES_PER_MS = 20_000

export class SimTransfer {
  sentBytes = 0
  #receive: ReceiveState = RECEIVE_START
  #serve: ServeState = SERVE_START
  /** Bytes of blocks that the store has not taken yet, and of the one that is arriving. */
  #heldBytes = 0
  #incomingBytes = 0
  #isIncomingDamaged = false
  #isClosed = false
  readonly #parts: TransferParts

  constructor(parts: TransferParts) {
    this.#parts = parts
  }

  close(): void {
    this.#isClosed = true
  }

  ask({ transfer, blocks, urgent, part, places }: Extract<FetchEffect, { kind: 'ask' }>): void {
    this.#takeIn({ kind: 'asked', transfer, blocks, urgent, part })
    this.#parts.send({ t: 'want', transfer, blocks, urgent, part, places })
  }

  cancel(transfer: number): void {
    this.#takeIn({ kind: 'cancelled', transfer })
    this.#parts.send({ t: 'cancel', transfer })
  }

  /** The store has taken the block, or it was thrown away. */
  accept(bytes: number): void {
    this.#heldBytes -= bytes
    this.#takeIn({ kind: 'accepted', bytes })
  }

  hear(message: TransferMessage): void {
    if (message.t === 'want') {
      const { t: _, ...want } = message
      this.#giveOut({ kind: 'want', ...want })
    }
    if (message.t === 'cancel') this.#giveOut({ kind: 'cancel', transfer: message.transfer })
    else if (message.t === 'credit') this.#giveOut({ kind: 'credit', bytes: message.bytes })
    else if (message.t === 'missing') this.#takeIn({ kind: 'missing', transfer: message.transfer, index: message.index })
    else if (message.t === 'data') this.#takeFrames(message)
  }

  #takeFrames({ transfer, index, blockBytes, isDamaged, ...data }: TransferMessage & { t: 'data' }): void {
    const end = data.offset + data.bytes
    let { offset } = data
    do {
      const payloadBytes = Math.min(DATA_PAYLOAD_BYTES, end - offset)
      this.#isIncomingDamaged = isDamaged || (offset > 0 && this.#isIncomingDamaged)
      this.#incomingBytes = offset === 0 ? payloadBytes : this.#incomingBytes + payloadBytes
      this.#takeIn({ kind: 'frame', lane: 0, transfer, index, offset, blockBytes, payloadBytes })
      offset += payloadBytes
    } while (offset < end && !this.#isClosed)
  }

  #takeIn(event: ReceiveEvent): void {
    if (this.#isClosed) return
    const { next, effects } = this.#parts.brain.receive(this.#receive, event)
    this.#receive = next
    for (const effect of effects) this.#performReceive(effect)
  }

  #performReceive(effect: ReceiveEffect): void {
    switch (effect.kind) {
      case 'grant':
        this.#parts.send({ t: 'credit', bytes: effect.bytes })
        break
      case 'write':
        this.#heldBytes += Math.min(DATA_PAYLOAD_BYTES, effect.bufferBytes - effect.offset)
        this.#parts.must(this.#heldBytes <= CREDIT_WINDOW_BYTES, () => `${this.#heldBytes} bytes of one tab are in memory`)
        if (effect.last) this.#parts.arrived(effect.id, effect.bufferBytes, this.#isIncomingDamaged)
        break
      case 'discard':
        this.#heldBytes -= this.#incomingBytes
        break
      case 'missing':
        this.#parts.missing(effect.id)
        break
      case 'cut':
        this.#parts.cut(effect.detail)
        break
      default:
        effect satisfies never
    }
  }

  #giveOut(event: ServeEvent): void {
    if (this.#isClosed) return
    const { next, effects } = this.#parts.brain.serve(this.#serve, event)
    this.#serve = next
    for (const effect of effects) this.#performServe(effect)
  }

  #performServe(effect: ServeEffect): void {
    switch (effect.kind) {
      case 'read': {
        const { transfer, index, id, place } = effect
        this.#parts.after(READ_MS, 'read', () => this.#giveOut({ kind: 'read', transfer, index, bytes: this.#parts.read(id, place) }))
        break
      }
      case 'send': {
        const { kind: _, lane, ...sent } = effect
        this.sentBytes += sent.bytes
        this.#parts.after(sent.bytes / BYTES_PER_MS, 'sent', () => {
          this.#parts.send({ t: 'data', isDamaged: this.#parts.isDamagedOnTheWay(), ...sent })
          this.#giveOut({ kind: 'sent', lane })
        })
        break
      }
      case 'release':
        break
      case 'missing':
        this.#parts.send({ t: 'missing', transfer: effect.transfer, index: effect.index })
        break
      case 'cut':
        this.#parts.cut(effect.detail)
        break
      default:
        effect satisfies never
    }
  }
}
