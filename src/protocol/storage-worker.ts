/**
 * Tab and service worker: the chunk store's messages. Structured clone, not CBOR: both ends are ours. Blocks travel as
 * Blobs, which are handles: the bytes go between the tab and the disk without passing through the service worker. It
 * keeps nothing between events, so every request carries all it needs and is answered to its sender; a request may be
 * sent again.
 */
import type { BlockId, FileId, RoomId } from './ids.ts'

export type StoredBlock = { readonly id: BlockId; readonly bytes: Uint8Array<ArrayBuffer> }

/** `Data` is a Blob; both ends say so, since this layer knows no browser. */
export type KeptBlock<Data> = { readonly id: BlockId; readonly data: Data }

export type StorageRequest<Data> =
  | { readonly t: 'put'; readonly blocks: readonly KeptBlock<Data>[] }
  | { readonly t: 'get'; readonly id: BlockId }
  /** The bytes of this block did not match: it is deleted and a new generation begins. */
  | { readonly t: 'damaged'; readonly id: BlockId }
  | { readonly t: 'has'; readonly ids: readonly BlockId[] }
  | { readonly t: 'delete'; readonly ids: readonly BlockId[] }
  | { readonly t: 'usage' }
  | { readonly t: 'save'; readonly key: string; readonly value: Uint8Array<ArrayBuffer> | null }
  | { readonly t: 'load'; readonly key: string }
  /** What `/_room/<room>/<file>` needs to answer: name, type and size of a file that some member announced. */
  | { readonly t: 'publish'; readonly room: RoomId; readonly files: readonly PublishedFile[] }
  | { readonly t: 'unpublish'; readonly room: RoomId; readonly files: readonly FileId[] }
  /** Deletes these blocks and all under them, but those that a published file of any room needs. */
  | { readonly t: 'sweep'; readonly ids: readonly BlockId[] }

export type PublishedFile = {
  readonly id: FileId
  readonly root: BlockId
  readonly name: string
  readonly type: string
  readonly bytes: number
}

export type StorageReply<Data> =
  | { readonly t: 'done' }
  | { readonly t: 'block'; readonly data: Data | null }
  | { readonly t: 'held'; readonly held: readonly boolean[] }
  | {
      readonly t: 'usage'
      readonly usedBytes: number
      readonly quotaBytes: number
      readonly persisted: boolean
      readonly generation: string
    }
  | { readonly t: 'value'; readonly value: Uint8Array<ArrayBuffer> | null }
  | { readonly t: 'failed'; readonly code: 'quota-exceeded' | 'storage-unavailable' | 'block-mismatch'; readonly detail: string }

/** How a request travels: `id` is the tab's, and the reply carries it back. */
export type StorageCall<Data> = { readonly t: 'call'; readonly id: number; readonly request: StorageRequest<Data> }
export type StorageAnswer<Data> = { readonly t: 'answer'; readonly id: number; readonly reply: StorageReply<Data> }

/** Page to a service worker that waits: take over now. Sent when a person asks for the update, never by itself. */
export type TakeOver = { readonly t: 'SKIP_WAITING' }

/** Page to the service worker in charge: serve me too. A page reloaded past all caches, or opened while the worker started, has none. */
export type Claim = { readonly t: 'claim' }

/** Service worker to a tab of the same device: a file is being read and this block is not here yet. */
export type BlockNeeded = { readonly t: 'need'; readonly room: RoomId; readonly file: FileId; readonly id: BlockId }
