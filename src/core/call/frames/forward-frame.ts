/**
 * What one child gets of one stream. Nothing that it could not show: a frame goes only after the one it depends on. A full queue
 * costs droppable layers first, then the base until it can begin again, and no other child notices. A child that keeps
 * losing frames this way gets an even, lower rate instead, and more again when its queue has long been empty.
 */
import { HOP_QUEUE_BYTES, HOP_QUEUE_MAX_BYTES, REFRESH_MERGE_MS } from '../../../protocol/limits.ts'
import { type FrameHead, HIGHEST_TEMPORAL } from '../../../protocol/media.ts'
import { afterQuiet, afterTrouble, beginPatience, type Patience } from './patience.ts'
import { hasSequence, isAhead, NO_SEQUENCES, noteSequence, onlySequence, type RecentSequences } from './recent-sequences.ts'

export type ChildState = Patience & {
  /** What it asked for; may be changed at any time. */
  readonly maxTemporal: number
  /** What its queue allows. */
  readonly ceiling: number
  readonly sent: RecentSequences
  /** The present window: where it began on the source's clock, frames there was room for, and frames there was none for. */
  readonly windowMs: number | undefined
  readonly passed: number
  readonly refused: number
  /** A replay was last asked for when a frame came that was captured then. */
  readonly askedMs: number | undefined
}

export type Forwarded = {
  readonly next: ChildState
  readonly isSent: boolean
  /** The child waits for its base layer, and its queue is free: what is kept goes to it, or the source is asked. */
  readonly needsReplay: boolean
}

/** By the source's clock, so that this needs no other. A source whose clock stands still is not thinned, that is all. */
const WINDOW_MS = 2_000
/** A key frame on a narrow line costs the droppable frames of up to half a second; more is too little room for all layers. */
const REFUSED_SHARE = 0.25
const PATIENCE = 2

export function beginChild(maxTemporal: number): ChildState {
  return {
    maxTemporal,
    ceiling: HIGHEST_TEMPORAL,
    sent: NO_SEQUENCES,
    windowMs: undefined,
    passed: 0,
    refused: 0,
    ...beginPatience(PATIENCE),
    askedMs: undefined,
  }
}

/** Frames come as `order-frames` gives them out. `bytes`: the packet's. `queuedBytes`: what stands before it on the hop. */
export function forwardFrame(child: ChildState, head: FrameHead, bytes: number, queuedBytes: number): Forwarded {
  const { sequence, temporal, isKey, capturedMs } = head
  const isWanted = isAhead(child.sent, sequence) && temporal <= Math.min(child.maxTemporal, child.ceiling)
  if (!isWanted) return { next: child, isSent: false, needsReplay: false }
  if (!isKey && !hasSequence(child.sent, sequence - head.dependsOn)) return withoutBase(child, head, queuedBytes)

  const hasRoom = temporal > 0 ? queuedBytes <= HOP_QUEUE_BYTES : queuedBytes + bytes <= HOP_QUEUE_MAX_BYTES
  if (!hasRoom) return { next: closeWindow({ ...child, refused: child.refused + 1 }, capturedMs), isSent: false, needsReplay: false }
  const sent = isKey ? onlySequence(sequence) : noteSequence(child.sent, sequence)
  return { next: closeWindow({ ...child, sent, passed: child.passed + 1 }, capturedMs), isSent: true, needsReplay: false }
}

/** Only the base asks for a replay: a droppable frame without its own is no loss. Not again while one may be on its way. */
function withoutBase(child: ChildState, { temporal, capturedMs }: FrameHead, queuedBytes: number): Forwarded {
  const isAskedLately = child.askedMs !== undefined && since(child.askedMs, capturedMs) < REFRESH_MERGE_MS
  const needsReplay = temporal === 0 && queuedBytes <= HOP_QUEUE_BYTES && !isAskedLately
  return { next: needsReplay ? { ...child, askedMs: capturedMs } : child, isSent: false, needsReplay }
}

function closeWindow(child: ChildState, capturedMs: number): ChildState {
  if (child.windowMs === undefined) return { ...child, windowMs: capturedMs }
  if (since(child.windowMs, capturedMs) < WINDOW_MS) return child
  return { ...thin(child), windowMs: capturedMs, passed: 0, refused: 0 }
}

function thin(child: ChildState): ChildState {
  const { maxTemporal, ceiling, passed, refused } = child
  if (refused > (passed + refused) * REFUSED_SHARE)
    return { ...child, ...afterTrouble(child), ceiling: Math.max(0, Math.min(ceiling, maxTemporal) - 1) }
  const { next, triesMore } = afterQuiet(child, { isWhole: ceiling >= HIGHEST_TEMPORAL, first: PATIENCE })
  return { ...child, ...next, ceiling: triesMore ? ceiling + 1 : ceiling }
}

/** Of clocks with 32 bits, which wrap. Negative: `nowMs` was before, as in a replay. */
function since(beforeMs: number, nowMs: number): number {
  return (nowMs - beforeMs) | 0
}
