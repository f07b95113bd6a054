/** A show as its writer says it: where in it one is at a moment, and what it becomes by a change. Times are of the writer's clock. */
import type { Show } from '../../protocol/control.ts'

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

function begunAfter(before: Show | undefined, nowMs: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Math.round(nowMs), (before?.begunAtMs ?? 0) + 1))
}
