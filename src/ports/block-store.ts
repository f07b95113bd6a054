/** Where a device keeps blocks. One contract suite runs against the in-memory twin and the service worker's store. */
import type { BlockId } from '../protocol/ids.ts'
import type { StoredBlock } from '../protocol/storage-worker.ts'

export type StoreUsage = {
  readonly usedBytes: number
  readonly quotaBytes: number
  /** The browser promised not to evict us. */
  readonly persisted: boolean
  /** Changes when the store was found empty or short: everything announced before is to be checked again. */
  readonly generation: string
}

export interface BlockStore {
  /** All or none of the batch. Until it resolves the caller leaves the buffers alone; then they are the caller's again. Throws `quota-exceeded`, `block-mismatch`, `storage-unavailable`. */
  putMany(blocks: readonly StoredBlock[]): Promise<void>
  /** Bytes whose hash was checked on this read; a block that no longer matches is dropped and undefined. */
  get(id: BlockId): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** In the order asked. */
  has(ids: readonly BlockId[]): Promise<readonly boolean[]>
  delete(ids: readonly BlockId[]): Promise<void>
  usage(): Promise<StoreUsage>
}

/** Small sealed values kept beside the blocks: room state, device facts. Durable when the promise resolves. */
export interface ValueStore {
  load(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** null removes. Throws `quota-exceeded`. */
  save(key: string, value: Uint8Array<ArrayBuffer> | null): Promise<void>
}
