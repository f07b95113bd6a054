/** What a person is told about one file on this device, from everything the device knows of it. */
import type { RoomErrorCode } from '../../protocol/errors.ts'

/** What the person of this device said about a file; absent: let the plan decide. */
export type FileWish = 'paused' | 'cancelled'

/** `from`: names of the devices that send. */
export type Figures = {
  readonly doneBytes: number
  readonly bytesPerSecond: number
  readonly etaMs: number | undefined
  readonly from: readonly string[]
}

export type FileFacts = {
  /** Rows of its object that are here, whole: kept and marked. */
  readonly rows: number
  readonly k: number | undefined
  /** Rows that the plan, or the person, wants here and that are not. */
  readonly lacking: number
  readonly wish: FileWish | undefined
  readonly failed: RoomErrorCode | undefined
  /** Somebody who can give what is lacking is connected. */
  readonly isReachable: boolean
  /** Set while it is being fetched. */
  readonly figures: Figures | undefined
  /** What was here when it was last fetched. */
  readonly doneBytes: number
}

export type DeviceFileState =
  | { readonly kind: 'held' }
  | { readonly kind: 'part' }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'paused'; readonly doneBytes: number }
  | { readonly kind: 'waiting'; readonly doneBytes: number }
  | { readonly kind: 'failed'; readonly code: RoomErrorCode; readonly doneBytes: number }
  | ({ readonly kind: 'fetching' } & Figures)

export function fileState({ rows, k, lacking, wish, failed, isReachable, figures, doneBytes }: FileFacts): DeviceFileState {
  if (k !== undefined && rows >= k) return { kind: 'held' }
  if (wish === 'cancelled') return { kind: 'cancelled' }
  if (wish === 'paused') return { kind: 'paused', doneBytes }
  if (failed !== undefined) return { kind: 'failed', code: failed, doneBytes }
  if (lacking === 0) return rows > 0 ? { kind: 'part' } : { kind: 'elsewhere' }
  if (!isReachable) return { kind: 'waiting', doneBytes }
  return { kind: 'fetching', ...(figures ?? { doneBytes, bytesPerSecond: 0, etaMs: undefined, from: [] }) }
}
