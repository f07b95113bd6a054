/**
 * Carries out who plans the meeting: tells the conductor this tab's facts, takes its plans, and makes them while this tab is
 * it. What is decided stands in core/call/overlay.
 */
import { checkPlan } from '../../core/call/overlay/check-plan.ts'
import { beginConductor, type ConductorEvent, type Participant, stepConductor } from '../../core/call/overlay/conduct.ts'
import { logRound, type PlannedRound } from '../../core/call/overlay/log-round.ts'
import { planMeeting } from '../../core/call/overlay/plan-meeting.ts'
import { isReadyToPlan } from '../../core/call/overlay/ready-to-plan.ts'
import { starves } from '../../core/call/overlay/starves.ts'
import { beginWeighing, weighCarriers } from '../../core/call/overlay/weigh-carriers.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { TabId } from '../../protocol/ids.ts'
import { CLAIM_STEP_MS, FACTS_AGAIN_MS, FACTS_SOON_MS, PLAN_AGAIN_MS, PLAN_SOON_MS } from '../../protocol/limits.ts'
import { type MediaId, mediaIdOf } from '../../protocol/media.ts'
import type { MeetingFacts, MeetingMessage, MeetingPlan } from '../../protocol/meeting.ts'
import type { LoggedRound } from '../../protocol/meeting-log.ts'
import { Repeated } from './repeated.ts'

export type ConductorParts = {
  readonly self: TabId
  readonly clock: Clock
  readonly tell: (tab: TabId, message: MeetingMessage) => boolean
  readonly tabOf: (id: MediaId) => TabId | undefined
  readonly facts: () => MeetingFacts
  /** Keyed prefix of this tab's network, where the relay told it. */
  readonly segment: () => Bytes | undefined
  /** This tab planned, for all of these. */
  readonly onPlanned: (round: PlannedRound, others: readonly MediaId[]) => void
  /** The plan, or who makes it, changed. */
  readonly onChange: () => void
}

export type Attendance = Omit<Participant, 'id' | 'conducts'>

export class Conductor {
  /** As checked; undefined: everything goes straight. */
  plan: MeetingPlan | undefined
  /** What plans of this tab were made of, for a look back. */
  rounds: readonly LoggedRound[] = []
  readonly #parts: ConductorParts
  readonly #facts = new Map<MediaId, MeetingFacts>()
  readonly #ticks: Repeated
  readonly #telling: Repeated
  readonly #planning: Repeated
  #state
  #made: MeetingPlan | undefined
  /** As it came or was made: whom it names may not be known yet. */
  #raw: MeetingPlan | undefined
  #planner: MediaId | undefined
  #scene = ''
  /** The plan that each has. */
  readonly #told = new Map<MediaId, MeetingPlan>()
  #heldAtMs = Number.NEGATIVE_INFINITY
  #weighing
  #claimedAtMs = 0

  constructor(parts: ConductorParts) {
    this.#parts = parts
    const { clock } = parts
    this.#state = beginConductor({ id: mediaIdOf(parts.self), isSteady: true, sinceMs: 0 }, clock.monotonicMs())
    this.#weighing = beginWeighing(clock.monotonicMs())
    this.#ticks = new Repeated(clock, CLAIM_STEP_MS, () => this.#handle({ kind: 'tick', starvedBy: this.#starvedBy() }))
    this.#telling = new Repeated(clock, FACTS_AGAIN_MS, () => this.#tellFacts())
    this.#planning = new Repeated(clock, PLAN_AGAIN_MS, () => this.#makePlan())
  }

  /** 0: this tab does not conduct. */
  get term(): number {
    return this.#state.term
  }

  get conductor(): TabId | undefined {
    const { following } = this.#state
    return following === undefined ? undefined : this.#parts.tabOf(following)
  }

  /** Whenever somebody comes, goes or says something else; without anybody when this tab leaves. */
  follow(others: readonly Participant[], self: Attendance): void {
    // Asked ten times a second, with each tremble of a level meter.
    const scene = JSON.stringify([others, self])
    if (scene === this.#scene) return
    this.#scene = scene
    const present = new Set(others.map(({ id }) => id))
    for (const known of [this.#facts, this.#told]) for (const id of known.keys()) if (!present.has(id)) known.delete(id)
    if (others.length > 0) this.#ticks.start()
    else this.#ticks.stop()
    this.#handle({ kind: 'participants', others, self: { ...self, id: mediaIdOf(this.#parts.self) } })
    this.#check()
    if (this.#state.term > 0) this.#planning.soon(PLAN_SOON_MS)
  }

  /** What this tab wants or can carry changed. */
  tellSoon(): void {
    if (this.#state.following !== undefined) this.#telling.soon(FACTS_SOON_MS)
  }

  hear(from: TabId, message: MeetingMessage): void {
    const id = mediaIdOf(from)
    if (message.t === 'facts' && this.#state.others.some((other) => other.id === id)) {
      this.#facts.set(id, message)
      if (this.#state.term > 0) this.#planning.soon(PLAN_SOON_MS)
    } else if (message.t === 'plan' || message.t === 'plan-holds') {
      this.#handle({ kind: 'plan-heard', from: id, term: message.term })
      if (this.#state.following !== id) return
      if (message.t === 'plan') this.#use(message, id)
      else if (!this.#has(message, id)) this.#parts.tell(from, { t: 'plan-wanted' })
    } else if (message.t === 'plan-wanted') {
      this.#told.delete(id)
      if (this.#state.term > 0) this.#planning.soon(PLAN_SOON_MS)
    }
  }

  #handle(event: ConductorEvent): void {
    const { next, effects } = stepConductor(this.#state, event, this.#parts.clock.monotonicMs())
    this.#state = next
    for (const effect of effects) {
      switch (effect.kind) {
        case 'claim':
          this.#claimedAtMs = this.#parts.clock.monotonicMs()
          this.#planning.start()
          break
        case 'resign':
          this.#planning.stop()
          this.#made = undefined
          break
        case 'follow':
          if (effect.conductor === undefined) this.#telling.stop()
          else this.#telling.start()
          break
        case 'forget-plan':
          this.#raw = undefined
          this.plan = undefined
          break
        default:
          effect satisfies never
      }
    }
    if (effects.length > 0) this.#parts.onChange()
  }

  /** Who made the plan that keeps too much from this tab. */
  #starvedBy(): MediaId | undefined {
    if (this.plan === undefined || this.plan.streams.every(({ without }) => without.length === 0)) return undefined
    const linked = new Set(this.#parts.facts().rtts.map(([id]) => id))
    return starves(this.plan, this.#state.self.id, linked) ? this.#planner : undefined
  }

  #tellFacts(): void {
    const { conductor } = this
    const { self, tell, facts, segment } = this.#parts
    if (conductor === undefined || conductor === self) return
    tell(conductor, facts())
    const own = segment()
    if (own !== undefined) tell(conductor, { t: 'network', segment: own })
  }

  #makePlan(): void {
    const { self, facts, clock } = this.#parts
    const known = new Map(this.#facts).set(mediaIdOf(self), facts())
    const { term, others } = this.#state
    const nowMs = clock.monotonicMs()
    const present = others.map(({ id }) => id)
    if (!isReadyToPlan(present, known, this.#claimedAtMs, nowMs)) return
    const before = this.#made ?? this.plan
    this.#weighing = weighCarriers(this.#weighing, known, before, nowMs)
    const { standings } = this.#weighing
    this.#made = planMeeting(known, before, { term, standings })
    const round = { atMs: nowMs, term, facts: known, standings, before, plan: this.#made }
    this.rounds = logRound(this.rounds, round)
    const isHoldDue = nowMs - this.#heldAtMs >= PLAN_AGAIN_MS / 2
    if (isHoldDue) this.#heldAtMs = nowMs
    for (const id of present) this.#tellPlan(id, this.#made, isHoldDue)
    this.#use(this.#made, mediaIdOf(self))
    this.#parts.onPlanned(round, present)
  }

  /** Who has it is told only that it holds: the plan of a large meeting is long. */
  #tellPlan(id: MediaId, plan: MeetingPlan, isHoldDue: boolean): void {
    const { tell, tabOf } = this.#parts
    const tab = tabOf(id)
    if (tab === undefined) return
    const { term, number } = plan
    if (this.#told.get(id) !== plan) {
      if (tell(tab, plan)) this.#told.set(id, plan)
    } else if (isHoldDue) tell(tab, { t: 'plan-holds', term, number })
  }

  /** Two who claimed at once count in the same term. */
  #has({ term, number }: Pick<MeetingPlan, 'term' | 'number'>, planner: MediaId): boolean {
    return this.#planner === planner && this.#raw?.term === term && this.#raw.number === number
  }

  #use(plan: MeetingPlan, planner: MediaId): void {
    if (this.#has(plan, planner)) return
    this.#planner = planner
    this.#raw = plan
    this.#check()
    this.#parts.onChange()
  }

  /** Again whenever somebody comes or goes. */
  #check(): void {
    const { others, self } = this.#state
    this.plan = this.#raw === undefined ? undefined : checkPlan(this.#raw, new Set([self.id, ...others.map(({ id }) => id)]))
  }
}
