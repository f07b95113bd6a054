/**
 * By which of several ways a voice is heard that comes by more than one: the one it has, while that goes on; another when it
 * fell silent and the other did not; the planned one again as soon as that goes on. A person who pauses is silent on all ways.
 */
import { VOICE_SILENT_MS } from '../../../protocol/limits.ts'

export type Ways<W> = {
  readonly present: W | undefined
  /** When each way last brought a frame. */
  readonly heardMs: ReadonlyMap<W, number>
  /** Frames of others since the present one brought one. */
  readonly beside: number
}

export function noWays<W>(): Ways<W> {
  return { present: undefined, heardMs: new Map(), beside: 0 }
}

/** Of a person who pauses a frame comes each 400 ms, now by this way sooner and now by that: those are no news. */
const FRAMES_BESIDE = 5

/** So long without a frame on any, and the voice comes by none. */
const GONE_MS = 30_000

/** A frame came by `way`. */
export function hearOn<W>({ present, heardMs, beside }: Ways<W>, way: W, isPlanned: boolean, nowMs: number): Ways<W> {
  const isAlone = present === undefined || present === way
  const isSilent = !isAlone && nowMs - (heardMs.get(present) ?? Number.NEGATIVE_INFINITY) >= VOICE_SILENT_MS && beside + 1 >= FRAMES_BESIDE
  const isTaken = isAlone || isSilent || isPlanned
  const next = new Map([...heardMs].filter(([, atMs]) => nowMs - atMs < GONE_MS))
  return { present: isTaken ? way : present, heardMs: next.set(way, nowMs), beside: isTaken ? 0 : beside + 1 }
}

/** The voice comes by this way no more: another voice has it, or it is closed. */
export function leaveWay<W>({ present, heardMs, beside }: Ways<W>, way: W): Ways<W> {
  const left = new Map([...heardMs].filter(([one]) => one !== way))
  if (present !== way) return { present, heardMs: left, beside }
  const latest = [...left].toSorted(([, a], [, b]) => b - a)[0]
  return { present: latest?.[0], heardMs: left, beside: 0 }
}
