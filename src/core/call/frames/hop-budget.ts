/**
 * What a hop takes a second, learned from what its other side says came: after trouble a little less than that, and more again
 * by small steps while all that is sent comes through. What is not used is not raised. While a queue drains nothing is
 * learned: what comes then is what little we send, not what the line takes.
 */
export type HopBudget = {
  readonly kbps: number
  /** What came when there was trouble last. */
  readonly limitKbps: number
  /** By the report before. */
  readonly queueMs: number
  /** From before nothing came at all: of a device that slept this says nothing of its line. */
  readonly former?: HopBudget | undefined
}

export type HopSeen = {
  /** Since the last report. */
  readonly sentKbps: number
  readonly arrivedKbps: number
  readonly lostPerMille: number
  /** How long the fastest packets stood in queues. */
  readonly queueMs: number
}

const FIRST_KBPS = 2_500
const LEAST_KBPS = 150
const MOST_KBPS = 100_000

/** Below this it is a processor that was busy. */
const QUEUE_MS = 80
/** Radio loses some without being full; RTP sends them again. */
const LOST_PER_MILLE = 100

/** A line that is too full brings something. */
const SILENT_PER_MILLE = 900

/** Of the queue that the report before told of: it is being emptied. */
const DRAINS = 0.85

const LEFT_AFTER_TROUBLE = 0.85
/** With each report of the same trouble. */
const FADE = 0.8
/** A child that is thinned to its base uses less, and is given all layers again first. */
const USED = 0.7
const STEP = 1.04
/** Near what was too much before: a line that became wide again is found by these too, only later. */
const NEAR_LIMIT = 0.9
const SMALL_STEP = 1.005

export function beginBudget(): HopBudget {
  return { kbps: FIRST_KBPS, limitKbps: MOST_KBPS, queueMs: 0 }
}

/** With each report of the other side. Silence is answered with the least; when it ends as if nothing had been, all is as before. */
export function stepBudget(budget: HopBudget, seen: HopSeen): HopBudget {
  const { former } = budget
  if (seen.lostPerMille > SILENT_PER_MILLE) return { ...budget, kbps: LEAST_KBPS, former: former ?? budget }
  return former !== undefined && seen.lostPerMille <= LOST_PER_MILLE && seen.queueMs <= QUEUE_MS ? former : learn(budget, seen)
}

function learn({ former: _, ...budget }: HopBudget, { sentKbps, arrivedKbps, lostPerMille, queueMs }: HopSeen): HopBudget {
  const { kbps, limitKbps } = budget
  const isLosing = lostPerMille > LOST_PER_MILLE
  if (queueMs <= QUEUE_MS && !isLosing) {
    if (sentKbps <= kbps * USED) return { ...budget, queueMs }
    const isNear = kbps > limitKbps * NEAR_LIMIT && kbps < limitKbps / NEAR_LIMIT
    return { kbps: Math.min(MOST_KBPS, kbps * (isNear ? SMALL_STEP : STEP)), limitKbps, queueMs }
  }
  if (queueMs < budget.queueMs * DRAINS && !isLosing) return { ...budget, queueMs }
  // In one trouble less and less comes because less is sent: the line is what came at its best.
  const limit = budget.queueMs > QUEUE_MS ? Math.max(limitKbps * FADE, arrivedKbps) : arrivedKbps
  return { kbps: Math.max(LEAST_KBPS, Math.min(kbps, limit * LEFT_AFTER_TROUBLE)), limitKbps: limit, queueMs }
}

/** Asking the engine costs as much as several frames: a pipe that has far more room than it uses is asked so much less often. */
const WIDE = 3
const ASKED_RARELY = 8

/** Whether the engine is asked at this turn what a pipe takes. */
export function asksRoom(
  turn: number,
  roomKbps: number | undefined,
  { sentKbps, queueMs }: { sentKbps: number; queueMs: number },
): boolean {
  const isWide = roomKbps !== undefined && roomKbps >= WIDE * sentKbps && queueMs <= QUEUE_MS
  return !isWide || turn % ASKED_RARELY === 0
}

/** Retransmissions and what else goes beside the pictures. */
const OF_ROOM = 0.85

/** What stands is to be gone within about this time. */
const DRAIN_MS = 1_000
/** The report may be of a moment, and the picture must not go to pieces for it. */
const DRAIN_MOST = 0.4

/**
 * `roomKbps`: what the engine's own congestion control gives the pipe. It feels for more until a queue stands, and takes a second to
 * feel that one; `queueMs` is what the other side sees of it.
 */
export function budgetOfPipe(roomKbps: number, queueMs: number): HopBudget {
  const drain = queueMs <= QUEUE_MS ? 0 : Math.min(DRAIN_MOST, queueMs / DRAIN_MS)
  return { ...beginBudget(), kbps: Math.min(MOST_KBPS, Math.max(LEAST_KBPS, roomKbps * OF_ROOM * (1 - drain))) }
}
