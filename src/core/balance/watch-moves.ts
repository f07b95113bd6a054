/**
 * Whether redirects work: a plan moves a stream to another parent than its source, which works when the picture comes from
 * there and fails when it does not for long although the way stands. Who is not there any more failed nobody.
 */
import { FIRST_PICTURE_MS } from '../../protocol/limits.ts'
import type { MediaId } from '../../protocol/media.ts'
import { type View, viewOf, type Want } from '../../protocol/media-worker.ts'
import type { Outcome } from './tally.ts'

type Move = {
  readonly source: MediaId
  readonly parent: MediaId
  readonly sinceMs: number
  readonly isOver: boolean
}

/** By source and view. */
export type Moves = ReadonlyMap<string, Move>

export type MovesEvent =
  | { readonly kind: 'wants'; readonly wants: readonly Want[]; readonly reachable: ReadonlySet<MediaId> }
  | { readonly kind: 'shows'; readonly source: MediaId; readonly view: View; readonly from: MediaId | undefined }
  | { readonly kind: 'tick'; readonly reachable: ReadonlySet<MediaId> }

export type Judged = { readonly parent: MediaId; readonly outcome: Outcome }
export type MovesStep = { readonly next: Moves; readonly judged: readonly Judged[] }

export const NO_MOVES: Moves = new Map()

export function stepMoves(state: Moves, event: MovesEvent, nowMs: number): MovesStep {
  switch (event.kind) {
    case 'wants': {
      const next = event.wants.flatMap((want): [string, Move][] => {
        const view = viewOf(want.layer)
        // Straight from the source is no move, and of a source that cannot be reached the ladder tells.
        if (view === undefined || !want.isShown || want.parent === want.source || !event.reachable.has(want.source)) return []
        const key = `${want.source} ${view}`
        const before = state.get(key)
        if (before?.parent === want.parent) return [[key, before]]
        return [[key, { source: want.source, parent: want.parent, sinceMs: nowMs, isOver: false }]]
      })
      return { next: new Map(next), judged: [] }
    }
    case 'shows': {
      const key = `${event.source} ${event.view}`
      const move = state.get(key)
      if (move === undefined || move.isOver || event.from !== move.parent) return { next: state, judged: [] }
      return judge(state, [[key, move]], () => ({ kind: 'worked', mediaMs: nowMs - move.sinceMs }))
    }
    case 'tick': {
      const due = [...state].filter(([, { isOver, sinceMs }]) => !isOver && nowMs - sinceMs >= FIRST_PICTURE_MS)
      const { next, judged } = judge(state, due, () => ({ kind: 'failed' }))
      return { next, judged: judged.filter(({ parent }) => event.reachable.has(parent)) }
    }
    default:
      return event satisfies never
  }
}

function judge(state: Moves, moves: readonly (readonly [string, Move])[], outcome: () => Outcome): MovesStep {
  const next = new Map(state)
  for (const [key, move] of moves) next.set(key, { ...move, isOver: true })
  return { next, judged: moves.map(([, { parent }]) => ({ parent, outcome: outcome() })) }
}
