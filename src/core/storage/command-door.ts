/**
 * What a link's command channel lets in. A newer tab may send a few kinds we do not know; a stream of them, or more
 * commands a second than any honest exchange makes, ends the link.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { Refused } from '../../protocol/frame.ts'
import { COMMANDS_PER_SECOND, UNKNOWN_FRAMES } from '../../protocol/limits.ts'

export type DoorState = { readonly secondStartedAtMs: number; readonly frames: number; readonly unknown: number }

export const DOOR_START: DoorState = { secondStartedAtMs: 0, frames: 0, unknown: 0 }

export type DoorStep = { readonly next: DoorState; readonly cut: RoomErrorCode | undefined }

/** One frame came; `refused` when it could not be read. */
export function doorStep(door: DoorState, nowMs: number, refused: Refused | undefined): DoorStep {
  const isSameSecond = nowMs - door.secondStartedAtMs < 1000
  const next: DoorState = {
    secondStartedAtMs: isSameSecond ? door.secondStartedAtMs : nowMs,
    frames: isSameSecond ? door.frames + 1 : 1,
    unknown: door.unknown + (refused === 'frame-unknown' ? 1 : 0),
  }
  if (next.frames > COMMANDS_PER_SECOND) return { next, cut: 'flooded' }
  if (refused !== undefined && refused !== 'frame-unknown') return { next, cut: refused }
  return { next, cut: next.unknown > UNKNOWN_FRAMES ? 'frame-unknown' : undefined }
}
