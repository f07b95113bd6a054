/**
 * Who makes the plans of a meeting: one tab for a term, as long as it is heard. Every participant says in presence in
 * which term it conducts; of those who are alive the highest term holds, of equals the lowest id. When nobody is heard
 * the best candidate claims the next term; the others wait longer by their rank, so that two rarely claim at once, and
 * when they do one of them resigns as soon as it hears of the other. Small meetings need no plan and nobody who makes one.
 * Anybody may claim any term, so a term is no reason to follow whoever plans badly: a conductor that keeps too much from this
 * tab is left for a while, longer each time; what the next one says too is believed.
 */
import { BENCH_MAX_MS, BENCH_MS, CLAIM_STEP_MS, CONDUCTED_DOWN_TO, CONDUCTED_FROM, CONDUCTOR_LEASE_MS } from '../../../protocol/limits.ts'
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
  /** `starvedBy`: who made the plan that is in force, where it `starves` this tab. */
  | { readonly kind: 'tick'; readonly starvedBy: MediaId | undefined }

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
  /** Since when who is followed keeps too much from this tab. */
  readonly starvedSinceMs: number | undefined
  /** Those who are here and were left for it. */
  readonly left: ReadonlyMap<MediaId, { readonly untilMs: number; readonly times: number }>
  /** Two have said that there is no more to be had: until then a third is not asked. */
  readonly believesUntilMs: number
}

export type ConductorStep = { readonly next: ConductorState; readonly effects: readonly ConductorEffect[] }

/** No honest room gets there; a claim above it is not heard, so that nobody can end the counting. */
const HIGHEST_TERM = 2 ** 31

/** What a plan keeps from this tab for no longer is of somebody who just came, or of a link that just opened. */
const STARVED_MS = 10_000

export function beginConductor(self: Omit<Participant, 'conducts'>, nowMs: number): ConductorState {
  const nobody = { following: undefined, others: [], heardMs: new Map(), left: new Map() }
  return { ...nobody, term: 0, self, vacantSinceMs: nowMs, isSmall: true, starvedSinceMs: undefined, believesUntilMs: nowMs }
}

/** Ticks come once in CLAIM_STEP_MS or more often. */
export function stepConductor(state: ConductorState, event: ConductorEvent, nowMs: number): ConductorStep {
  switch (event.kind) {
    case 'participants':
      return settle(withParticipants(state, event.others, event.self, nowMs), nowMs)
    case 'plan-heard':
      return settle(withPlan(state, event.from, event.term, nowMs), nowMs)
    case 'tick':
      return settle(withHunger(state, event.starvedBy, nowMs), nowMs)
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
  const left = [...state.left].filter(([id]) => others.some((other) => other.id === id))
  return { ...state, self, others, heardMs: new Map(heard), left: new Map(left) }
}

/** A plan may come before the presence that claims its term. */
function withPlan(state: ConductorState, from: MediaId, term: number, nowMs: number): ConductorState {
  const sender = state.others.find(({ id }) => id === from)
  if (sender === undefined || term < Math.max(1, sender.conducts) || term > HIGHEST_TERM) return state
  const others = state.others.map((other) => (other === sender ? { ...other, conducts: term } : other))
  return { ...state, others, heardMs: new Map(state.heardMs).set(from, nowMs) }
}

/** Who was left before and plans so again is left at once. */
function withHunger(state: ConductorState, starvedBy: MediaId | undefined, nowMs: number): ConductorState {
  const { following, left, self, believesUntilMs } = state
  if (starvedBy === undefined || starvedBy !== following || nowMs < believesUntilMs) return { ...state, starvedSinceMs: undefined }
  const starvedSinceMs = state.starvedSinceMs ?? nowMs
  const times = (left.get(following)?.times ?? 0) + 1
  const isLong = nowMs - starvedSinceMs >= STARVED_MS
  const isSecond = [...left].some(([id, { untilMs }]) => id !== following && nowMs < untilMs)
  if (isLong && isSecond) return { ...state, starvedSinceMs: undefined, left: new Map(), believesUntilMs: nowMs + BENCH_MAX_MS }
  if (isSecond || following === self.id || !(isLong || times > 1)) return { ...state, starvedSinceMs }
  const untilMs = nowMs + Math.min(BENCH_MAX_MS, BENCH_MS * 2 ** (times - 1))
  return { ...state, starvedSinceMs: undefined, left: new Map(left).set(following, { untilMs, times }) }
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

/** Of the others, by who was heard within a lease and is not left. */
function strongestOf({ others, heardMs, left }: ConductorState, nowMs: number): Participant | undefined {
  const isAlive = (id: MediaId) => nowMs - (heardMs.get(id) ?? Number.NEGATIVE_INFINITY) < CONDUCTOR_LEASE_MS
  const alive = others.filter(({ id }) => isAlive(id) && nowMs >= (left.get(id)?.untilMs ?? 0))
  return alive.toSorted((a, b) => b.conducts - a.conducts || a.id - b.id)[0]
}

function isAbove(other: Participant, { term, self }: ConductorState): boolean {
  return other.conducts > term || (other.conducts === term && other.id < self.id)
}

function yieldTo(state: ConductorState, conductor: MediaId, nowMs: number): ConductorStep {
  const resign: ConductorEffect[] = state.term > 0 ? [{ kind: 'resign' }] : []
  const follow: ConductorEffect[] = state.following === conductor ? [] : [{ kind: 'follow', conductor }]
  const starvedSinceMs = follow.length > 0 ? undefined : state.starvedSinceMs
  return { next: { ...state, term: 0, following: conductor, vacantSinceMs: nowMs, starvedSinceMs }, effects: [...resign, ...follow] }
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
