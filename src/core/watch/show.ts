/** A show as its writer says it: where in it one is at a moment, and what it becomes by a change. Times are of the writer's clock. */
import type { Show } from '../../protocol/control.ts'
import { ACTS_LAPSE_MS } from '../../protocol/limits.ts'

export type ShowChange = Partial<Pick<Show, 'isPlaying' | 'isMuted' | 'positionMs' | 'rate' | 'place' | 'overlays'>>

export type Beginning = { readonly id: string; readonly source: Show['source']; readonly nowMs: number; readonly before: Show | undefined }

export function positionAt({ isPlaying, positionMs, atMs, rate }: Show, nowMs: number): number {
  return isPlaying ? Math.max(0, positionMs + ((nowMs - atMs) * rate) / 100) : positionMs
}

/** Plays from its beginning. Of several shows the one begun last is on, whatever clock began the one before. */
export function beginShow({ id, source, nowMs, before }: Beginning): Show {
  return {
    id,
    source,
    begunAtMs: begunAfter(before, nowMs),
    isPlaying: true,
    isMuted: false,
    positionMs: 0,
    atMs: Math.round(nowMs),
    rate: 100,
    place: 'stage',
    overlays: [],
  }
}

/** What does not move it leaves its times alone: each time they are told anew they are rounded. */
export function changeShow(show: Show, change: ShowChange, nowMs: number): Show {
  const isMoved = change.isPlaying !== undefined || change.positionMs !== undefined || change.rate !== undefined
  if (!isMoved) return { ...show, ...change }
  const positionMs = Math.max(0, Math.round(change.positionMs ?? positionAt(show, nowMs)))
  return { ...show, ...change, positionMs, atMs: Math.round(nowMs) }
}

/** The same show by another writer, from where it is. */
export function takeOverShow(show: Show, positionMs: number, nowMs: number): Show {
  return { ...show, begunAtMs: begunAfter(show, nowMs), positionMs: Math.max(0, Math.round(positionMs)), atMs: Math.round(nowMs) }
}

/**
 * Puts the one that is on first: the one begun last. A beginning farther ahead of this clock than any act may lie is no time, or
 * what claims it would be on for ever: it comes after all that are.
 */
export function byBeginning(nowMs: number): (one: Show, other: Show) => number {
  const isTime = ({ begunAtMs }: Show) => begunAtMs <= nowMs + ACTS_LAPSE_MS
  return (one, other) => Number(isTime(other)) - Number(isTime(one)) || other.begunAtMs - one.begunAtMs || (one.id < other.id ? -1 : 1)
}

/** Twice the bound: of one that is beyond it for some clocks and within for others all see that this one comes after. */
function begunAfter(before: Show | undefined, nowMs: number): number {
  const now = Math.round(nowMs)
  const isTime = before !== undefined && before.begunAtMs <= now + 2 * ACTS_LAPSE_MS
  return isTime ? Math.max(now, before.begunAtMs + 1) : now
}
