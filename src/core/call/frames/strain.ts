/**
 * Whether this device has more to do than it can: the clock of its media runs late, or its processor is full and pictures come
 * late. It then takes half of the pictures a second that each camera sends, and a quarter when that is not enough; a screen,
 * which people read, gives way last. When there was room for a while it takes more again, and waits longer each time
 * that turned out to be too much. What this device is late itself nobody else is silent for.
 */
import { HIGHEST_TEMPORAL, type Layer } from '../../../protocol/media.ts'
import type { Halvings } from '../../../protocol/media-worker.ts'
import { afterQuiet, afterTrouble, beginPatience, type Patience } from './patience.ts'

/** As the Compute Pressure API says it of the whole device; undefined in browsers that say nothing. */
export type Pressure = 'nominal' | 'fair' | 'serious' | 'critical' | undefined

/** What an observer said last. */
export type PressureSaid = { readonly state: Pressure; readonly atMs: number }

/** A halving ends when its patience does. */
export type Strain = Patience & {
  readonly halvings: Halvings
  /** The present window: when it began, and of its ticks how many came late. */
  readonly windowAtMs: number | undefined
  readonly ticks: number
  readonly late: number
  /** The latest tick of this window. */
  readonly latestMs: number
  /** By how much this device was late in the window before, whether its clock ran late, and whether its processor was full. */
  readonly lateMs: number
  readonly isLate: boolean
  readonly isFull: boolean
  /** So many windows are not judged: what stands in queues has to go first. */
  readonly settling: number
}

/** Pictures of a window: how many were shown, how many of them late, and by how much those were. */
export type PicturesSeen = { readonly shown: number; readonly late: number; readonly lateMs: number }

export const NOTHING_SEEN: PicturesSeen = { shown: 0, late: 0, lateMs: 0 }

/** Windows with room before there is more again. */
const PATIENCE = 3

export const RELAXED: Strain = {
  ...beginPatience(PATIENCE),
  halvings: 0,
  windowAtMs: undefined,
  ticks: 0,
  late: 0,
  latestMs: 0,
  lateMs: 0,
  isLate: false,
  isFull: false,
  settling: 0,
}

export const STRAIN_WINDOW_MS = 2_000
/** More than this is no tremble of a timer. */
const LATE_TICK_MS = 60
/** Of the ticks of a window. */
const STRAINED_TICKS = 0.3
const CALM_TICKS = 0.1
/** Of the pictures of a window. */
const STRAINED_PICTURES = 0.5
const CALM_PICTURES = 0.2
/** Fewer ticks than these say nothing. */
const LEAST_TICKS = 4
/** A device that slept was not late. */
const ASLEEP_MS = 5_000

/** Of a picture: shorter than people notice while they talk, longer than a key frame takes on a narrow line. */
const LATE_PICTURE_MS = 250
/** An observer that said nothing for so long may not tell this page any more. */
const KNOWN_MS = 5_000

const SETTLING = 2
const SLACK_MAX_MS = 1_500

/** `lateMs`: how long after its time this tick came. */
export function noteTick(strain: Strain, lateMs: number, nowMs: number): Strain {
  if (lateMs > ASLEEP_MS) return { ...strain, windowAtMs: nowMs, ticks: 0, late: 0, latestMs: 0 }
  const { windowAtMs = nowMs, ticks, late, latestMs } = strain
  const isLate = lateMs > LATE_TICK_MS
  return { ...strain, windowAtMs, ticks: ticks + 1, late: late + (isLate ? 1 : 0), latestMs: Math.max(latestMs, lateMs) }
}

/** A picture was shown, so much later than the quickest of its stream lately. */
export function seePicture({ shown, late, lateMs }: PicturesSeen, behindMs: number): PicturesSeen {
  if (behindMs <= LATE_PICTURE_MS) return { shown: shown + 1, late, lateMs }
  return { shown: shown + 1, late: late + 1, lateMs: (late * lateMs + behindMs) / (late + 1) }
}

export function pressureNow(said: PressureSaid | undefined, nowMs: number): Pressure {
  return said !== undefined && nowMs - said.atMs < KNOWN_MS ? said.state : undefined
}

export function isWindowOver({ windowAtMs }: Strain, nowMs: number): boolean {
  return windowAtMs !== undefined && nowMs - windowAtMs >= STRAIN_WINDOW_MS
}

/** `isLineShort`: then pictures are late by it, and not by this device. */
export function closeWindow(strain: Strain, shown: PicturesSeen, pressure: Pressure, isLineShort: boolean, nowMs: number): Strain {
  const seen = isLineShort ? NOTHING_SEEN : shown
  const isClockLate = isLate(strain)
  const isFull = pressure === 'critical' || isClockLate
  const lateMs = Math.max(strain.latestMs, isFull ? seen.lateMs : 0)
  return { ...judge(strain, seen, pressure), windowAtMs: nowMs, ticks: 0, late: 0, latestMs: 0, lateMs, isLate: isClockLate, isFull }
}

function judge(strain: Strain, seen: PicturesSeen, pressure: Pressure): Strain {
  const { ticks, late, halvings, settling } = strain
  if (settling > 0) return { ...strain, settling: settling - 1 }
  if (ticks < LEAST_TICKS) return strain
  const arePicturesLate = seen.late > seen.shown * STRAINED_PICTURES
  if (isLate(strain) || (pressure === 'critical' && arePicturesLate))
    return { ...strain, ...afterTrouble(strain), halvings: halvings === 0 ? 1 : 2, settling: SETTLING }
  const hasRoom = pressure !== 'serious' && pressure !== 'critical'
  if (!hasRoom || late > ticks * CALM_TICKS || seen.late > seen.shown * CALM_PICTURES) return { ...strain, clean: 0 }
  const { next, triesMore } = afterQuiet(strain, { isWhole: halvings === 0, first: PATIENCE })
  return triesMore ? { ...strain, ...next, halvings: halvings === 2 ? 1 : 0, settling: SETTLING } : { ...strain, ...next }
}

function isLate({ ticks, late }: Strain): boolean {
  return ticks >= LEAST_TICKS && late > ticks * STRAINED_TICKS
}

/** What others may be later than usual because this device is. */
export function slackMs({ latestMs, lateMs }: Strain): number {
  return Math.min(SLACK_MAX_MS, Math.max(latestMs, lateMs))
}

/** The highest temporal layer that is still taken: each one left out halves the pictures a second. */
export function highestTemporal(layer: Layer, halvings: Halvings): number {
  return HIGHEST_TEMPORAL - (layer === 'screen' ? Math.max(0, halvings - 1) : halvings)
}

/** More than the small pictures of others have. */
const MIRROR_FPS = 12

/** Pictures a second of the own camera beside those of others: most of what is drawn would be for the one that nobody watches. */
export function mirrorFps(halvings: Halvings): number {
  return MIRROR_FPS / 2 ** halvings
}
