/**
 * How a client gets to a better reflector without ever losing the one it has: what its profile says, what the link says, a
 * redirect, a proxy, each with a budget of time, and at last it stays where it is. The next step begins beside the one
 * that is late; whichever brings media first is taken, and until then everything comes from where it came before.
 */
import type { Technique } from '../../protocol/balance.ts'
import { LADDER_STEP_MS } from '../../protocol/limits.ts'
import type { Outcome } from './tally.ts'

export const RUNGS = ['profile', 'link-hint', 'redirect', 'proxy'] as const
export type Rung = (typeof RUNGS)[number]

export type Attempt = { readonly rung: Rung; readonly technique: Technique; readonly reflector: string }

export type LadderEvent =
  /** What each rung would do, where it would do anything. */
  | { readonly kind: 'begin'; readonly attempts: readonly Attempt[] }
  /** What is ahead, chosen anew. */
  | { readonly kind: 'more'; readonly attempts: readonly Attempt[] }
  | { readonly kind: 'media'; readonly attempt: Attempt }
  | { readonly kind: 'failed'; readonly attempt: Attempt }
  | { readonly kind: 'tick' }

export type LadderEffect =
  | { readonly kind: 'try'; readonly attempt: Attempt }
  /** For the profile. */
  | { readonly kind: 'note'; readonly attempt: Attempt; readonly outcome: Outcome }
  | { readonly kind: 'let-go'; readonly attempt: Attempt }
  /** From now on media comes this way, and what it had before may go. */
  | { readonly kind: 'settle'; readonly attempt: Attempt }
  /** Nothing better was found; what it has goes on. */
  | { readonly kind: 'stay' }

type Underway = { readonly attempt: Attempt; readonly sinceMs: number; readonly isLate: boolean }

export type LadderState = {
  readonly phase: 'idle' | 'climbing' | 'settled' | 'stayed'
  readonly ahead: readonly Attempt[]
  readonly underway: readonly Underway[]
}

export type LadderStep = { readonly next: LadderState; readonly effects: readonly LadderEffect[] }

export const AT_FOOT: LadderState = { phase: 'idle', ahead: [], underway: [] }

export function stepLadder(state: LadderState, event: LadderEvent, nowMs: number): LadderStep {
  switch (event.kind) {
    case 'begin':
      return begin(state, event.attempts, nowMs)
    case 'more':
      return { next: state.phase === 'climbing' ? { ...state, ahead: inOrder(event.attempts) } : state, effects: [] }
    case 'media':
      return settle(state, event.attempt, nowMs)
    case 'failed':
      return fail(state, ({ attempt }) => isSame(attempt, event.attempt), true, nowMs)
    case 'tick':
      return fail(state, ({ attempt, sinceMs, isLate }) => !isLate && nowMs - sinceMs >= LADDER_STEP_MS[attempt.rung], false, nowMs)
    default:
      return event satisfies never
  }
}

function begin(state: LadderState, attempts: readonly Attempt[], nowMs: number): LadderStep {
  const started = climb({ phase: 'climbing', ahead: inOrder(attempts), underway: [] }, nowMs)
  return { next: started.next, effects: [...letGo(state.underway), ...started.effects] }
}

/** In the order of the rungs; the same deed twice is one deed. */
function inOrder(attempts: readonly Attempt[]): readonly Attempt[] {
  const ordered = RUNGS.flatMap((rung) => attempts.filter((attempt) => attempt.rung === rung))
  return ordered.filter((attempt, at) => ordered.findIndex((other) => isSame(other, attempt)) === at)
}

function climb(state: LadderState, nowMs: number): LadderStep {
  const [attempt, ...ahead] = state.ahead
  if (attempt !== undefined) {
    const underway = [...state.underway, { attempt, sinceMs: nowMs, isLate: false }]
    return { next: { ...state, ahead, underway }, effects: [{ kind: 'try', attempt }] }
  }
  return { next: { phase: 'stayed', ahead, underway: [] }, effects: [...letGo(state.underway), { kind: 'stay' }] }
}

/** Also of an attempt that was late already: it works after all. */
function settle(state: LadderState, attempt: Attempt, nowMs: number): LadderStep {
  const found = state.underway.find((one) => isSame(one.attempt, attempt))
  if (state.phase !== 'climbing' || found === undefined) return { next: state, effects: [] }
  const others = state.underway.filter((one) => one !== found)
  const effects: LadderEffect[] = [
    { kind: 'note', attempt: found.attempt, outcome: { kind: 'worked', mediaMs: nowMs - found.sinceMs } },
    { kind: 'settle', attempt: found.attempt },
    ...letGo(others),
  ]
  return { next: { phase: 'settled', ahead: [], underway: [] }, effects }
}

function fail(state: LadderState, isFailed: (one: Underway) => boolean, isOver: boolean, nowMs: number): LadderStep {
  const failed = state.underway.filter(isFailed)
  if (state.phase !== 'climbing' || failed.length === 0) return { next: state, effects: [] }
  const rest = state.underway.filter((one) => !failed.includes(one))
  const late = isOver ? [] : failed.map((one) => ({ ...one, isLate: true }))
  const notes = failed
    .filter(({ isLate }) => !isLate)
    .map(({ attempt }): LadderEffect => ({ kind: 'note', attempt, outcome: { kind: 'failed' } }))
  const next = { ...state, underway: [...rest, ...late] }
  const gone = isOver ? letGo(failed) : []
  // While another attempt is still in time it is waited for.
  if (rest.some(({ isLate }) => !isLate)) return { next, effects: [...notes, ...gone] }
  const climbed = climb(next, nowMs)
  return { next: climbed.next, effects: [...notes, ...gone, ...climbed.effects] }
}

function letGo(underway: readonly Underway[]): readonly LadderEffect[] {
  return underway.map(({ attempt }) => ({ kind: 'let-go', attempt }))
}

function isSame(a: Attempt, b: Attempt): boolean {
  return a.technique === b.technique && a.reflector === b.reflector
}
