/**
 * One tab in a simulated call: it says what it is in presence, wants what it shows, follows a conductor or conducts, and
 * takes its streams from whom the core says. What its line truly carries is known to nobody but the media.
 */
import { beginConductor, type ConductorState } from '../../../src/core/call/overlay/conduct.ts'
import { beginWeighing, type Weighing } from '../../../src/core/call/overlay/weigh-carriers.ts'
import type { Told } from '../../../src/core/call/overlay/within-told.ts'
import { FACTS_AGAIN_MS, PLAN_AGAIN_MS } from '../../../src/protocol/limits.ts'
import type { Layer, MediaId, Subscription } from '../../../src/protocol/media.ts'
import type { Want } from '../../../src/protocol/media-worker.ts'
import type { MeetingFacts, MeetingPlan } from '../../../src/protocol/meeting.ts'
import type { Brain } from '../brain.ts'
import type { SimMeeting } from './sim-meeting.ts'
import { SENT } from './small-rooms.ts'

export type Truth = {
  readonly uplinkKbps: number
  /** Whoever says the same is behind the same line. Undefined: nobody else is. */
  readonly line?: string
  readonly downlinkKbps: number
  readonly forwards: number
  readonly isSteady: boolean
  /** To the middle of the network. */
  readonly delayMs: number
  /** What it says of its line, times the truth. */
  readonly boast: number
  /** Of what it passes on for others. */
  readonly drops: number
  readonly layers: readonly Layer[]
  /** Small tiles beside the large one of who speaks. */
  readonly tiles: number
  readonly largeTiles: number
  /** Always says that it conducts in this term. Undefined: it is honest. */
  readonly claims?: number
  /** And tells this plan, whoever conducts. */
  readonly plans?: (others: readonly MediaId[]) => MeetingPlan['streams']
}

export type Presence = {
  readonly id: MediaId
  readonly conducts: number
  readonly isSpeaking: boolean
  readonly sinceMs: number
  readonly isSteady: boolean
  readonly layers: readonly Layer[]
}

export const TICK_MS = 500

export class SimCaller {
  readonly id: MediaId
  readonly truth: Truth
  readonly sinceMs: number
  isHere = true
  isSpeaking = false
  /** Until then it hears what comes and says nothing: a hidden tab. */
  sleepsUntilMs = 0
  conducting: ConductorState
  /** The others, as this one knows them. */
  readonly known = new Map<MediaId, Presence>()
  plan: MeetingPlan | undefined
  wanted: readonly Subscription[] = []
  takes: ReadonlyMap<string, Want> = new Map()
  /** Per thousand that came, by parent. */
  delivered: ReadonlyMap<MediaId, number> = new Map()
  readonly #room: SimMeeting
  readonly #brain: Brain
  readonly #facts = new Map<MediaId, MeetingFacts>()
  #planner: MediaId | undefined
  #weighing: Weighing
  #claimedAtMs = 0
  #toldFactsMs = Number.NEGATIVE_INFINITY
  #toldPlanMs = Number.NEGATIVE_INFINITY
  #plannedMs = Number.NEGATIVE_INFINITY

  constructor(room: SimMeeting, brain: Brain, id: MediaId, truth: Truth) {
    this.#room = room
    this.#brain = brain
    this.id = id
    this.truth = truth
    this.sinceMs = room.world.nowMs
    this.#weighing = beginWeighing(this.sinceMs)
    this.conducting = beginConductor(this.#self(), this.sinceMs)
  }

  get presence(): Presence {
    const { id, sinceMs, isSpeaking, truth } = this
    return { id, sinceMs, isSpeaking, conducts: truth.claims ?? this.conducting.term, isSteady: truth.isSteady, layers: truth.layers }
  }

  hearPresence(presence: Presence | undefined, from: MediaId): void {
    if (presence === undefined) this.known.delete(from)
    else this.known.set(from, presence)
    if (presence === undefined) this.#facts.delete(from)
    this.#conduct({ kind: 'participants', others: [...this.known.values()], self: this.#self() })
    this.#wish()
  }

  hearFacts(from: MediaId, facts: MeetingFacts): void {
    if (this.known.has(from)) this.#facts.set(from, facts)
  }

  hearPlan(from: MediaId, plan: MeetingPlan): void {
    this.#conduct({ kind: 'plan-heard', from, term: plan.term })
    if (this.conducting.following !== from || plan === this.plan) return
    this.#planner = from
    this.#follow(plan)
  }

  tick(): void {
    const { nowMs } = this.#room.world
    if (nowMs < this.sleepsUntilMs) return
    if (this.truth.plans !== undefined) {
      this.#tellOwnPlan(this.truth.plans([...this.known.keys()]))
      return
    }
    const isStarved = this.#brain.starves(this.plan, this.id, new Set(this.known.keys()))
    this.#conduct({ kind: 'tick', starvedBy: isStarved ? this.#planner : undefined })
    const { following, term } = this.conducting
    if (following !== undefined && following !== this.id && nowMs - this.#toldFactsMs >= FACTS_AGAIN_MS) this.#tellFacts(following)
    if (term > 0 && nowMs - this.#plannedMs >= 2 * TICK_MS) this.#makePlan(term)
  }

  #self() {
    return { id: this.id, isSteady: this.truth.isSteady, sinceMs: this.sinceMs }
  }

  #conduct(event: Parameters<Brain['conduct']>[1]): void {
    const { nowMs } = this.#room.world
    const { next, effects } = this.#brain.conduct(this.conducting, event, nowMs)
    this.conducting = next
    for (const effect of effects) {
      if (effect.kind === 'claim') {
        this.#claimedAtMs = nowMs
        this.#facts.clear()
        this.#weighing = beginWeighing(nowMs)
      }
      if (effect.kind === 'claim' || effect.kind === 'resign') this.#room.tellPresence(this)
      if (effect.kind === 'follow' && effect.conductor !== undefined && effect.conductor !== this.id) this.#tellFacts(effect.conductor)
      if (effect.kind === 'forget-plan') this.#follow(undefined)
    }
  }

  #tellFacts(to: MediaId): void {
    this.#toldFactsMs = this.#room.world.nowMs
    this.#room.send(this.id, to, 'facts', (other) => other.hearFacts(this.id, this.#ownFacts()))
  }

  #told(): Told {
    const { uplinkKbps, boast, downlinkKbps, forwards } = this.truth
    return { uplinkKbps: uplinkKbps * boast, downlinkKbps, forwards, kbpsOf: (layer) => SENT[layer].kbps }
  }

  #ownFacts(): MeetingFacts {
    const { truth } = this
    const wavering = this.#room.isStill ? 1 : 0.97 + 0.06 * this.#room.world.random.next()
    return {
      t: 'facts',
      uplinkKbps: Math.round(truth.uplinkKbps * truth.boast * wavering),
      downlinkKbps: truth.downlinkKbps,
      packetsPerSecond: 20_000,
      forwards: truth.forwards,
      isSteady: truth.isSteady,
      rtts: this.#room.rttsOf(this),
      sends: truth.layers.map((layer) => ({ layer, ...SENT[layer] })),
      wants: this.wanted.map(({ source, layer }) => [source, layer]),
      delivered: [...this.delivered],
    }
  }

  #makePlan(term: number): void {
    const { nowMs } = this.#room.world
    this.#plannedMs = nowMs
    this.#facts.set(this.id, this.#ownFacts())
    if (!this.#brain.isReady([...this.known.keys()], this.#facts, this.#claimedAtMs, nowMs)) return
    this.#weighing = this.#brain.weigh(this.#weighing, this.#facts, this.plan, nowMs)
    this.#room.resting = new Set([...this.#weighing.standings].filter(([, { isBenched }]) => isBenched).map(([id]) => id))
    const plan = this.#brain.planMeeting(this.#facts, this.plan, { term, standings: this.#weighing.standings })
    this.#room.checkPlan(plan, this.#facts)
    if (plan === this.plan && nowMs - this.#toldPlanMs < PLAN_AGAIN_MS) return
    this.#toldPlanMs = nowMs
    for (const id of this.known.keys()) this.#room.send(this.id, id, 'plan', (other) => other.hearPlan(this.id, plan))
    this.#planner = this.id
    if (plan !== this.plan) this.#follow(plan)
  }

  #tellOwnPlan(streams: MeetingPlan['streams']): void {
    const { nowMs } = this.#room.world
    if (nowMs - this.#toldPlanMs < PLAN_AGAIN_MS) return
    this.#toldPlanMs = nowMs
    const plan: MeetingPlan = { t: 'plan', term: this.truth.claims ?? 1, number: nowMs, streams }
    for (const id of this.known.keys()) this.#room.send(this.id, id, 'plan', (other) => other.hearPlan(this.id, plan))
  }

  #follow(plan: MeetingPlan | undefined): void {
    this.plan = plan
    this.#settle()
  }

  #wish(): void {
    const others = [...this.known.values()].toSorted((a, b) => a.id - b.id)
    const speaking = others.filter(({ isSpeaking }) => isSpeaking).map(({ id }) => id)
    const shown = [...new Set([...speaking, ...others.map(({ id }) => id)])]
    const { largeTiles, tiles } = this.truth
    const visible = shown
      .slice(0, largeTiles + tiles)
      .map((id, at) => ({ id, view: 'camera' as const, heightPx: at < largeTiles ? 480 : 120 }))
    const wanted = this.#brain.wants({ others, visible, speaking })
    if (JSON.stringify(wanted) === JSON.stringify(this.wanted)) return
    this.wanted = wanted
    if (this.conducting.following !== undefined && this.conducting.following !== this.id) this.#tellFacts(this.conducting.following)
    this.#settle()
  }

  #settle(): void {
    const here = new Set([...this.known.keys(), this.id])
    const plan = this.plan === undefined ? undefined : this.#brain.check(this.plan, here)
    const reach = { direct: new Set(this.known.keys()), sees: new Map() }
    const takes = this.#brain.parents(plan, this.id, this.wanted, reach, [], this.#told())
    this.takes = new Map(takes.map((want) => [`${want.source} ${want.layer}`, want]))
  }
}
