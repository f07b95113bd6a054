/**
 * What this tab can send a second, learned from what it sent and whether queues stood: more by a step while there is room, and
 * after congestion a little less than what went through. What is not used is not raised: nobody knows whether it is there.
 */
export type UplinkState = {
  readonly kbps: number
  readonly atMs: number | undefined
  readonly isCongested: boolean
}

const ASSUMED_KBPS = 8_000
const FLOOR_KBPS = 200
const CEILING_KBPS = 200_000

const USED = 0.7
const KEPT = 0.85
/** Each second, and a fiftieth of what there is: a fast line is not probed for minutes. */
const STEP_KBPS = 200
const STEP_SHARE = 0.02
/** A step after a long pause counts as one of this length. */
const STEP_MAX_MS = 2_000

export function beginUplink(): UplinkState {
  return { kbps: ASSUMED_KBPS, atMs: undefined, isCongested: false }
}

/** Once a second or more often. `sentKbps`: what left and arrived since the last time. */
export function stepUplink(
  state: UplinkState,
  { sentKbps, isCongested }: { readonly sentKbps: number; readonly isCongested: boolean },
  nowMs: number,
): UplinkState {
  const seconds = Math.min(STEP_MAX_MS, nowMs - (state.atMs ?? nowMs)) / 1000
  return { kbps: Math.min(CEILING_KBPS, Math.max(FLOOR_KBPS, kbpsAfter(state, sentKbps, isCongested, seconds))), atMs: nowMs, isCongested }
}

function kbpsAfter({ kbps, isCongested: wasCongested }: UplinkState, sentKbps: number, isCongested: boolean, seconds: number): number {
  // One time may be a processor that was busy; a queue stands.
  if (isCongested) return wasCongested ? Math.min(kbps, sentKbps * KEPT) : kbps
  return sentKbps > kbps * USED ? kbps + (STEP_KBPS + kbps * STEP_SHARE) * seconds : kbps
}
