/**
 * Blocks on their way to the store: gathered into batches of one shelf, a few of them under way at a time. Whoever adds
 * waits when the store is behind.
 */
import { CHUNK_BYTES, IMPORT_BATCHES, STORE_BATCH_BLOCKS } from '../protocol/limits.ts'
import type { Shelf, StoredBlock } from '../protocol/storage-worker.ts'

/** Resolves when the batch is in the store; its buffers are the sink's from the call on. */
export type ObjectSink = (shelf: Shelf, blocks: readonly StoredBlock[], doneBytes: number) => Promise<void>

/** As much as a batch of whole chunks: fragments are smaller, and a transaction costs the same. */
const BATCH_BYTES = STORE_BATCH_BLOCKS * CHUNK_BYTES

export class Outbox {
  readonly #sink: ObjectSink
  readonly #underway: Promise<void>[] = []
  #shelf: Shelf = 'fragment'
  #blocks: StoredBlock[] = []
  #bytes = 0
  #doneBytes = 0

  constructor(sink: ObjectSink) {
    this.#sink = sink
  }

  /** Blocks added together go in one batch, since they may share memory. `doneBytes`: bytes of the file up to their end. */
  async add(shelf: Shelf, blocks: readonly StoredBlock[], doneBytes: number): Promise<void> {
    if (shelf !== this.#shelf) await this.#send()
    this.#shelf = shelf
    this.#blocks.push(...blocks)
    this.#doneBytes = doneBytes
    for (const { bytes } of blocks) this.#bytes += bytes.byteLength
    if (this.#bytes >= BATCH_BYTES) await this.#send()
  }

  async emptied(): Promise<void> {
    await this.#send()
    await this.#underwayBelow(1)
  }

  async #send(): Promise<void> {
    if (this.#blocks.length === 0) return
    await this.#underwayBelow(IMPORT_BATCHES)
    const sent = this.#sink(this.#shelf, this.#blocks, this.#doneBytes)
    // Its failure is told to whoever waits for it.
    sent.catch(() => undefined)
    this.#underway.push(sent)
    this.#blocks = []
    this.#bytes = 0
  }

  async #underwayBelow(batches: number): Promise<void> {
    while (this.#underway.length >= batches) await this.#underway.shift()
  }
}
