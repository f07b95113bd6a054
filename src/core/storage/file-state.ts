/** What a person is told about one file on this device, from everything the device knows of it. */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { FileWish } from './replicate.ts'

/** `from`: names of the devices that send. */
export type Figures = {
  readonly doneBytes: number
  readonly bytesPerSecond: number
  readonly etaMs: number | undefined
  readonly from: readonly string[]
}

export type FileFacts = {
  /** The room's document says this device holds it. */
  readonly isHeld: boolean
  readonly wish: FileWish | undefined
  readonly failed: RoomErrorCode | undefined
  /** A device that holds it is connected. */
  readonly isReachable: boolean
  /** Set while it is being walked. */
  readonly figures: Figures | undefined
  /** What was held when it was last walked. */
  readonly doneBytes: number
}

export type DeviceFileState =
  | { readonly kind: 'held' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'paused'; readonly doneBytes: number }
  | { readonly kind: 'waiting'; readonly doneBytes: number }
  | { readonly kind: 'failed'; readonly code: RoomErrorCode; readonly doneBytes: number }
  | ({ readonly kind: 'fetching' } & Figures)

export function fileState({ isHeld, wish, failed, isReachable, figures, doneBytes }: FileFacts): DeviceFileState {
  if (isHeld) return { kind: 'held' }
  if (wish === 'cancelled') return { kind: 'cancelled' }
  if (wish === 'paused') return { kind: 'paused', doneBytes }
  if (failed !== undefined) return { kind: 'failed', code: failed, doneBytes }
  if (!isReachable) return { kind: 'waiting', doneBytes }
  return { kind: 'fetching', ...(figures ?? { doneBytes, bytesPerSecond: 0, etaMs: undefined, from: [] }) }
}
