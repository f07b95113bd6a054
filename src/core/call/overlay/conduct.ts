/**
 * Who makes the plans of a meeting: one tab for a term, as long as it is heard. Every participant says in presence in
 * which term it conducts; of those who are alive the highest term holds, of equals the lowest id. When nobody is heard
 * the best candidate claims the next term; the others wait longer by their rank, so that two rarely claim at once, and
 * when they do one of them resigns as soon as it hears of the other. Small meetings need no plan and nobody who makes one.
 */
import { CLAIM_STEP_MS, CONDUCTED_DOWN_TO, CONDUCTED_FROM, CONDUCTOR_LEASE_MS } from '../../../protocol/limits.ts'
import type { MediaId } from '../../../protocol/media.ts'

export type Participant = {
  readonly id: MediaId
  /** As its presence says; 0: it does not. */
  readonly conducts: number
  /** In use by its person, as far as is known here. */
  readonly isSteady: boolean
  /** When it came into the call, or when this tab first saw it there. */
  readonly sinceMs: number
}

export type ConductorEvent =
  /** The others who are in the call and take part in plans, and this tab's own facts. Said at each change. */
  | { readonly kind: 'participants'; readonly others: readonly Participant[]; readonly self: Omit<Participant, 'conducts'> }
  | { readonly kind: 'plan-heard'; readonly from: MediaId; readonly term: number }
  | { readonly kind: 'tick' }

export type ConductorEffect =
  /** Say so in presence, and make plans in this term until told to resign. */
  | { readonly kind: 'claim'; readonly term: number }
  | { readonly kind: 'resign' }
  /** Facts go to this one, and only its plans are followed; undefined: to nobody, and what was planned holds until somebody else plans. */
  | { readonly kind: 'follow'; readonly conductor: MediaId | undefined }
  /** Few are left: plans are forgotten, everything goes straight. */
  | { readonly kind: 'forget-plan' }

export type ConductorState = {
  /** The term this tab conducts in; 0: it does not. */
  readonly term: number
  readonly following: MediaId | undefined
  readonly others: readonly Participant[]
  readonly self: Omit<Participant, 'conducts'>
  /** When each was last heard as a conductor: by its claim or a plan. */
  readonly heardMs: ReadonlyMap<MediaId, number>
  /** Since when nobody conducts. */
  readonly vacantSinceMs: number
  readonly isSmall: boolean
}

export type ConductorStep = { readonly next: ConductorState; readonly effects: readonly ConductorEffect[] }

/** No honest room gets there; a claim above it is not heard, so that nobody can end the counting. */
const HIGHEST_TERM = 2 ** 31

export function beginConductor(self: Omit<Participant, 'conducts'>, nowMs: number): ConductorState {
  return { term: 0, following: undefined, others: [], self, heardMs: new Map(), vacantSinceMs: nowMs, isSmall: true }
}

/** Ticks come once in CLAIM_STEP_MS or more often. */
export function stepConductor(state: ConductorState, event: ConductorEvent, nowMs: number): ConductorStep {
  switch (event.kind) {
    case 'participants':
      return settle(withParticipants(state, event.others, event.self, nowMs), nowMs)
    case 'plan-heard':
      return settle(withPlan(state, event.from, event.term, nowMs), nowMs)
    case 'tick':
      return settle(state, nowMs)
    default:
      return event satisfies never
  }
}

/** A claim that is new counts as heard now; one that is said again does not. */
function withParticipants(
  state: ConductorState,
  others: readonly Participant[],
  self: Omit<Participant, 'conducts'>,
  nowMs: number,
): ConductorState {
  const before = new Map(state.others.map(({ id, conducts }) => [id, conducts]))
  const heard = others.flatMap(({ id, conducts }): [MediaId, number][] => {
    const at = conducts === before.get(id) ? state.heardMs.get(id) : nowMs
    return conducts > 0 && conducts <= HIGHEST_TERM && at !== undefined ? [[id, at]] : []
  })
  return { ...state, self, others, heardMs: new Map(heard) }
}

/** A plan may come before the presence that claims its term. */
function withPlan(state: ConductorState, from: MediaId, term: number, nowMs: number): ConductorState {
  const sender = state.others.find(({ id }) => id === from)
  if (sender === undefined || term < Math.max(1, sender.conducts) || term > HIGHEST_TERM) return state
  const others = state.others.map((other) => (other === sender ? { ...other, conducts: term } : other))
  return { ...state, others, heardMs: new Map(state.heardMs).set(from, nowMs) }
}

function settle(state: ConductorState, nowMs: number): ConductorStep {
  const count = state.others.length + 1
  const isSmall = count < (state.isSmall ? CONDUCTED_FROM : CONDUCTED_DOWN_TO)
  if (isSmall) return beSmall(state, nowMs)
  const strongest = strongestOf(state, nowMs)
  if (strongest !== undefined && isAbove(strongest, state)) return yieldTo({ ...state, isSmall }, strongest.id, nowMs)
  if (state.term > 0) return { next: { ...state, isSmall, vacantSinceMs: nowMs }, effects: [] }
  return waitOrClaim({ ...state, isSmall }, nowMs)
}

function beSmall(state: ConductorState, nowMs: number): ConductorStep {
  const next: ConductorState = { ...state, isSmall: true, term: 0, following: undefined, vacantSinceMs: nowMs }
  if (state.isSmall) return { next, effects: [] }
  const resign: ConductorEffect[] = state.term > 0 ? [{ kind: 'resign' }] : []
  return { next, effects: [...resign, { kind: 'follow', conductor: undefined }, { kind: 'forget-plan' }] }
}

/** Of the others, by who was heard within a lease. */
function strongestOf({ others, heardMs }: ConductorState, nowMs: number): Participant | undefined {
  const alive = others.filter(({ id }) => nowMs - (heardMs.get(id) ?? Number.NEGATIVE_INFINITY) < CONDUCTOR_LEASE_MS)
  return alive.toSorted((a, b) => b.conducts - a.conducts || a.id - b.id)[0]
}

function isAbove(other: Participant, { term, self }: ConductorState): boolean {
  return other.conducts > term || (other.conducts === term && other.id < self.id)
}

function yieldTo(state: ConductorState, conductor: MediaId, nowMs: number): ConductorStep {
  const resign: ConductorEffect[] = state.term > 0 ? [{ kind: 'resign' }] : []
  const follow: ConductorEffect[] = state.following === conductor ? [] : [{ kind: 'follow', conductor }]
  return { next: { ...state, term: 0, following: conductor, vacantSinceMs: nowMs }, effects: [...resign, ...follow] }
}

function waitOrClaim(state: ConductorState, nowMs: number): ConductorStep {
  if (nowMs - state.vacantSinceMs < rankOf(state) * CLAIM_STEP_MS) {
    const follow: ConductorEffect[] = state.following === undefined ? [] : [{ kind: 'follow', conductor: undefined }]
    return { next: { ...state, following: undefined }, effects: follow }
  }
  const known = state.others.map(({ conducts }) => conducts).filter((term) => term <= HIGHEST_TERM)
  const term = Math.min(HIGHEST_TERM, Math.max(0, ...known) + 1)
  const effects: ConductorEffect[] = [
    { kind: 'claim', term },
    { kind: 'follow', conductor: state.self.id },
  ]
  return { next: { ...state, term, following: state.self.id, vacantSinceMs: nowMs }, effects }
}

/** How many would rather claim: those in use by their people, then those longest here, then the lowest ids. Who fell silent as a conductor is none. */
function rankOf({ self, others }: ConductorState): number {
  return others.filter((other) => other.conducts === 0 && comesBefore(other, self)).length
}

function comesBefore(a: Omit<Participant, 'conducts'>, b: Omit<Participant, 'conducts'>): boolean {
  if (a.isSteady !== b.isSteady) return a.isSteady
  return a.sinceMs === b.sinceMs ? a.id < b.id : a.sinceMs < b.sinceMs
}
