/**
 * The ladders of this tab: one for each source that is not taken straight, up the ways to it. What is asked now comes first among
 * those to ask; a way on which nothing came is left for the next. That a way failed is held against it only when another
 * brings the picture: of a source that sends nothing nobody can pass anything on.
 */
import { FIRST_PICTURE_MS } from '../../protocol/limits.ts'
import type { MediaId } from '../../protocol/media.ts'
import { AT_FOOT, type Attempt, type LadderEffect, type LadderState, stepLadder } from './ladder.ts'

/** How a source may be had. */
export type Ask = {
  /** Who can pass it on, the best first. */
  readonly order: readonly MediaId[]
  /** Whom the plan names, where this device goes by plans. */
  readonly planned: MediaId | undefined
  /** Of them, those whose lines are full while others have room, told to a newcomer: it may be with one of them. */
  readonly crowded: ReadonlySet<MediaId>
  /** A link to the source itself stands: that is where it stays when nothing else works. */
  readonly isLinked: boolean
  /** Over that link the picture is not sure to come, or there is none: so all are asked. */
  readonly goesOn: boolean
}

type Climb = Ask & {
  readonly ladder: LadderState
  readonly asked: MediaId | undefined
  /** Away from a line that was full. */
  readonly hasMoved: boolean
  /** Of whom was known when it began; those in `order` come and go. */
  readonly known: readonly MediaId[]
  /** By whom its picture comes now. */
  readonly shownBy: MediaId | undefined
  /** What nothing came on, until it is known that there was something to come. */
  readonly failed: readonly ClimbNote[]
  /** What was tried on the way to the end of the ladder: any of it may still bring the picture. */
  readonly late: LadderState['underway']
}

/** By source. */
export type Climbs = ReadonlyMap<MediaId, Climb>

export type ClimbEvent =
  /** Sources that are not taken straight; `attempts` of those that `dueSources` names. */
  | {
      readonly kind: 'sources'
      readonly asks: ReadonlyMap<MediaId, Ask>
      readonly attempts: ReadonlyMap<MediaId, readonly Attempt[]>
      /** Of sources whose picture is there: by whom it comes. */
      readonly shown: ReadonlyMap<MediaId, MediaId>
    }
  | { readonly kind: 'shows'; readonly source: MediaId; readonly from: MediaId | undefined }
  | { readonly kind: 'tick' }

export type ClimbNote = Extract<LadderEffect, { kind: 'note' }>
/** What is to be told of it to people. */
export type ClimbWord =
  | { readonly kind: 'asks' | 'came'; readonly source: MediaId; readonly attempt: Attempt }
  | { readonly kind: 'stays'; readonly source: MediaId }
export type ClimbStep = {
  readonly next: Climbs
  readonly notes: readonly ClimbNote[]
  readonly words: readonly ClimbWord[]
  readonly hasChanged: boolean
}

export const NO_CLIMBS: Climbs = new Map()

/**
 * For which sources ways are to be chosen, and what each tried so far in vain. Measures waver and those who failed go, so the
 * order changes; begun anew is only when who is asked is gone or full, the plan names another, or somebody new came after all. Where nothing comes yet,
 * those who were not asked are chosen among again, by what is known of them now.
 */
export function dueSources(state: Climbs, asks: ReadonlyMap<MediaId, Ask>): ReadonlyMap<MediaId, readonly Attempt[]> {
  return new Map(
    [...asks].flatMap(([source, ask]): [MediaId, readonly Attempt[]][] => {
      const climb = state.get(source)
      if (climb === undefined || !stillHolds(source, climb, ask)) return [[source, []]]
      return isInVain(climb) ? [[source, climb.ladder.underway.map(({ attempt }) => attempt)]] : []
    }),
  )
}

export function stepClimbs(state: Climbs, event: ClimbEvent, nowMs: number): ClimbStep {
  switch (event.kind) {
    case 'sources': {
      const steps = [...event.asks].map(([source, ask]): [MediaId, Climbed] => {
        const attempts = event.attempts.get(source)
        const before = state.get(source)
        if (attempts === undefined && before !== undefined) return [source, unmoved({ ...before, order: ask.order })]
        if (before !== undefined && attempts !== undefined && stillHolds(source, before, ask)) {
          const { next: ladder } = stepLadder(before.ladder, { kind: 'more', attempts }, nowMs)
          return [source, unmoved({ ...before, order: ask.order, planned: ask.planned, ladder })]
        }
        const hasMoved = before !== undefined && (before.hasMoved || isToMove(before, ask))
        return [source, begin(source, { ...ask, hasMoved }, attempts ?? [], event.shown.get(source), nowMs)]
      })
      return together(state, steps)
    }
    case 'shows': {
      const climb = state.get(event.source)
      if (climb === undefined) return together(state, asSteps(state))
      return together(state, [...asSteps(state), [event.source, shows(event.source, climb, event.from, nowMs)]])
    }
    case 'tick':
      return together(
        state,
        [...state].map(([source, climb]) => [
          source,
          isInTime(climb, nowMs) ? unmoved(climb) : go(source, climb, stepLadder(climb.ladder, { kind: 'tick' }, nowMs), nowMs),
        ]),
      )
    default:
      return event satisfies never
  }
}

/** Whom to ask for a source, the one that is tried or was found first. Nobody: as planned, or the source itself. */
export function askedFor(state: Climbs, source: MediaId): readonly MediaId[] {
  const climb = state.get(source)
  if (climb === undefined) return []
  const { asked, order, planned, ladder, isLinked } = climb
  if (asked === undefined) return isLinked ? [] : order
  if (asked === planned || asked === source || (isLinked && ladder.phase === 'stayed')) return []
  return [asked, ...order.filter((id) => id !== asked)]
}

function stillHolds(source: MediaId, climb: Climb, now: Ask): boolean {
  const { ladder, asked, known, planned } = climb
  if (asked === undefined || !(asked === source ? now.isLinked : now.order.includes(asked))) return false
  if (isToMove(climb, now)) return false
  // Nothing comes yet: then it is asked beside the others, and those who were asked are not asked again.
  if (now.planned !== undefined && now.planned !== planned && now.planned !== asked && !isInVain(climb)) return false
  return ladder.phase !== 'stayed' || now.order.every((id) => known.includes(id))
}

/** It takes the last of a line, found before it heard of that; once, since others may bring nothing. */
function isToMove({ asked, hasMoved, ladder }: Climb, now: Ask): boolean {
  const isFirst = ladder.phase === 'settled' || (ladder.phase === 'climbing' && ladder.underway.length === 1)
  return isFirst && !hasMoved && asked !== undefined && now.crowded.has(asked)
}

/** It climbs, and nothing comes yet. */
function isInVain({ ladder, shownBy, goesOn }: Climb): boolean {
  return ladder.phase === 'climbing' && shownBy === undefined && goesOn
}

/** What comes already is kept to, unless a plan names another, or it takes the last of a line. */
function begin(
  source: MediaId,
  ask: Ask & Pick<Climb, 'hasMoved'>,
  attempts: readonly Attempt[],
  shownBy: MediaId | undefined,
  nowMs: number,
): Climbed {
  const climb = { ...ask, ladder: AT_FOOT, asked: undefined, known: ask.order, shownBy, failed: [], late: [] }
  const isKept = ask.planned === undefined && !(ask.hasMoved && shownBy !== undefined && ask.crowded.has(shownBy))
  const here = attempts.find(({ reflector }) => reflector === String(shownBy))
  const begun = stepLadder(AT_FOOT, { kind: 'begin', attempts: isKept && here !== undefined ? [here] : attempts }, nowMs)
  if (isKept || shownBy === undefined || !ask.order.includes(shownBy)) return go(source, climb, begun, nowMs)
  // Where the plan brings nothing, who brought it is asked again before anybody else.
  return go(source, climb, { ...begun, next: first(begun.next, shownBy) }, nowMs)
}

/** Asks that one next, unless it is asked. */
function first(ladder: LadderState, id: MediaId): LadderState {
  const reflector = String(id)
  if (ladder.underway.some(({ attempt }) => attempt.reflector === reflector)) return ladder
  const named = ladder.ahead.find((one) => one.reflector === reflector)
  const next: Attempt = named ?? { rung: 'proxy', technique: 'proxy', reflector }
  return { ...ladder, ahead: [next, ...ladder.ahead.filter((one) => one !== named)] }
}

function shows(source: MediaId, before: Climb, from: MediaId | undefined, nowMs: number): Climbed {
  const climb = { ...before, shownBy: from }
  const { planned, order, late, failed } = climb
  const isStaying = before.ladder.phase === 'stayed'
  // It came after all, by the source itself: those who were asked failed.
  if (isStaying && from === source) return { climb: { ...climb, failed: [] }, notes: failed, words: [] }
  const ladder: LadderState = isStaying ? { ...before.ladder, phase: 'climbing', underway: late } : before.ladder
  const attempt = ladder.underway.find((one) => one.attempt.reflector === String(from))?.attempt
  if (attempt !== undefined) return go(source, climb, stepLadder(ladder, { kind: 'media', attempt }, nowMs), nowMs)
  if (from === undefined || isStaying || !order.includes(from)) return unmoved(climb)
  if (ladder.phase === 'settled' && (planned !== undefined || climb.asked === from)) return unmoved(climb)
  // Of what was found and fell silent, the worker knew another: that one is asked from now on.
  if (ladder.phase !== 'settled') return unmoved({ ...climb, ladder: first(ladder, from) })
  const next: Attempt = { rung: 'proxy', technique: 'proxy', reflector: String(from) }
  return { ...unmoved({ ...climb, asked: from }), words: [{ kind: 'came', source, attempt: next }] }
}

/**
 * The worker asks the standby when nothing came for a moment, and lets it go when the parent sends after all. While the picture
 * comes by the one, the other has time to show what it can.
 */
function isInTime({ ladder, shownBy }: Climb, nowMs: number): boolean {
  const since = Math.max(...ladder.underway.map(({ sinceMs }) => sinceMs))
  return ladder.phase === 'climbing' && shownBy !== undefined && nowMs - since < FIRST_PICTURE_MS
}

type Climbed = { readonly climb: Climb; readonly notes: readonly ClimbNote[]; readonly words: readonly ClimbWord[] }

function go(source: MediaId, climb: Climb, { next, effects }: ReturnType<typeof stepLadder>, nowMs: number): Climbed {
  const last = effects.findLast(({ kind }) => kind === 'try' || kind === 'settle')
  const attempt = last !== undefined && 'attempt' in last ? last.attempt : undefined
  const noted = effects.filter((effect) => effect.kind === 'note')
  const worked = noted.find(({ outcome }) => outcome.kind === 'worked')
  const failed = [...climb.failed, ...noted.filter(({ outcome }) => outcome.kind === 'failed')]
  // It stays with the source, by which the picture comes meanwhile: that is as good as another who brings it.
  const isKnown = worked !== undefined || (next.phase === 'stayed' && climb.shownBy === source)
  const held = isKnown ? failed.filter((one) => one.attempt.reflector !== worked?.attempt.reflector) : []
  const step: Climbed = {
    climb: {
      ...climb,
      ladder: next,
      asked: attempt === undefined ? climb.asked : Number(attempt.reflector),
      failed: isKnown ? [] : failed,
      late: next.phase === 'stayed' ? climb.ladder.underway : [],
    },
    notes: [...held, ...(worked === undefined ? [] : [worked])],
    words: effects.flatMap((effect) => (effect.kind === 'stay' && climb.asked === undefined ? [] : wordOf(source, effect))),
  }
  // It comes by that one already.
  const isHere = last?.kind === 'try' && attempt !== undefined && attempt.reflector === String(climb.shownBy)
  if (!isHere) return step
  const settled = go(source, step.climb, stepLadder(next, { kind: 'media', attempt }, nowMs), nowMs)
  return { ...settled, words: [...step.words, ...settled.words] }
}

function wordOf(source: MediaId, effect: LadderEffect): readonly ClimbWord[] {
  if (effect.kind === 'try') return [{ kind: 'asks', source, attempt: effect.attempt }]
  if (effect.kind === 'settle') return [{ kind: 'came', source, attempt: effect.attempt }]
  return effect.kind === 'stay' ? [{ kind: 'stays', source }] : []
}

function unmoved(climb: Climb): Climbed {
  return { climb, notes: [], words: [] }
}

function asSteps(state: Climbs): readonly [MediaId, Climbed][] {
  return [...state].map(([source, climb]) => [source, unmoved(climb)])
}

function together(before: Climbs, steps: readonly (readonly [MediaId, Climbed])[]): ClimbStep {
  const last = new Map(steps)
  const next = new Map([...last].map(([source, { climb }]) => [source, climb]))
  const hasChanged = [...next].some(([source, { asked, ladder }]) => {
    const was = before.get(source)
    return was?.asked !== asked || (was?.ladder.phase !== 'stayed' && ladder.phase === 'stayed')
  })
  return {
    next,
    notes: [...last.values()].flatMap(({ notes }) => notes),
    words: [...last.values()].flatMap(({ words }) => words),
    hasChanged,
  }
}
