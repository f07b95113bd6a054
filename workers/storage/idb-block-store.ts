/**
 * Blocks and values in IndexedDB. Blocks are written relaxed, many to a transaction: a block lost in a power cut is
 * fetched again. Values are written strictly: when `save` resolves they are on disk. The caller of `putMany` has checked
 * the hashes; every read checks them again, because disks lie.
 */

import { digestOf } from '../../src/core/storage/block-id.ts'
import type { BlockStore, StoreUsage, ValueStore } from '../../src/ports/block-store.ts'
import { type Bytes, equalBytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import type { KeptBlock, StoredBlock } from '../../src/protocol/storage-worker.ts'
import { openDatabase, readGeneration, startGeneration } from './database.ts'

export class IdbBlockStore implements BlockStore, ValueStore {
  putMany(blocks: readonly StoredBlock[]): Promise<void> {
    return this.keep(blocks.map(({ id, bytes }) => ({ id, data: new Blob([bytes]) })))
  }

  /** Bytes kept as a Blob lie in a file of their own, which a tab reads without our help. */
  async keep(blocks: readonly KeptBlock<Blob>[]): Promise<void> {
    const db = await openDatabase()
    await failAs('cannot store blocks', async () => {
      const tx = db.transaction('blocks', 'readwrite', { durability: 'relaxed' })
      try {
        // A request's own failure also aborts the transaction, which is where it is reported.
        for (const { id, data } of blocks) tx.store.put(data, id).catch(() => undefined)
      } catch (error) {
        tx.done.catch(() => undefined)
        tx.abort()
        throw error
      }
      await tx.done
    })
  }

  async get(id: BlockId): Promise<Bytes | undefined> {
    const data = await this.find(id)
    if (data === undefined) return undefined
    // A file that is gone from under the database reads as an error.
    const bytes = await data.arrayBuffer().then(
      (buffer) => new Uint8Array(buffer),
      () => undefined,
    )
    if (bytes !== undefined && (await matches(id, bytes))) return bytes
    await this.dropDamaged(id)
    return undefined
  }

  /** Unchecked: whoever reads it checks the hash and tells when it is wrong. */
  async find(id: BlockId): Promise<Blob | undefined> {
    return (await openDatabase()).get('blocks', id)
  }

  /** One bad block is a sign of more: a new generation makes every tab of the device check what it announced. */
  async dropDamaged(id: BlockId): Promise<void> {
    const db = await openDatabase()
    await db.delete('blocks', id)
    await startGeneration(db)
  }

  async has(ids: readonly BlockId[]): Promise<readonly boolean[]> {
    const db = await openDatabase()
    const { store } = db.transaction('blocks')
    const keys = await Promise.all(ids.map((id) => store.getKey(id)))
    return keys.map((key) => key !== undefined)
  }

  async delete(ids: readonly BlockId[]): Promise<void> {
    const db = await openDatabase()
    await failAs('cannot delete blocks', async () => {
      const tx = db.transaction('blocks', 'readwrite', { durability: 'relaxed' })
      for (const id of ids) tx.store.delete(id).catch(() => undefined)
      await tx.done
    })
  }

  /** The browser's figures are advice: a write may fail before they say so. */
  async usage(): Promise<StoreUsage> {
    const generation = await readGeneration(await openDatabase())
    const manager = globalThis.navigator?.storage
    const { usage: usedBytes = 0, quota: quotaBytes = 0 } = (await manager?.estimate?.()) ?? {}
    return { usedBytes, quotaBytes, persisted: (await manager?.persisted?.()) ?? false, generation }
  }

  async load(key: string): Promise<Bytes | undefined> {
    const db = await openDatabase()
    return db.get('values', key)
  }

  async save(key: string, value: Bytes | null): Promise<void> {
    const db = await openDatabase()
    await failAs('cannot store a value', async () => {
      const tx = db.transaction('values', 'readwrite', { durability: 'strict' })
      const request = value === null ? tx.store.delete(key) : tx.store.put(value, key)
      request.catch(() => undefined)
      await tx.done
    })
  }
}

async function matches(id: BlockId, bytes: Bytes): Promise<boolean> {
  const digest = digestOf(id)
  return digest !== undefined && equalBytes(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), digest)
}

/** Quota errors arrive when the transaction aborts; then nothing of it is stored. */
async function failAs(detail: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (cause) {
    const isFull = cause instanceof Error && cause.name === 'QuotaExceededError'
    throw new RoomError(isFull ? 'quota-exceeded' : 'storage-unavailable', detail, { cause })
  }
}
