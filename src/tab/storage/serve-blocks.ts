/** Answers the wants of one link from the store: carries out the steps of a holder. */
import type { Place } from '../../core/storage/fetch-state.ts'
import { SERVE_START, type ServeEffect, type ServeEvent, serveStep } from '../../core/storage/serve-transfer.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Link } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { DATA_HEADER_BYTES, DATA_PAYLOAD_BYTES } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { type CommandMessage, writeDataFrame } from '../../protocol/transfer.ts'

/** Makes a fragment of k others of its chunk; undefined: it cannot. */
export type MakeRow = (object: ObjectId, chunk: number, row: number) => Promise<Bytes | undefined>

/** What there is to give: both shelves of the store, whose reads are checked, and what can be made of fragments. */
export type Supply = {
  readonly blocks: BlockStore
  readonly make: MakeRow
  readonly matches: (id: BlockId, bytes: Bytes) => Promise<boolean>
}

/** Says when so many bytes may leave; undefined: now. */
export type Pacer = { readonly take: (bytes: number) => Promise<void> | undefined }

export class ServeBlocks {
  #state = SERVE_START
  readonly #link: Link
  readonly #supply: Supply
  readonly #send: (command: CommandMessage) => void
  readonly #pacer: Pacer
  readonly #held = new Map<string, Bytes>()
  /** Several wants of one moment may be for pieces of the same block. */
  readonly #finding = new Map<BlockId, Promise<Bytes | undefined>>()
  /** One frame at a time is on its way to each lane's channel. */
  readonly #frames = new Map<number, Bytes>()

  constructor(link: Link, supply: Supply, send: (command: CommandMessage) => void, pacer: Pacer) {
    this.#pacer = pacer
    this.#link = link
    this.#supply = supply
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

  async #read({ transfer, index, id, place }: Extract<ServeEffect, { kind: 'read' }>): Promise<void> {
    // A store that fails has nothing to give: the asker tries elsewhere.
    const finding = this.#finding.get(id) ?? this.#find(id, place).catch(() => undefined)
    this.#finding.set(id, finding)
    const bytes = await finding
    this.#finding.delete(id)
    if (bytes !== undefined) this.#held.set(keyOf({ transfer, index }), bytes)
    this.handle({ kind: 'read', transfer, index, bytes: bytes?.byteLength })
  }

  async #find(id: BlockId, place: Place | undefined): Promise<Bytes | undefined> {
    const { blocks, make, matches } = this.#supply
    const kept = (await blocks.get(id)) ?? (await blocks.get(id, 'manifest'))
    if (kept !== undefined || place === undefined) return kept
    const made = await make(place.object, place.chunk, place.row)
    return made !== undefined && (await matches(id, made)) ? made : undefined
  }

  async #sendFrames({ lane, transfer, index, offset, bytes, blockBytes }: Extract<ServeEffect, { kind: 'send' }>): Promise<void> {
    const block = this.#held.get(keyOf({ transfer, index }))
    const buffer = this.#frames.get(lane) ?? new Uint8Array(DATA_HEADER_BYTES + DATA_PAYLOAD_BYTES)
    this.#frames.set(lane, buffer)
    const end = offset + bytes
    try {
      let at = offset
      do {
        const payload = block?.subarray(at, Math.min(end, at + DATA_PAYLOAD_BYTES)) ?? new Uint8Array()
        const wait = this.#pacer.take(payload.byteLength)
        if (wait !== undefined) await wait
        await this.#link.sendData(writeDataFrame(buffer, { transfer, index, offset: at, blockBytes, payload }), lane)
        at += DATA_PAYLOAD_BYTES
      } while (at < end)
    } catch {
      // The lane closed; what was on its way is sent again over another.
      return
    }
    this.handle({ kind: 'sent', lane })
  }
}

function keyOf({ transfer, index }: { readonly transfer: number; readonly index: number }): string {
  return `${transfer}/${index}`
}
