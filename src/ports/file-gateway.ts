/** Files as addresses: what the service worker knows of a room's files, and what it asks of tabs. */
import type { Bytes } from '../protocol/bytes.ts'
import type { FileId, RoomId } from '../protocol/ids.ts'
import type { ChunkNeeded, FileKeys, PublishedRecord, PublishedTag, SegmentsNeeded } from '../protocol/storage-worker.ts'
import type { BlockStore, ValueStore } from './block-store.ts'

export interface FileGateway {
  /** Before anything of the room is published. */
  unlock(room: RoomId, keys: FileKeys<CryptoKey>): Promise<void>
  /** Address of a file on this device; undefined when no service worker answers there. */
  url(room: RoomId, file: FileId, options?: { download?: boolean }): string | undefined
  /** From then on its address is answered. */
  publish(room: RoomId, files: readonly PublishedRecord[]): Promise<void>
  /** What was published, by whichever tab and whenever. */
  published(room: RoomId): Promise<readonly PublishedTag[]>
  unpublish(room: RoomId, files: readonly FileId[]): Promise<void>
  /** Keys, addresses and saved values of the room are gone. */
  forget(room: RoomId): Promise<void>
  /** A file is being read at its address and lacks fragments. */
  onNeeded(listener: (needed: ChunkNeeded) => void): () => void
  /** Somebody begins to read at an address, in a chunk that is not on this device. A listener of another room gives no promise. */
  onSegmentsNeeded(listener: (needed: SegmentsNeeded) => Promise<Bytes | undefined> | undefined): () => void
}

/** Everything one device keeps. */
export type DeviceStore = {
  readonly blocks: BlockStore
  readonly values: ValueStore
  readonly gateway: FileGateway
  /** As RoomStatus says it. */
  readonly status: 'kept' | 'may-be-evicted' | 'memory-only'
}
