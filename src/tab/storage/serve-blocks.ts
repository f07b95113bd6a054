/** Answers the wants of one link from the store: carries out the steps of a holder. */
import { SERVE_START, type ServeEffect, type ServeEvent, serveStep } from '../../core/storage/serve-transfer.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Link } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import { DATA_HEADER_BYTES, DATA_PAYLOAD_BYTES } from '../../protocol/limits.ts'
import { type CommandMessage, writeDataFrame } from '../../protocol/transfer.ts'

export class ServeBlocks {
  #state = SERVE_START
  readonly #link: Link
  readonly #blocks: BlockStore
  readonly #send: (command: CommandMessage) => void
  readonly #held = new Map<string, Bytes>()
  /** One frame at a time is on its way to the channel. */
  readonly #frame = new Uint8Array(DATA_HEADER_BYTES + DATA_PAYLOAD_BYTES)

  constructor(link: Link, blocks: BlockStore, send: (command: CommandMessage) => void) {
    this.#link = link
    this.#blocks = blocks
    this.#send = send
  }

  handle(event: ServeEvent): void {
    const { next, effects } = serveStep(this.#state, event)
    this.#state = next
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: ServeEffect): void {
    switch (effect.kind) {
      case 'read':
        void this.#read(effect)
        return
      case 'send':
        void this.#sendFrames(effect)
        return
      case 'release':
        this.#held.delete(keyOf(effect))
        return
      case 'missing':
        this.#send({ t: 'missing', id: effect.transfer, index: effect.index })
        return
      case 'cut':
        this.#link.cut(new RoomError(effect.code, effect.detail))
        return
      default:
        effect satisfies never
    }
  }

  async #read({ transfer, index, id }: Extract<ServeEffect, { kind: 'read' }>): Promise<void> {
    // A store that fails has nothing to give: the asker tries elsewhere.
    const bytes = await this.#blocks.get(id).catch(() => undefined)
    if (bytes !== undefined) this.#held.set(keyOf({ transfer, index }), bytes)
    this.handle({ kind: 'read', transfer, index, bytes: bytes?.byteLength })
  }

  async #sendFrames({ transfer, index, offset, bytes, blockBytes }: Extract<ServeEffect, { kind: 'send' }>): Promise<void> {
    const block = this.#held.get(keyOf({ transfer, index }))
    const end = offset + bytes
    try {
      let at = offset
      do {
        const payload = block?.subarray(at, Math.min(end, at + DATA_PAYLOAD_BYTES)) ?? new Uint8Array()
        await this.#link.sendData(writeDataFrame(this.#frame, { transfer, index, offset: at, blockBytes, payload }))
        at += DATA_PAYLOAD_BYTES
      } while (at < end)
    } catch {
      // The link closed; its session ends with it.
      return
    }
    this.handle({ kind: 'sent' })
  }
}

function keyOf({ transfer, index }: { readonly transfer: number; readonly index: number }): string {
  return `${transfer}/${index}`
}
