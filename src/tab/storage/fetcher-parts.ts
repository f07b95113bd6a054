/** What a fetcher works with, and whom it tells. */
import type { Hole } from '../../core/storage/fetch-state.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { MakeRow } from './serve-blocks.ts'

export type FetchListener = {
  /** Every fragment of the rows is in the store. */
  kept(object: ObjectId): void
  /** The store lacks these of the rows to keep. */
  short(object: ObjectId, holes: readonly Hole[]): void
  failed(object: ObjectId, code: RoomErrorCode): void
  /** The store took fragments in. */
  stored(): void
  notify(code: RoomErrorCode, detail: string): void
  changed(): void
}

export type FetcherParts = {
  readonly blocks: BlockStore
  readonly clock: Clock
  readonly isCallRunning: (peer?: TabId) => boolean
  /** For those who ask this device for a row it does not have. */
  readonly make: MakeRow
  readonly listener: FetchListener
}
