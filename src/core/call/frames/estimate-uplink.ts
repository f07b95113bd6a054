/**
 * What this tab can send a second, learned from what it sent and whether queues stood: more by a step while there is room, and
 * after congestion a little less than what went through. What is not used is not raised, nobody knows whether it is there;
 * but a bad minute is forgotten some time, or a tab that was never given anything again would stay slow for ever.
 */
import { UPLINK_ASSUMED_KBPS } from '../../../protocol/limits.ts'

export type UplinkState = {
  readonly kbps: number
  readonly atMs: number | undefined
  readonly isCongested: boolean
  /** What went through at the best of the present congestion. */
  readonly bestKbps: number
  /** Since when no queue stood. */
  readonly freeSinceMs: number
}

const FLOOR_KBPS = 200
const CEILING_KBPS = 200_000

const USED = 0.7
const DELIVERED = 0.85
/** In one congestion less and less goes through because less is sent; what went through at its best fades so much a time. */
const FADE = 0.8
/** Each second, and a fiftieth of what there is: a fast line is not probed for minutes. */
const STEP_KBPS = 200
const STEP_SHARE = 0.02
/** A step after a long pause counts as one of this length. */
const STEP_MAX_MS = 2_000
const FORGOTTEN_MS = 60_000

export function beginUplink(): UplinkState {
  return { kbps: UPLINK_ASSUMED_KBPS, atMs: undefined, isCongested: false, bestKbps: 0, freeSinceMs: 0 }
}

/** Once a second or so. `sentKbps`: what left and arrived since the last time. */
export function stepUplink(
  state: UplinkState,
  { sentKbps, isCongested }: { readonly sentKbps: number; readonly isCongested: boolean },
  nowMs: number,
): UplinkState {
  const freeSinceMs = isCongested || state.atMs === undefined ? nowMs : state.freeSinceMs
  const bestKbps = !isCongested ? 0 : Math.max(sentKbps, state.bestKbps * FADE)
  // One time may be a processor that was busy; a queue stands.
  const lowered = isCongested && state.isCongested ? Math.min(state.kbps, bestKbps * DELIVERED) : state.kbps
  const kbps = isCongested ? lowered : raised(state, sentKbps, nowMs)
  return { kbps: Math.min(CEILING_KBPS, Math.max(FLOOR_KBPS, kbps)), atMs: nowMs, isCongested, bestKbps, freeSinceMs }
}

function raised({ kbps, atMs, freeSinceMs }: UplinkState, sentKbps: number, nowMs: number): number {
  const isUsed = sentKbps > kbps * USED
  const isForgotten = kbps < UPLINK_ASSUMED_KBPS && atMs !== undefined && nowMs - freeSinceMs >= FORGOTTEN_MS
  if (!isUsed && !isForgotten) return kbps
  const step = ((STEP_KBPS + kbps * STEP_SHARE) * Math.min(STEP_MAX_MS, nowMs - (atMs ?? nowMs))) / 1000
  return isUsed ? kbps + step : Math.min(UPLINK_ASSUMED_KBPS, kbps + step)
}
