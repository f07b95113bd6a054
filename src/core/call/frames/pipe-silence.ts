/**
 * A pipe that swallows what it is given. An engine may forget to run the far end of a line, and nothing of it shows here: frames
 * leave, and its own figures are fine. The other side tells: it goes on speaking by the channel, and reports nothing of what
 * was sent. Where it says nothing at all the network is away, or the device sleeps, and the pipe may be as good as before.
 */
import { HOP_QUEUE_MAX_BYTES, PIPE_SILENT_MS, SUBSCRIBE_AGAIN_MS } from '../../../protocol/limits.ts'
import { longerRest } from './patience.ts'

/** Since the other side's last report. Undefined: not yet. */
export type Silence = {
  readonly sentSinceMs: number | undefined
  readonly sentBytes: number
  /** It spoke by the channel: first, and last. */
  readonly spokeFirstMs: number | undefined
  readonly spokeMs: number | undefined
}

export const NO_SILENCE: Silence = { sentSinceMs: undefined, sentBytes: 0, spokeFirstMs: undefined, spokeMs: undefined }

/** It says each second what it wants; one word may be lost. */
const AWAY_MS = 2.5 * SUBSCRIBE_AGAIN_MS

/** A narrow line may take longer than the others' patience for the first frame of it. */
const SLOWER = 1.5

export function noteSent(silence: Silence, bytes: number, nowMs: number): Silence {
  return { ...silence, sentSinceMs: silence.sentSinceMs ?? nowMs, sentBytes: silence.sentBytes + bytes }
}

/** Anything but a report. Who was away begins anew to speak. */
export function noteSpoke(silence: Silence, nowMs: number): Silence {
  const { sentSinceMs, spokeFirstMs, spokeMs } = silence
  if (sentSinceMs === undefined) return silence
  const goesOn = spokeMs !== undefined && nowMs - spokeMs < AWAY_MS
  return { ...silence, spokeFirstMs: goesOn ? spokeFirstMs : nowMs, spokeMs: nowMs }
}

/**
 * It spoke for long enough to have reported twice, and goes on. `roomKbps`: what the engine thinks that the pipe carries; a frame
 * that is still on its way is no silence.
 */
export function isPipeDead(
  { sentSinceMs, sentBytes, spokeFirstMs, spokeMs }: Silence,
  roomKbps: number | undefined,
  nowMs: number,
): boolean {
  if (sentSinceMs === undefined || spokeFirstMs === undefined || spokeMs === undefined) return false
  const onItsWayMs = roomKbps === undefined ? 0 : (SLOWER * 8 * Math.min(sentBytes, HOP_QUEUE_MAX_BYTES)) / roomKbps
  if (nowMs - sentSinceMs < Math.max(PIPE_SILENT_MS, onItsWayMs)) return false
  return spokeMs - spokeFirstMs >= SUBSCRIBE_AGAIN_MS && nowMs - spokeMs < AWAY_MS
}

/** When a pipe is asked for. Each that is opened is negotiated, and costs the page a moment. */
export type PipeAsks = { readonly restMs: number; readonly notBeforeMs: number }

const REST_MS = 2_000
/** A pipe that carried for so long was a good one. */
const HELD_MS = 60_000

export const NO_PIPE_ASKED: PipeAsks = { restMs: REST_MS, notBeforeMs: Number.NEGATIVE_INFINITY }

/** Asked for now, and again when nothing came of it: each time later. */
export function askPipe({ restMs }: PipeAsks, nowMs: number): PipeAsks {
  return { restMs: longerRest(restMs), notBeforeMs: nowMs + restMs }
}

/** One was found dead that was the carrier for so long. */
export function restPipe({ restMs }: PipeAsks, heldMs: number, nowMs: number): PipeAsks {
  const rest = heldMs >= HELD_MS ? REST_MS : restMs
  return { restMs: rest, notBeforeMs: nowMs + rest }
}
