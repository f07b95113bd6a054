/**
 * Blocks on their way into the store, in batches: while one is being written the next gathers. Bytes of kept blocks and
 * of those that readers leave never share a batch, since the latter may find no room.
 */
import type { BlockStore } from '../../ports/block-store.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { CHUNK_BYTES, LOOK_FRAGMENTS, STORE_BATCH_BLOCKS } from '../../protocol/limits.ts'

export type ToStore = { readonly id: BlockId; readonly bytes: Bytes; readonly marked: boolean }

type Outcome<Item> = (batch: readonly Item[], code: RoomErrorCode | undefined) => void

const BATCH_BYTES = STORE_BATCH_BLOCKS * CHUNK_BYTES
/** One batch being written and one on its way to the service worker. */
const BATCHES_BEING_STORED = 2

export class StoreQueue<Item extends ToStore> {
  readonly #blocks: BlockStore
  readonly #done: Outcome<Item>
  #waiting: Item[] = []
  #batches = 0

  constructor(blocks: BlockStore, done: Outcome<Item>) {
    this.#blocks = blocks
    this.#done = done
  }

  put(item: Item): void {
    this.#waiting.push(item)
    this.#storeMore()
  }

  #storeMore(): void {
    while (this.#batches < BATCHES_BEING_STORED && this.#waiting.length > 0) {
      const batch = this.#next()
      this.#batches++
      void this.#store(batch)
    }
  }

  #next(): readonly Item[] {
    const [first] = this.#waiting
    const batch: Item[] = []
    const rest: Item[] = []
    let bytes = 0
    for (const item of this.#waiting) {
      const isTaken =
        item.marked === first?.marked &&
        batch.length < LOOK_FRAGMENTS &&
        (batch.length === 0 || bytes + item.bytes.byteLength <= BATCH_BYTES)
      if (isTaken) bytes += item.bytes.byteLength
      ;(isTaken ? batch : rest).push(item)
    }
    this.#waiting = rest
    return batch
  }

  async #store(batch: readonly Item[]): Promise<void> {
    let code: RoomErrorCode | undefined
    try {
      await this.#blocks.putMany(
        batch.map(({ id, bytes }) => ({ id, bytes })),
        { marked: batch[0]?.marked === true },
      )
    } catch (error) {
      code = error instanceof RoomError ? error.code : 'storage-unavailable'
    }
    this.#batches--
    this.#done(batch, code)
    this.#storeMore()
  }
}
