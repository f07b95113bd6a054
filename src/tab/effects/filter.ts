/** What every filter is to those who use it, sound or picture: how it is started, what comes out, and what it tells. */
import type { RoomErrorCode } from '../../protocol/errors.ts'

/** One track on its way out through something that changes it. */
export type Filter = {
  /** What goes out instead; undefined: the track as it is, so far. */
  readonly out: MediaStreamTrack | undefined
  close(): void
}

export type FilterNews =
  | { readonly kind: 'on' }
  /** The filter is closed then. */
  | {
      readonly kind: 'failed'
      readonly code: Extract<RoomErrorCode, 'effect-failed' | 'effect-dropped' | 'browser-lacking'>
      readonly detail: string
    }

export type StartFilter = (track: MediaStreamTrack, tell: (news: FilterNews) => void) => Filter
