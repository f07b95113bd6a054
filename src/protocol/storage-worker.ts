/**
 * Tab and service worker: the chunk store's messages. Structured clone, not CBOR: both ends are ours. Blocks travel as
 * Blobs, which are handles: the bytes go between the tab and the disk without passing through the service worker. It
 * keeps nothing between events, so every request carries all it needs and is answered to its sender; a request may be
 * sent again.
 */
import type { BlockId, FileId, RoomId } from './ids.ts'
import type { ObjectId } from './object.ts'

export type StoredBlock = { readonly id: BlockId; readonly bytes: Uint8Array<ArrayBuffer> }

/** `Data` is a Blob; both ends say so, since this layer knows no browser. */
export type KeptBlock<Data> = { readonly id: BlockId; readonly data: Data }

/**
 * `fragment`: ciphertext, written relaxed. `manifest`: sealed manifest blocks, written strictly and kept apart from the
 * fragments, so that a copy of one shelf alone says nothing.
 */
export type Shelf = 'fragment' | 'manifest'

/** `Data` is a Blob, `Key` a CryptoKey. */
export type StorageRequest<Data, Key> =
  /** `marked`: may be erased when room is needed, as if `mark` followed. */
  | { readonly t: 'put'; readonly shelf: Shelf; readonly blocks: readonly KeptBlock<Data>[]; readonly marked: boolean }
  | { readonly t: 'get'; readonly shelf: Shelf; readonly ids: readonly BlockId[] }
  /** The bytes of this block did not match: it is deleted and a new generation begins. */
  | { readonly t: 'damaged'; readonly shelf: Shelf; readonly id: BlockId }
  | { readonly t: 'has'; readonly ids: readonly BlockId[] }
  | { readonly t: 'delete'; readonly ids: readonly BlockId[] }
  /** Soft delete: still given to whoever asks, first to go when room is needed. `marked: false` takes it back. */
  | { readonly t: 'mark'; readonly ids: readonly BlockId[]; readonly marked: boolean }
  /** Every block of the shelf after `after` in order of id, at most STORE_LIST_BLOCKS. */
  | { readonly t: 'list'; readonly shelf: Shelf; readonly after: BlockId | null }
  | { readonly t: 'usage' }
  /** The owner's bound on fragments and manifests of all rooms together. Marked blocks over it are erased. */
  | { readonly t: 'quota'; readonly bytes: number }
  | { readonly t: 'save'; readonly key: string; readonly value: Uint8Array<ArrayBuffer> | null }
  | { readonly t: 'load'; readonly key: string }
  /** Keys nobody can export, so that files open at their address while no tab is awake. */
  | { readonly t: 'keys'; readonly room: RoomId; readonly keys: FileKeys<Key> }
  /** What `/_room/<room>/<file>` needs to answer; kept sealed under the room's keys. */
  | { readonly t: 'publish'; readonly room: RoomId; readonly files: readonly PublishedRecord[] }
  /** The answer to SegmentsNeeded; null: the chunk is to be read whole. */
  | { readonly t: 'segments'; readonly asked: string; readonly bytes: Uint8Array<ArrayBuffer> | null }
  | { readonly t: 'unpublish'; readonly room: RoomId; readonly files: readonly FileId[] }
  /** Which files have an address, and of which record. */
  | { readonly t: 'published'; readonly room: RoomId }
  /** Keys, addresses and values of the room; its rows are deleted first, by who can find them. */
  | { readonly t: 'forget'; readonly room: RoomId }

/** A room's keys for files, of one epoch. `Key` is a CryptoKey. */
export type FileKeys<Key> = {
  /** AES-256-GCM: manifests, and records about files. */
  readonly manifest: Key
  /** HMAC-SHA-256: the nonce of a manifest block follows from its plaintext. */
  readonly nonce: Key
  /** HKDF: chunk keys follow from the hashes of chunks. */
  readonly chunk: Key
}

export type PublishedFile = {
  readonly id: FileId
  readonly object: ObjectId
  /** Where in the object the file begins. */
  readonly offset: number
  readonly root: BlockId
  readonly name: string
  readonly type: string
  readonly bytes: number
}

/** The signature tells it from any other record that ever stood under its id. */
export type PublishedRecord = PublishedFile & { readonly signature: Uint8Array<ArrayBuffer> }

/** The first bytes of the signature. */
export type PublishedTag = { readonly id: FileId; readonly tag: Uint8Array<ArrayBuffer> }

export type ListedBlock = { readonly id: BlockId; readonly bytes: number; readonly marked: boolean }

export type StorageReply<Data> =
  | { readonly t: 'done' }
  /** In the order asked. */
  | { readonly t: 'blocks'; readonly data: readonly (Data | null)[] }
  | { readonly t: 'held'; readonly held: readonly boolean[] }
  | { readonly t: 'listed'; readonly blocks: readonly ListedBlock[] }
  | {
      readonly t: 'usage'
      /** Fragments and manifests, exactly; `markedBytes` of them may go. */
      readonly keptBytes: number
      readonly markedBytes: number
      readonly ownerQuotaBytes: number
      /** What the browser says of the whole origin: advice. */
      readonly usedBytes: number
      readonly quotaBytes: number
      readonly persisted: boolean
      readonly generation: string
    }
  | { readonly t: 'published'; readonly files: readonly PublishedTag[] }
  | { readonly t: 'value'; readonly value: Uint8Array<ArrayBuffer> | null }
  | { readonly t: 'failed'; readonly code: 'quota-exceeded' | 'storage-unavailable' | 'block-mismatch'; readonly detail: string }

/** How a request travels: `id` is the tab's, and the reply carries it back. */
export type StorageCall<Data, Key> = { readonly t: 'call'; readonly id: number; readonly request: StorageRequest<Data, Key> }
export type StorageAnswer<Data> = { readonly t: 'answer'; readonly id: number; readonly reply: StorageReply<Data> }

/** Page to a service worker that waits: take over now. Sent when a person asks for the update, never by itself. */
export type TakeOver = { readonly t: 'SKIP_WAITING' }

/** Page to the service worker in charge: serve me too. A page reloaded past all caches, or opened while the worker started, has none. */
export type Claim = { readonly t: 'claim' }

/** Page at rest to the service worker in charge: keep those files of the app, too, that no start needs. */
export type KeepRest = { readonly t: 'keep-rest' }

/**
 * Service worker to the tabs of its device: a file is being read and fewer than k fragments of this chunk are here
 * (`chunk` undefined: its manifest is not). The tab fetches them into the store.
 */
export type ChunkNeeded = {
  readonly t: 'need'
  readonly room: RoomId
  readonly file: FileId
  readonly object: ObjectId
  readonly chunk: number | undefined
}

/**
 * Service worker to the tabs of its device: somebody begins to read here, in a chunk that is not. The tab that can fetches
 * these sealed segments, and answers with `segments`.
 */
export type SegmentsNeeded = {
  readonly t: 'need-segments'
  /** Random: names the answer. */
  readonly asked: string
  readonly room: RoomId
  readonly object: ObjectId
  readonly chunk: number
  readonly first: number
  readonly count: number
}

export type Needed = ChunkNeeded | SegmentsNeeded
