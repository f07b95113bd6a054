/**
 * By which of several ways a voice is heard that comes by more than one: the one it has, while that goes on; another when it
 * fell silent and the other did not; the planned one again as soon as that goes on. A person who pauses is silent on all ways.
 */
import { VOICE_SILENT_MS } from '../../../protocol/limits.ts'

/** Of ways, by whatever names them: when each last brought a frame. */
export type Ways<W> = { readonly present: W | undefined; readonly heardMs: ReadonlyMap<W, number> }

export function noWays<W>(): Ways<W> {
  return { present: undefined, heardMs: new Map() }
}

/** So long without a frame on any, and the voice comes by none. */
const GONE_MS = 30_000

/** A frame came by `way`. */
export function hearOn<W>({ present, heardMs }: Ways<W>, way: W, isPlanned: boolean, nowMs: number): Ways<W> {
  const isAlone = present === undefined || present === way
  const isSilent = !isAlone && nowMs - (heardMs.get(present) ?? Number.NEGATIVE_INFINITY) >= VOICE_SILENT_MS
  const next = new Map([...heardMs].filter(([, atMs]) => nowMs - atMs < GONE_MS))
  return { present: isAlone || isSilent || isPlanned ? way : present, heardMs: next.set(way, nowMs) }
}

/** The voice comes by this way no more: another voice has it, or it is closed. */
export function leaveWay<W>({ present, heardMs }: Ways<W>, way: W): Ways<W> {
  const left = new Map([...heardMs].filter(([one]) => one !== way))
  if (present !== way) return { present, heardMs: left }
  const latest = [...left].toSorted(([, a], [, b]) => b - a)[0]
  return { present: latest?.[0], heardMs: left }
}
