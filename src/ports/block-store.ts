/** Where a device keeps blocks. One contract suite runs against the in-memory twin and the service worker's store. */
import type { BlockId } from '../protocol/ids.ts'
import type { ListedBlock, Shelf, StoredBlock } from '../protocol/storage-worker.ts'

export type StoreUsage = {
  /** Fragments and manifests, exactly; `markedBytes` of them may go when room is needed. */
  readonly keptBytes: number
  readonly markedBytes: number
  /** The owner's bound on `keptBytes`. */
  readonly ownerQuotaBytes: number
  /** What the browser says of everything this origin stores: advice. */
  readonly usedBytes: number
  readonly quotaBytes: number
  /** The browser promised not to evict us. */
  readonly persisted: boolean
  /** Changes when the store was found empty or short: everything announced before is to be checked again. */
  readonly generation: string
}

export type PutManyOptions = { readonly shelf?: Shelf; readonly marked?: boolean }

export interface BlockStore {
  /**
   * All or none of the batch, fragments unless a shelf is named. Marked blocks make room, the longest marked first. Until it resolves the
   * caller leaves the buffers alone; then they are the caller's again. A block that is there already stays; putting it unmarked unmarks it.
   * The caller has checked the hashes: bytes under a wrong id are damage, found when they are read. Manifests are never marked.
   * Throws `quota-exceeded`, `storage-unavailable`.
   */
  putMany(blocks: readonly StoredBlock[], options?: PutManyOptions): Promise<void>
  /** Bytes whose hash was checked on this read; a block that no longer matches is dropped and undefined. */
  get(id: BlockId, shelf?: Shelf): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Fragments, in the order asked; marked ones are there. */
  has(ids: readonly BlockId[]): Promise<readonly boolean[]>
  /** From either shelf. */
  delete(ids: readonly BlockId[]): Promise<void>
  /** Soft delete and its undoing; ids that are not there are passed over. */
  mark(ids: readonly BlockId[], marked: boolean): Promise<void>
  /** Everything on a shelf, in order of id. */
  list(shelf: Shelf): AsyncIterable<readonly ListedBlock[]>
  usage(): Promise<StoreUsage>
  /** The owner's bound; never exceeded from then on. What is kept beyond it already stays, but for marked blocks, and nothing is added. */
  setOwnerQuota(bytes: number): Promise<void>
}

/** Small sealed values kept beside the blocks: room state, device facts. Durable when the promise resolves. */
export interface ValueStore {
  load(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** null removes. Throws `quota-exceeded`. */
  save(key: string, value: Uint8Array<ArrayBuffer> | null): Promise<void>
}
