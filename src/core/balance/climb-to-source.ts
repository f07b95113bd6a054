/**
 * The ladders of this tab: one for each source that cannot be reached, up the tabs that may pass it on. The way asked now
 * comes first among those to ask; a way on which nothing came is left for the next.
 */
import type { MediaId } from '../../protocol/media.ts'
import { AT_FOOT, type Attempt, type LadderEffect, type LadderState, type RUNGS, stepLadder } from './ladder.ts'

type Climb = { readonly ladder: LadderState; readonly order: readonly MediaId[]; readonly asked: MediaId | undefined }

/** By source. */
export type Climbs = ReadonlyMap<MediaId, Climb>

export type ClimbEvent =
  /** Sources that cannot be reached, and whom they may be had from, the best first; who the link named before the others. */
  | { readonly kind: 'sources'; readonly orders: ReadonlyMap<MediaId, readonly MediaId[]>; readonly hinted: ReadonlySet<MediaId> }
  | { readonly kind: 'shows'; readonly source: MediaId; readonly from: MediaId }
  | { readonly kind: 'tick' }

export type ClimbNote = Extract<LadderEffect, { kind: 'note' }>
export type ClimbStep = { readonly next: Climbs; readonly notes: readonly ClimbNote[]; readonly hasChanged: boolean }

export const NO_CLIMBS: Climbs = new Map()

export function stepClimbs(state: Climbs, event: ClimbEvent, nowMs: number): ClimbStep {
  switch (event.kind) {
    case 'sources': {
      const steps = [...event.orders].map(([source, order]): [MediaId, Climbed] => {
        const before = state.get(source)
        return [
          source,
          before !== undefined && stillHolds(before, order) ? { climb: before, notes: [] } : begin(order, event.hinted, nowMs),
        ]
      })
      return together(state, steps)
    }
    case 'shows': {
      const climb = state.get(event.source)
      const attempt = climb?.ladder.underway.find((one) => one.attempt.reflector === String(event.from))?.attempt
      if (climb === undefined || attempt === undefined) return { next: state, notes: [], hasChanged: false }
      return together(state, [...asSteps(state), [event.source, go(climb, stepLadder(climb.ladder, { kind: 'media', attempt }, nowMs))]])
    }
    case 'tick':
      return together(
        state,
        [...state].map(([source, climb]) => [source, go(climb, stepLadder(climb.ladder, { kind: 'tick' }, nowMs))]),
      )
    default:
      return event satisfies never
  }
}

/** Whom to ask for a source, the one that is tried or was found first. */
export function askedFor(state: Climbs, source: MediaId): readonly MediaId[] {
  const climb = state.get(source)
  if (climb === undefined) return []
  return climb.asked === undefined ? climb.order : [climb.asked, ...climb.order.filter((id) => id !== climb.asked)]
}

/** Measures waver and those who failed go, so the order changes; begun anew is only when who is asked is gone, or somebody new came after all. */
function stillHolds({ ladder, asked, order }: Climb, now: readonly MediaId[]): boolean {
  if (asked === undefined || !now.includes(asked)) return false
  return ladder.phase !== 'stayed' || now.every((id) => order.includes(id))
}

type Climbed = { readonly climb: Climb; readonly notes: readonly ClimbNote[] }

/** A rung each: there are four, and after them all have had their time. */
function begin(order: readonly MediaId[], hinted: ReadonlySet<MediaId>, nowMs: number): Climbed {
  const named = order.filter((id) => hinted.has(id))
  const others = order.filter((id) => !hinted.has(id))
  const [profile, ...rest] = others
  const [hint] = named
  const tries: readonly (readonly [(typeof RUNGS)[number], MediaId | undefined])[] = [
    ['profile', profile],
    ['link-hint', hint],
    ['redirect', rest[0]],
    ['proxy', rest[1]],
  ]
  const attempts = tries.flatMap(([rung, id]): Attempt[] => {
    const technique = rung === 'link-hint' ? 'link-hint' : 'proxy'
    return id === undefined ? [] : [{ rung, technique, reflector: String(id) }]
  })
  return go({ ladder: AT_FOOT, order, asked: undefined }, stepLadder(AT_FOOT, { kind: 'begin', attempts }, nowMs))
}

function go(climb: Climb, { next, effects }: ReturnType<typeof stepLadder>): Climbed {
  const last = effects.findLast(({ kind }) => kind === 'try' || kind === 'settle')
  const asked = last !== undefined && 'attempt' in last ? Number(last.attempt.reflector) : climb.asked
  return { climb: { ...climb, ladder: next, asked }, notes: effects.filter((effect) => effect.kind === 'note') }
}

function asSteps(state: Climbs): readonly [MediaId, Climbed][] {
  return [...state].map(([source, climb]) => [source, { climb, notes: [] }])
}

function together(before: Climbs, steps: readonly (readonly [MediaId, Climbed])[]): ClimbStep {
  const next = new Map(steps.map(([source, { climb }]) => [source, climb]))
  const hasChanged = [...next].some(([source, { asked }]) => before.get(source)?.asked !== asked)
  return { next, notes: [...new Map(steps)].flatMap(([, { notes }]) => notes), hasChanged }
}
