/**
 * Which frames of a stream count, where a head may be forged: whoever passes frames on can write any sequence, and one huge
 * one would make all true frames look old. Frames that open here have their head authenticated, so they alone move the
 * timeline, and what does not open changes nothing while they come. Without a key nobody can tell: there the timeline that
 * goes on wins. A frame far from the others begins a rival, and the rival takes over when it alone goes on; the watchers
 * behind can tell, and lose nothing but that moment.
 */
import { FRAMES_WAITING, GOP_CACHE_MS } from '../../../protocol/limits.ts'
import { type Arrived, beginOrder, checkOrder, type FrameOrder, type Step, takeFrame } from './order-frames.ts'
import { distance, isAhead } from './recent-sequences.ts'

type Rival<T> = {
  /** From its last key frame on; bounded. */
  readonly kept: readonly Arrived<T>[]
  readonly highest: number
  readonly frames: number
  /** Frames that the present timeline gave out since this began. */
  readonly beside: number
  readonly sinceMs: number
}

export type Timeline<T> = {
  /** Of frames that opened. */
  readonly opened: FrameOrder<T>
  /** Of frames that nobody here can open, by their word. */
  readonly guessed: FrameOrder<T>
  /** Which of both is given out. */
  readonly isOpened: boolean
  readonly movedAtMs: number
  readonly rival: Rival<T> | undefined
  /** The highest sequence that opened before this timeline was begun. */
  readonly floor: number | undefined
}

export type TimelineStep<T> = Omit<Step<T>, 'next'> & {
  readonly next: Timeline<T>
  /** Another timeline takes over: what was given out before it says nothing of it. */
  readonly isAnew: boolean
}

/** A rival shows within this that it alone goes on: three of the slowest pictures. */
const RIVAL_MS = 400

/** Frames that open hold off others for so long: those of a new key are told before they are used. */
const OPENED_HOLDS_MS = 1_000

/** Frames that may be missing on an honest line: 2 s of them, and what a camera gives in the time that nothing came. */
const STEP = 64
const FRAMES_PER_MS = 0.06

/** A picture that is wanted again begins with what its parent kept, which may have been seen: so much, and no older recording. */
const KEPT_FRAMES = GOP_CACHE_MS * FRAMES_PER_MS

export function beginTimeline<T>(nowMs: number, floor?: number): Timeline<T> {
  return { opened: beginOrder(), guessed: beginOrder(), isOpened: false, movedAtMs: nowMs, rival: undefined, floor }
}

/** One that opened before, or is older than what opened: it needs not be opened again. */
export function isOld<T>({ opened, floor }: Timeline<T>, sequence: number): boolean {
  const isBelow = opened.given.highest === undefined && floor !== undefined && distance(sequence, floor) < -KEPT_FRAMES
  return isBelow || !isAhead(opened.given, sequence) || opened.waiting.some(({ frame }) => frame.head.sequence === sequence)
}

/** A frame came that this tab opened. */
export function takeOpened<T>(timeline: Timeline<T>, frame: Arrived<T>, nowMs: number): TimelineStep<T> {
  if (isOld(timeline, frame.head.sequence)) return refuse(timeline)
  const { next: opened, ...step } = takeFrame(timeline.opened, frame, nowMs)
  const next = { ...timeline, opened, guessed: beginOrder<T>(), isOpened: true, movedAtMs: nowMs, rival: undefined }
  return { next, ...step, isAnew: !timeline.isOpened }
}

/** A frame came for which there is no key here. */
export function takeUnopened<T>(timeline: Timeline<T>, frame: Arrived<T>, nowMs: number): TimelineStep<T> {
  const { isOpened, movedAtMs } = timeline
  if (isOpened && nowMs - movedAtMs < OPENED_HOLDS_MS) return refuse(timeline)
  const begun = isOpened ? { ...timeline, isOpened: false, guessed: beginOrder<T>() } : timeline
  const { highest } = begun.guessed.given
  const ahead = highest === undefined ? 1 : distance(frame.head.sequence, highest)
  if (ahead < 1 || ahead > STEP + FRAMES_PER_MS * (nowMs - movedAtMs)) return noteRival(begun, frame, nowMs)
  const { next, ...step } = takeFrame(begun.guessed, frame, nowMs)
  if (step.isDuplicate) return refuse(begun)
  const rival = begun.rival === undefined ? undefined : besideRival(begun.rival, frame, step.ready.length)
  return judge({ ...begun, guessed: next, movedAtMs: nowMs, rival }, { ...step, isAnew: isOpened }, nowMs)
}

/** What the present timeline cannot give out may belong to the rival: a forged frame took the place of the one it needs. */
function besideRival<T>(rival: Rival<T>, frame: Arrived<T>, given: number): Rival<T> {
  if (given > 0) return { ...rival, beside: rival.beside + given }
  return follows(rival, frame.head.sequence) ? goOn(rival, frame) : rival
}

/** Nothing waits for time to go by. */
export function isAtRest<T>({ opened, guessed, rival }: Timeline<T>): boolean {
  return rival === undefined && [opened, guessed].every(({ waiting, brokenAtMs }) => waiting.length === 0 && brokenAtMs === undefined)
}

/** Time went by. Called a few times in each FRAME_WAIT_MS. */
export function checkTimeline<T>(timeline: Timeline<T>, nowMs: number): TimelineStep<T> {
  const part = timeline.isOpened ? 'opened' : 'guessed'
  const { next, ...step } = checkOrder(timeline[part], nowMs)
  return judge({ ...timeline, [part]: next }, { ...step, isAnew: false }, nowMs)
}

function refuse<T>(next: Timeline<T>): TimelineStep<T> {
  return { next, ready: [], needsKey: false, broken: 0, isDuplicate: true, isAnew: false }
}

/** One that follows it goes on with it. One that does not takes the place of a single one: that may be forged. */
function noteRival<T>(timeline: Timeline<T>, frame: Arrived<T>, nowMs: number): TimelineStep<T> {
  const { rival } = timeline
  const { sequence } = frame.head
  if (rival !== undefined && follows(rival, sequence)) return judge({ ...timeline, rival: goOn(rival, frame) }, refuse(timeline), nowMs)
  if (rival !== undefined && rival.frames > 1) return refuse(timeline)
  return refuse({ ...timeline, rival: { kept: [frame], highest: sequence, frames: 1, beside: 0, sinceMs: nowMs } })
}

function follows<T>({ highest }: Rival<T>, sequence: number): boolean {
  const ahead = distance(sequence, highest)
  return ahead > 0 && ahead <= STEP
}

function goOn<T>(rival: Rival<T>, frame: Arrived<T>): Rival<T> {
  const isFull = rival.kept.length >= FRAMES_WAITING
  const kept = frame.head.isKey ? [frame] : isFull ? rival.kept : [...rival.kept, frame]
  return { ...rival, kept, highest: frame.head.sequence, frames: rival.frames + 1 }
}

/** At the end of its time a rival either takes over or is forgotten. */
function judge<T>(timeline: Timeline<T>, step: Omit<TimelineStep<T>, 'next'>, nowMs: number): TimelineStep<T> {
  const { rival, isOpened } = timeline
  if (rival === undefined || isOpened || nowMs - rival.sinceMs < RIVAL_MS) return { ...step, next: timeline }
  const forgotten = { ...timeline, rival: undefined }
  if (rival.frames <= 2 * rival.beside) return { ...step, next: forgotten }
  let guessed = beginOrder<T>()
  const ready: Arrived<T>[] = []
  for (const frame of rival.kept) {
    const taken = takeFrame(guessed, frame, nowMs)
    guessed = taken.next
    ready.push(...taken.ready)
  }
  const next = { ...forgotten, guessed, movedAtMs: nowMs }
  return { next, ready, needsKey: ready.length === 0, broken: step.broken, isDuplicate: false, isAnew: true }
}
