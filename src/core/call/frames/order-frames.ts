/**
 * Frames of one stream as they come, out of order, twice, or not at all, and as a decoder may have them: in sequence, none
 * twice, none before the one it depends on. A gap alone is not waited for: temporal layers are dropped on the way on
 * purpose, so only who depends on a missing frame waits, and a droppable frame that a later one overtook is lost. What is
 * older than what was given out is never given out again: a replay of old frames ends here, because the head is sealed
 * with its frame.
 */
import { FRAME_WAIT_MS, FRAMES_WAITING } from '../../../protocol/limits.ts'
import type { FrameHead } from '../../../protocol/media.ts'
import { distance, hasSequence, isAhead, NO_SEQUENCES, noteSequence, onlySequence, type RecentSequences } from './recent-sequences.ts'

export type Arrived<T> = { readonly head: FrameHead; readonly payload: T }

type Waiting<T> = { readonly frame: Arrived<T>; readonly sinceMs: number }

export type FrameOrder<T> = {
  readonly given: RecentSequences
  /** By sequence. */
  readonly waiting: readonly Waiting<T>[]
  /** The base layer is lost, and when that was last said. */
  readonly brokenAtMs: number | undefined
}

export type Step<T> = {
  readonly next: FrameOrder<T>
  /** In sequence; each after the one it depends on. */
  readonly ready: readonly Arrived<T>[]
  /** The picture cannot go on without a key frame, or a replay from the last one. */
  readonly needsKey: boolean
  /** Frames given up with this step. */
  readonly broken: number
  /** Seen before, or older than what was given out. */
  readonly isDuplicate: boolean
}

/** Frames up to this layer depend on the base itself (see temporal-pattern.ts): when one has waited in vain, the base is lost. */
const NEEDS_BASE = 1

const NOTHING: readonly never[] = []

export function beginOrder<T>(): FrameOrder<T> {
  return { given: NO_SEQUENCES, waiting: NOTHING, brokenAtMs: undefined }
}

/** A frame came. */
export function takeFrame<T>(order: FrameOrder<T>, frame: Arrived<T>, nowMs: number): Step<T> {
  const { given, waiting, brokenAtMs } = order
  const { isKey, sequence, dependsOn, temporal } = frame.head
  const isSeen = !isAhead(given, sequence) || waiting.some((one) => one.frame.head.sequence === sequence)
  if (isSeen) return { next: order, ready: NOTHING, needsKey: false, broken: 0, isDuplicate: true }

  const isReady = isKey || hasSequence(given, sequence - dependsOn)
  if (!isReady) return giveUp({ ...order, waiting: insert(waiting, { frame, sinceMs: nowMs }) }, NOTHING, 0, nowMs)

  const released: FrameOrder<T> = {
    given: isKey ? onlySequence(sequence) : noteSequence(given, sequence),
    waiting,
    brokenAtMs: temporal === 0 ? undefined : brokenAtMs,
  }
  return waiting.length === 0 ? say(released, [frame], 0, nowMs) : release(released, frame, nowMs)
}

/** Time went by. Called a few times in each FRAME_WAIT_MS. */
export function checkOrder<T>(order: FrameOrder<T>, nowMs: number): Step<T> {
  return giveUp(order, NOTHING, 0, nowMs)
}

function insert<T>(waiting: readonly Waiting<T>[], one: Waiting<T>): readonly Waiting<T>[] {
  const at = waiting.findIndex(({ frame }) => distance(frame.head.sequence, one.frame.head.sequence) > 0)
  return at < 0 ? [...waiting, one] : waiting.toSpliced(at, 0, one)
}

/** After `frame` was given out: those that waited for it follow, those it overtook are lost. */
function release<T>(order: FrameOrder<T>, frame: Arrived<T>, nowMs: number): Step<T> {
  let { given } = order
  const ready = [frame]
  const waiting = order.waiting.filter((one) => {
    const { sequence, dependsOn } = one.frame.head
    if (!isAhead(given, sequence)) return false
    if (!hasSequence(given, sequence - dependsOn)) return true
    given = noteSequence(given, sequence)
    ready.push(one.frame)
    return false
  })
  const overtaken = order.waiting.length - waiting.length - (ready.length - 1)
  return giveUp({ ...order, given, waiting }, ready, overtaken, nowMs)
}

/** Who has waited too long, or first of too many, and all that hangs on it. */
function giveUp<T>(order: FrameOrder<T>, ready: readonly Arrived<T>[], broken: number, nowMs: number): Step<T> {
  const { given, waiting, brokenAtMs } = order
  const tooMany = waiting.length - FRAMES_WAITING
  if (tooMany <= 0 && !waiting.some(({ sinceMs }) => nowMs - sinceMs >= FRAME_WAIT_MS)) return say(order, ready, broken, nowMs)

  const lost = new Set<number>()
  let isBaseLost = false
  const kept = waiting.filter(({ frame: { head }, sinceMs }, at) => {
    if (at >= tooMany && nowMs - sinceMs < FRAME_WAIT_MS && !lost.has((head.sequence - head.dependsOn) >>> 0)) return true
    lost.add(head.sequence)
    isBaseLost ||= head.temporal <= NEEDS_BASE || given.highest === undefined
    return false
  })
  const next = { given, waiting: kept, brokenAtMs: isBaseLost ? (brokenAtMs ?? Number.NEGATIVE_INFINITY) : brokenAtMs }
  return say(next, ready, broken + lost.size, nowMs)
}

function say<T>(next: FrameOrder<T>, ready: readonly Arrived<T>[], broken: number, nowMs: number): Step<T> {
  const needsKey = next.brokenAtMs !== undefined && nowMs - next.brokenAtMs >= FRAME_WAIT_MS
  return { next: needsKey ? { ...next, brokenAtMs: nowMs } : next, ready, needsKey, broken, isDuplicate: false }
}
