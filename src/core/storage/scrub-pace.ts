/**
 * When an idle device reads how much of its own store. A round reads everything once and begins a day after the one
 * before; a round that was cut short by closing the page goes on where it was. Bytes are spent from an allowance that
 * grows with time and never far, so a device that slept for an hour does not make up for it in one go.
 */
import type { BlockId } from '../../protocol/ids.ts'
import { SCRUB_BYTES_PER_SECOND, SCRUB_ROUND_MS } from '../../protocol/limits.ts'
import type { Shelf } from '../../protocol/storage-worker.ts'

export type ScrubState = {
  /** Wall clock, since rounds go on over days and page loads. */
  readonly roundAtMs: number
  /** Of the store, when the round began; another one means damage, and that what was read before says nothing. */
  readonly generation: string
  /** Read so far in this round: this shelf up to and with this id; `done` until the next round. */
  readonly at: { readonly shelf: Shelf; readonly after: BlockId | null } | 'done'
}

/** How much may be read in one go: more would be felt by whoever comes back to the page in that moment. */
const BURST_BYTES = SCRUB_BYTES_PER_SECOND
/** Somebody who works now may work for a while. */
const BUSY_MS = 5_000

export type ScrubStep =
  | { readonly kind: 'read'; readonly next: ScrubState; readonly bytes: number }
  | { readonly kind: 'wait'; readonly next: ScrubState; readonly ms: number }

export type ScrubNow = {
  readonly nowMs: number
  readonly generation: string
  readonly isIdle: boolean
  /** What was read since the last burst began, and how long that is ago. */
  readonly spentBytes: number
  readonly sinceMs: number
}

export function firstScrub(nowMs: number, generation: string): ScrubState {
  return { roundAtMs: nowMs, generation, at: { shelf: 'manifest', after: null } }
}

/** Manifests first: they are few, and without them nothing else can be read. */
export function scrubStep(state: ScrubState, { nowMs, generation, isIdle, spentBytes, sinceMs }: ScrubNow): ScrubStep {
  const isDoubted = state.generation !== generation
  // A clock that was set back must not put the next round off for years.
  const next = nowMs < state.roundAtMs ? { ...state, roundAtMs: nowMs } : state
  const untilRoundMs = next.roundAtMs + SCRUB_ROUND_MS - nowMs
  if (!isDoubted && next.at === 'done' && untilRoundMs > 0) return { kind: 'wait', next, ms: untilRoundMs }
  const round = isDoubted || next.at === 'done' ? firstScrub(nowMs, generation) : next
  const restMs = Math.ceil((spentBytes / SCRUB_BYTES_PER_SECOND) * 1_000) - sinceMs
  if (restMs > 0) return { kind: 'wait', next: round, ms: restMs }
  if (!isIdle) return { kind: 'wait', next: round, ms: BUSY_MS }
  return { kind: 'read', next: round, bytes: BURST_BYTES }
}

export function scrubbed(state: ScrubState, after: BlockId): ScrubState {
  return state.at === 'done' ? state : { ...state, at: { ...state.at, after } }
}

/** The round itself found damage, and the store began a new generation for it: the round goes on. */
export function withGeneration(state: ScrubState, generation: string): ScrubState {
  return { ...state, generation }
}

/** The shelf was read to its end. */
export function shelfScrubbed(state: ScrubState): ScrubState {
  if (state.at === 'done') return state
  return { ...state, at: state.at.shelf === 'manifest' ? { shelf: 'fragment', after: null } : 'done' }
}
