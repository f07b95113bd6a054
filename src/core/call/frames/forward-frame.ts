/**
 * What one child gets of one stream. Nothing that it could not show: a frame goes only after the one it depends on. A full queue
 * costs droppable layers first, then the base until it can begin again, and no other child notices. A child that keeps
 * losing frames this way gets an even, lower rate instead, and more again when its queue has long been empty.
 */
import { HOP_QUEUE_BYTES, HOP_QUEUE_MAX_BYTES, REFRESH_MERGE_MS } from '../../../protocol/limits.ts'
import type { FrameHead } from '../../../protocol/media.ts'
import { hasSequence, NO_SEQUENCES, noteSequence, onlySequence, type RecentSequences } from './recent-sequences.ts'

export type ChildState = {
  /** What it asked for; may be changed at any time. */
  readonly maxTemporal: number
  /** What its queue allows. */
  readonly ceiling: number
  readonly sent: RecentSequences
  /** Counts of the window that began with the frame captured at `windowMs`. */
  readonly windowMs: number | undefined
  readonly offered: number
  readonly skipped: number
  /** Windows without a skip, in a row. */
  readonly clean: number
  /** As many lift the ceiling; twice as many after a lift that failed. */
  readonly patience: number
  /** The ceiling was raised once; who must lower it soon after waits longer the next time. */
  readonly isLifted: boolean
  /** A replay was last asked for with the frame captured then. */
  readonly askedMs: number | undefined
}

export type Forwarded = {
  readonly next: ChildState
  readonly isSent: boolean
  /** The child waits for its base layer, and its queue is free: what is kept goes to it, or the source is asked. */
  readonly needsReplay: boolean
}

/** Windows are of the source's clock, so that this needs no other. */
const WINDOW_MS = 2_000
const SKIPPED_SHARE = 0.1
const PATIENCE = 3
const PATIENCE_MAX = 24
/** A raised ceiling that holds for so many windows was right. */
const LIFT_HELD = 3
const LAYERS_ABOVE_BASE = 2

export function beginChild(maxTemporal: number): ChildState {
  return {
    maxTemporal,
    ceiling: LAYERS_ABOVE_BASE,
    sent: NO_SEQUENCES,
    windowMs: undefined,
    offered: 0,
    skipped: 0,
    clean: 0,
    patience: PATIENCE,
    isLifted: false,
    askedMs: undefined,
  }
}

/** `bytes`: the packet's. `queuedBytes`: what stands before it on the hop. */
export function forwardFrame(child: ChildState, head: FrameHead, bytes: number, queuedBytes: number): Forwarded {
  const { sequence, temporal, isKey } = head
  const isWanted = sequence > child.sent.highest && temporal <= Math.min(child.maxTemporal, child.ceiling)
  if (!isWanted) return { next: child, isSent: false, needsReplay: false }

  const hasBefore = isKey || hasSequence(child.sent, sequence - head.dependsOn)
  const hasRoom = temporal > 0 ? queuedBytes <= HOP_QUEUE_BYTES : queuedBytes + bytes <= HOP_QUEUE_MAX_BYTES
  if (!hasBefore || !hasRoom) return skip(count(child, head, 1), head, hasBefore, queuedBytes)

  const sent = isKey ? onlySequence(sequence) : noteSequence(child.sent, sequence)
  return { next: { ...count(child, head, 0), sent }, isSent: true, needsReplay: false }
}

function skip(child: ChildState, { temporal, capturedMs }: FrameHead, hasBefore: boolean, queuedBytes: number): Forwarded {
  const isBroken = temporal === 0 && !hasBefore && queuedBytes <= HOP_QUEUE_BYTES
  const isAskedLately = child.askedMs !== undefined && since(child.askedMs, capturedMs) < REFRESH_MERGE_MS
  const needsReplay = isBroken && !isAskedLately
  return { next: needsReplay ? { ...child, askedMs: capturedMs } : child, isSent: false, needsReplay }
}

/** One more frame of the window, and at its end what follows from it. */
function count(child: ChildState, { capturedMs }: FrameHead, skipped: number): ChildState {
  const next = { ...child, offered: child.offered + 1, skipped: child.skipped + skipped, windowMs: child.windowMs ?? capturedMs }
  return since(next.windowMs, capturedMs) < WINDOW_MS ? next : { ...thin(next), windowMs: capturedMs, offered: 0, skipped: 0 }
}

function thin(child: ChildState): ChildState {
  const { ceiling, offered, skipped, clean, patience, maxTemporal } = child
  if (skipped > offered * SKIPPED_SHARE) {
    const isLiftFailed = child.isLifted && clean < LIFT_HELD
    return {
      ...child,
      ceiling: Math.max(0, Math.min(ceiling, maxTemporal) - 1),
      clean: 0,
      patience: isLiftFailed ? Math.min(PATIENCE_MAX, patience * 2) : patience,
    }
  }
  if (skipped > 0) return { ...child, clean: 0 }
  if (ceiling < LAYERS_ABOVE_BASE && clean + 1 >= patience) return { ...child, ceiling: ceiling + 1, clean: 0, isLifted: true }
  // Half a minute without a skip: what failed once is forgotten.
  return { ...child, clean: clean + 1, ...(clean > PATIENCE_MAX ? { patience: PATIENCE, isLifted: false } : {}) }
}

/** Clocks of 32 bits that wrap. */
function since(beforeMs: number, nowMs: number): number {
  return (nowMs - beforeMs) >>> 0
}
