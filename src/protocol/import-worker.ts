/**
 * Tab and byte worker: a file becomes sealed fragments, or a CAR, off the main thread. Both ends are ours. The worker
 * sends blocks in batches and waits for their receipts, so a file of any size takes the same memory.
 */
import type { Bytes } from './bytes.ts'
import type { RoomErrorCode } from './errors.ts'
import type { BlockId } from './ids.ts'
import type { ObjectId } from './object.ts'
import type { FileKeys, Shelf, StoredBlock } from './storage-worker.ts'

/** How an object is to be cut. `sensitive`: a key of its own, and no equal bytes are recognised. */
export type ImportLayout = { readonly k: number; readonly rows: number; readonly sensitive: boolean }

export type UnixfsProfile = 'unixfs-v1-2025' | 'unixfs-v0-2015'

/** `Data` is a Blob, `Key` a CryptoKey; both ends say so, since this layer knows no browser. */
export type ImportRequest<Data, Key> =
  /** Several Blobs become one object, laid end to end; null: the bytes follow as chunks. */
  | {
      readonly t: 'import'
      readonly id: number
      readonly data: readonly Data[] | null
      readonly layout: ImportLayout
      readonly keys: FileKeys<Key>
    }
  /**
   * The bytes follow as chunks; a CAR (version 1) of their UnixFS blocks comes back in `car` reports, each answered by a receipt.
   * A CAR begins with its root; null: nothing but the root is wanted, for a second run.
   */
  | { readonly t: 'export'; readonly id: number; readonly profile: UnixfsProfile; readonly root: string | null }
  /** Answer to `pull`, when the data is no Blob; null ends it. */
  | { readonly t: 'chunk'; readonly id: number; readonly bytes: Bytes | null }
  /** The batch is in the store, or the piece of a CAR taken; send another. */
  | { readonly t: 'receipt'; readonly id: number }
  | { readonly t: 'stop'; readonly id: number }

/** One of the Blobs of an import, or the whole stream: where it lies in the object, and its own UnixFS root. */
export type ImportedPart = { readonly offset: number; readonly bytes: number; readonly root: BlockId }

export type ImportReport =
  | { readonly t: 'pull'; readonly id: number }
  /** Data fragments (rows 0 to k-1) and manifest blocks. `doneBytes`: bytes of the file in this batch and all before it. */
  | {
      readonly t: 'blocks'
      readonly id: number
      readonly shelf: Shelf
      readonly blocks: readonly StoredBlock[]
      readonly doneBytes: number
    }
  /** After the receipt of the last batch. */
  | { readonly t: 'done'; readonly id: number; readonly object: ObjectId; readonly bytes: number; readonly parts: readonly ImportedPart[] }
  | { readonly t: 'car'; readonly id: number; readonly bytes: Bytes }
  /** `root`: CID as text, of version 0 for `unixfs-v0-2015`. */
  | { readonly t: 'exported'; readonly id: number; readonly root: string }
  | { readonly t: 'failed'; readonly id: number; readonly code: RoomErrorCode; readonly detail: string }
