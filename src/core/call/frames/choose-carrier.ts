/**
 * Whether the frames of a hop go by its data channel or by the pipe (RTP). The channel costs least and is quickest on a
 * clean path, and collapses under loss: SCTP halves its window for each lost packet, even when nothing is sent again. So
 * trouble that shows twice within three seconds (next door: that stands for six) moves the hop to the pipe, and long quiet
 * moves it back; when going back failed, the next try waits twice as long. A path that is long goes by the pipe from the
 * start: it is the internet, which loses some sooner or later, and a pipe that begins in trouble takes seconds to learn
 * what the path carries. A pipe that brings nothing at all is left at once; one that is slower than its path, for a while.
 */
import type { Carrier } from '../../../protocol/media-worker.ts'
import { longerRest } from './patience.ts'

export type Measured = {
  readonly lostPerMille: number
  /** How long the fastest of the last packets stood in queues. */
  readonly queueMs: number
  /** Frames that were not sent because the channel was full. */
  readonly skippedPerMille: number
  readonly hasPipe: boolean
  readonly rttMs: number
  /** This device has more to do than it can: what is late may be so because of it. */
  readonly isBusy: boolean
  /** What the pipe is given does not arrive, though the other side speaks by the channel. */
  readonly isPipeDead: boolean
  /** What stands stands in the pipe itself, and not on its path. */
  readonly isPipeSlow: boolean
}

export type CarrierState = {
  readonly carrier: Carrier
  /** By the last report: it loses, or a queue stands. */
  readonly isTroubled: boolean
  /** The last two times of trouble on this carrier, the latest first. */
  readonly troubles: readonly number[]
  /** Since when each report told of trouble; undefined: the last one did not. */
  readonly troubledSinceMs: number | undefined
  /** On this carrier since then. */
  readonly sinceMs: number
  /** This long without trouble on the pipe, and the channel is tried. */
  readonly patienceMs: number
  /** Channels of this network failed before: the pipe is taken as soon as there is one. */
  readonly expectsTrouble: boolean
  /** The pipe was slower than its path: until then the length of the path is no reason to take it. */
  readonly slowUntilMs: number
  /** And when it is again, for so long. */
  readonly slowRestMs: number
}

export type CarrierChoice = {
  readonly next: CarrierState
  readonly carrier: Carrier
  readonly wantsPipe: boolean
  /** The pipe is dead, and was the carrier for so long. */
  readonly diedAfterMs?: number
}

const LOST_PER_MILLE = 5
const SKIPPED_PER_MILLE = 50
/** A busy processor delays all packets of half a second by as much; a line that is full soon delays them by more. */
const QUEUE_MS = 80

/** Trouble twice within this time is no accident: one lost packet of the eight of half a second is 12 %. */
const TROUBLE_MS = 3_000

/** A channel that was left before is left again at the first trouble this soon: people see each such second. */
const ON_TRIAL_MS = 5_000

/**
 * Of round trips: within a room. What is late or lost there is so because processors are busy, as when ten people join at
 * once, and a pipe would keep them busier still.
 */
const NEAR_MS = 5
const NEAR_TROUBLE_MS = 6_000

/** What a device with too much to do takes for trouble has to stand so long, and no path is long by its clock. */
const BUSY_TROUBLE_MS = 15_000

/** Of round trips: more than a house or an office has. */
const FAR_MS = 15

/** A pipe that was slower than its path is left so long, twice as long each time: unused it learns nothing. */
const SLOW_MS = 60_000
/** What still stands in it, two seconds of it at most, comes late and is no trouble of the channel. */
const SLOW_DRAINS_MS = 2_500

const PATIENCE_MS = 20_000

export function beginCarrier(first: Carrier = 'channel'): CarrierState {
  return {
    carrier: 'channel',
    isTroubled: false,
    troubles: [],
    troubledSinceMs: undefined,
    sinceMs: Number.NEGATIVE_INFINITY,
    patienceMs: PATIENCE_MS,
    expectsTrouble: first === 'pipe',
    slowUntilMs: Number.NEGATIVE_INFINITY,
    slowRestMs: SLOW_MS,
  }
}

/** With every report of the other side, each HOP_REPORT_MS. */
export function chooseCarrier(state: CarrierState, measured: Measured, nowMs: number): CarrierChoice {
  const isDraining = state.carrier === 'channel' && nowMs < state.slowUntilMs && nowMs - state.sinceMs < SLOW_DRAINS_MS
  const isTroubled = isTrouble(measured) && !isDraining
  const troubles = isTroubled ? [nowMs, ...state.troubles.slice(0, 1)] : state.troubles
  const troubledSinceMs = isTroubled ? (state.troubledSinceMs ?? nowMs) : undefined
  const seen = { ...state, isTroubled, troubles, troubledSinceMs }
  return state.carrier === 'channel' ? onChannel(seen, measured, nowMs) : onPipe(seen, measured, nowMs)
}

function isTrouble({ lostPerMille, queueMs, skippedPerMille, rttMs }: Measured): boolean {
  return lostPerMille > LOST_PER_MILLE || skippedPerMille > SKIPPED_PER_MILLE || queueMs > Math.max(QUEUE_MS, rttMs / 2)
}

function onChannel(state: CarrierState, { hasPipe, rttMs, isBusy }: Measured, nowMs: number): CarrierChoice {
  const [latest, before] = state.troubles
  const heldMs = nowMs - state.sinceMs
  const isBad = heldMs < ON_TRIAL_MS ? latest !== undefined : before !== undefined && nowMs - before <= TROUBLE_MS
  const stoodMs = nowMs - (state.troubledSinceMs ?? nowMs)
  const isLasting = rttMs <= NEAR_MS ? stoodMs >= NEAR_TROUBLE_MS : isBad || (rttMs > FAR_MS && nowMs >= state.slowUntilMs)
  const stands = isBusy ? stoodMs >= BUSY_TROUBLE_MS : isLasting || state.expectsTrouble
  if (!stands || !hasPipe) return { next: state, carrier: 'channel', wantsPipe: stands }
  const patienceMs = heldMs < state.patienceMs ? longerRest(state.patienceMs) : PATIENCE_MS
  const next: CarrierState = { ...state, carrier: 'pipe', troubles: [], sinceMs: nowMs, patienceMs, expectsTrouble: false }
  return { next, carrier: 'pipe', wantsPipe: true }
}

function onPipe(state: CarrierState, { hasPipe, rttMs, isPipeDead, isPipeSlow, isBusy }: Measured, nowMs: number): CarrierChoice {
  const [latest = state.sinceMs] = state.troubles
  const isQuiet = rttMs <= FAR_MS && nowMs - latest >= state.patienceMs
  const back: CarrierState = { ...state, carrier: 'channel', troubles: [], sinceMs: nowMs }
  // Of the channel it says nothing.
  if (isPipeDead) {
    const next = { ...back, isTroubled: false, troubledSinceMs: undefined }
    return { next, carrier: 'channel', wantsPipe: false, diedAfterMs: nowMs - state.sinceMs }
  }
  if (isPipeSlow && !isBusy) {
    const slowUntilMs = nowMs + state.slowRestMs
    const next = { ...back, isTroubled: false, troubledSinceMs: undefined, slowUntilMs, slowRestMs: longerRest(state.slowRestMs) }
    return { next, carrier: 'channel', wantsPipe: true }
  }
  if (hasPipe && !isQuiet) return { next: state, carrier: 'pipe', wantsPipe: true }
  return { next: back, carrier: 'channel', wantsPipe: !isQuiet }
}
