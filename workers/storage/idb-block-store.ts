/**
 * Blocks and values in IndexedDB. Every block is a Blob, which the browser puts into a file of its own: measured from
 * 64 KiB to 1 MiB that writes twice as fast as bytes in a record, reads as fast or faster, and writes each byte once.
 * Fragments are written relaxed, many to a transaction, since one lost in a power cut is fetched again; manifests and
 * values strictly. Whoever puts has checked the hashes; every read checks them again, because disks lie.
 */
import { keptBytes, planMarks, planPut } from '../../src/core/storage/store-tally.ts'
import { matchesId } from '../../src/pipeline/fragment-id.ts'
import type { BlockStore, PutManyOptions, StoreUsage, ValueStore } from '../../src/ports/block-store.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import { CHUNK_BYTES, STORE_LIST_BLOCKS } from '../../src/protocol/limits.ts'
import type { KeptBlock, ListedBlock, Shelf, StoredBlock } from '../../src/protocol/storage-worker.ts'
import { openDatabase } from './database.ts'
import { newGeneration, readFacts, writeFacts } from './facts.ts'
import { entriesOf, erase, makeRoom, write, writeEntries } from './write-shelves.ts'

const SHELVES = ['fragment', 'manifest'] as const
/** Chromium takes the files of deleted blocks off the disk two to three seconds later; only then is there room. */
const FREED_MS = 6_000
const LOOK_MS = 500
/** Given up beyond what is wanted now: nobody knows how much the browser lacks, and the next batch would wait again. */
const GIVEN_UP_BYTES = 4 * CHUNK_BYTES

export class IdbBlockStore implements BlockStore, ValueStore {
  readonly #freedMs: number

  constructor({ freedMs = FREED_MS }: { freedMs?: number } = {}) {
    this.#freedMs = freedMs
  }

  putMany(blocks: readonly StoredBlock[], { shelf = 'fragment', marked = false }: PutManyOptions = {}): Promise<void> {
    return this.keep(
      shelf,
      blocks.map(({ id, bytes }) => ({ id, data: new Blob([bytes]) })),
      marked,
    )
  }

  async keep(shelf: Shelf, blocks: readonly KeptBlock<Blob>[], marked: boolean): Promise<void> {
    const bytes = blocks.reduce((sum, { data }) => sum + data.size, 0)
    await this.#withRoom('cannot store blocks', bytes, () => this.#put(shelf, blocks, marked))
    weighForCollector(bytes)
  }

  async get(id: BlockId, shelf: Shelf = 'fragment'): Promise<Bytes | undefined> {
    const [data = null] = await this.find([id], shelf)
    if (data === null) return undefined
    // A file that is gone from under the database reads as an error.
    const bytes = await data.arrayBuffer().then(
      (buffer) => new Uint8Array(buffer),
      () => undefined,
    )
    if (bytes !== undefined && (await matchesId(id, bytes))) return bytes
    await this.dropDamaged(id, shelf)
    return undefined
  }

  /** Unchecked: whoever reads it checks the hash and tells when it is wrong. */
  async find(ids: readonly BlockId[], shelf: Shelf): Promise<readonly (Blob | null)[]> {
    const { store } = (await openDatabase()).transaction(shelf)
    return Promise.all(ids.map(async (id) => (await store.get(id)) ?? null))
  }

  /**
   * One bad block is a sign of more: a new generation makes every tab of the device check what it announced. When the
   * block is gone already somebody else has told, or it was deleted while it was read.
   */
  async dropDamaged(id: BlockId, shelf: Shelf): Promise<void> {
    await write('relaxed', async (tx, tally) => {
      const entries = await entriesOf(tx, shelf, [id])
      if (entries.length > 0) writeFacts(tx, { generation: newGeneration() })
      return erase(tx, tally, shelf, entries)
    })
  }

  async has(ids: readonly BlockId[]): Promise<readonly boolean[]> {
    const { store } = (await openDatabase()).transaction('fragment')
    const keys = await Promise.all(ids.map((id) => store.getKey(id)))
    return keys.map((key) => key !== undefined)
  }

  async delete(ids: readonly BlockId[]): Promise<void> {
    await failAs('cannot delete blocks', () =>
      write('relaxed', async (tx, tally) => {
        let left = tally
        for (const shelf of SHELVES) left = erase(tx, left, shelf, await entriesOf(tx, shelf, ids))
        return left
      }),
    )
  }

  async mark(ids: readonly BlockId[], marked: boolean): Promise<void> {
    await failAs('cannot mark blocks', () =>
      write('relaxed', async (tx, tally) => {
        const plan = planMarks(tally, await entriesOf(tx, 'fragment', ids), marked)
        writeEntries(tx, 'fragment', plan.entries)
        return plan.tally
      }),
    )
  }

  async *list(shelf: Shelf): AsyncGenerator<readonly ListedBlock[]> {
    for (let page = await this.page(shelf, null); page.length > 0; page = await this.page(shelf, page.at(-1)?.id ?? null)) {
      yield page
      if (page.length < STORE_LIST_BLOCKS) return
    }
  }

  async page(shelf: Shelf, after: BlockId | null): Promise<readonly ListedBlock[]> {
    const range = IDBKeyRange.bound(after === null ? [shelf] : [shelf, after], [shelf, []], after !== null)
    const entries = await (await openDatabase()).getAll('entries', range, STORE_LIST_BLOCKS)
    return entries.map(({ id, bytes, mark }) => ({ id, bytes, marked: mark !== undefined }))
  }

  /** The browser's figures are advice: a write may fail before they say so. */
  async usage(): Promise<StoreUsage> {
    const { tally, ownerQuotaBytes, generation = '' } = await readFacts((await openDatabase()).transaction(['facts']))
    const manager = globalThis.navigator?.storage
    const { usage: usedBytes = 0, quota: quotaBytes = 0 } = (await manager?.estimate?.()) ?? {}
    const persisted = (await manager?.persisted?.()) ?? false
    return { keptBytes: keptBytes(tally), markedBytes: tally.marked.bytes, ownerQuotaBytes, usedBytes, quotaBytes, persisted, generation }
  }

  async setOwnerQuota(bytes: number): Promise<void> {
    await failAs('cannot store the quota', () =>
      write('strict', async (tx, tally) => {
        writeFacts(tx, { ownerQuotaBytes: bytes })
        return makeRoom(tx, tally, keptBytes(tally) - bytes)
      }),
    )
  }

  async load(key: string): Promise<Bytes | undefined> {
    const db = await openDatabase()
    return db.get('values', key)
  }

  async save(key: string, value: Bytes | null): Promise<void> {
    await this.#withRoom('cannot store a value', value?.byteLength ?? 0, async () => {
      const tx = (await openDatabase()).transaction('values', 'readwrite', { durability: 'strict' })
      const request = value === null ? tx.store.delete(key) : tx.store.put(value, key)
      request.catch(() => undefined)
      await tx.done
    })
  }

  async #put(shelf: Shelf, blocks: readonly KeptBlock<Blob>[], marked: boolean): Promise<void> {
    const batch = blocks.map(({ id, data }) => ({ id, bytes: data.size }))
    const data = new Map(blocks.map((block) => [block.id, block.data]))
    await write(shelf === 'manifest' ? 'strict' : 'relaxed', async (tx, tally, ownerQuotaBytes) => {
      const held = new Map((await entriesOf(tx, shelf, [...data.keys()])).map((entry) => [entry.id, entry]))
      const plan = planPut(tally, { shelf, marked, quotaBytes: ownerQuotaBytes }, batch, held)
      if (plan.kind === 'refused') throw new RoomError(plan.reason, "the owner's quota")
      const left = await makeRoom(tx, plan.tally, plan.lackBytes, plan.spared)
      for (const { id } of plan.fresh) {
        tx.objectStore(shelf)
          .put(data.get(id) as Blob, id)
          .catch(() => undefined)
      }
      writeEntries(tx, shelf, [...plan.fresh, ...plan.unmarked])
      return left
    })
  }

  /** The browser's refusal arrives when the transaction aborts. What is marked is given up for what is wanted, and the write tried again. */
  async #withRoom(detail: string, bytes: number, attempt: () => Promise<void>): Promise<void> {
    await failAs(detail, async () => {
      try {
        await attempt()
      } catch (cause) {
        if (!isQuotaError(cause) || !(await this.#giveUp(bytes))) throw cause
        await this.#tryUntilFreed(attempt)
      }
    })
  }

  async #tryUntilFreed(attempt: () => Promise<void>): Promise<void> {
    for (let leftMs = this.#freedMs; ; leftMs -= LOOK_MS) {
      try {
        await attempt()
        return
      } catch (cause) {
        if (!isQuotaError(cause) || leftMs <= 0) throw cause
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  /** False when there is nothing to give up. */
  async #giveUp(bytes: number): Promise<boolean> {
    let before = 0
    let after = 0
    await write('strict', async (tx, tally) => {
      const left = await makeRoom(tx, tally, bytes + GIVEN_UP_BYTES)
      before = tally.sequence
      after = left.sequence
      return left
    })
    return after > before
  }
}

/**
 * A Blob that came in a message holds its bytes in the browser's memory until its object is collected, and the collector
 * counts the object alone: with a large file gigabytes stayed, and went to the disk a second time. An array it counts
 * whole, though its memory is never touched.
 */
function weighForCollector(bytes: number): void {
  void new ArrayBuffer(bytes)
}

/** Nothing of a failed transaction is stored. */
async function failAs(detail: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    if (cause instanceof RoomError) throw cause
    throw new RoomError(isQuotaError(cause) ? 'quota-exceeded' : 'storage-unavailable', detail, { cause })
  }
}

function isQuotaError(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError'
}
