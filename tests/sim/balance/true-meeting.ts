/**
 * One meeting into which a device comes: its source, ten members who take the picture, their links and lines; what the conductor plans
 * and tells by the real core, and how long the picture takes by each way. The oracle looks at all of it.
 */
import { renewLeases } from '../../../src/core/balance/find-places.ts'
import type { Reach } from '../../../src/core/call/overlay/find-parents.ts'
import { loadsOf } from '../../../src/core/call/overlay/weigh-carriers.ts'
import type { MediaId } from '../../../src/protocol/media.ts'
import type { MeetingFacts, MeetingPlaces, MeetingPlan } from '../../../src/protocol/meeting.ts'
import type { Brain } from '../brain.ts'
import { type Random, seededRandom } from '../random.ts'
import { type Crowd, distance, placeIn, type TrueMember, type Visit } from './crowd-truth.ts'

export const SELF: MediaId = 10_001
export const SOURCE: MediaId = 10_002

const PICTURE_KBPS = 700
const MEMBERS = 10
const HOP_MS = 3
/** A line that is asked for more than it has: frames wait, and longer the more it is asked for. */
const WAIT_MS = 100
/** Links of others to each other and to the source that do not come to stand. */
const APART = 0.12
/** What would come at another time does not come now. */
const SLIP = 0.02
/** What a measure of a round trip is off by. */
const NOISE = 0.05

type Told = { readonly plan: MeetingPlan; readonly places: MeetingPlaces }
type TrueSource = Pick<TrueMember, 'x' | 'y' | 'id' | 'network' | 'isInner'> & { readonly uplinkKbps: number }

export class TrueMeeting {
  readonly members: readonly TrueMember[]
  readonly visit: Visit
  /** As the device measures them, of links that stand. */
  readonly rtts: ReadonlyMap<MediaId, number>
  readonly reach: Reach
  /** Before anybody heard of the newcomer. */
  readonly first: Told
  readonly #crowd: Crowd
  readonly #brain: Brain
  readonly #source: TrueSource
  /** Its last mile. */
  readonly #sourceMs: number
  /** What a server on the way adds. */
  readonly #detourMs: number
  readonly #facts: ReadonlyMap<MediaId, MeetingFacts>
  readonly #byId: ReadonlyMap<MediaId, TrueMember>
  /** Of the list that it gets. */
  readonly #turn: number
  readonly #slips: ReadonlySet<MediaId>
  /** What is planned by now. */
  #plan: MeetingPlan
  #loads: ReturnType<typeof loadsOf> | undefined

  constructor(crowd: Crowd, brain: Brain, visit: Visit) {
    const random = seededRandom(visit.seed)
    this.#crowd = crowd
    this.#brain = brain
    this.visit = visit
    this.members = membersOf(crowd, visit, random)
    this.#byId = new Map(this.members.map((one) => [one.id, one]))
    const uplinkKbps = visit.sourceLink === 'full' ? random.between(3, 5) * PICTURE_KBPS : 40_000
    this.#source = { ...placeIn(random, 100), id: SOURCE, network: 'of the source', isInner: false, uplinkKbps }
    this.#sourceMs = random.between(4, 20)
    this.#detourMs = random.between(2, 15)
    this.#turn = random.below(1_000)
    const all = [...this.members, this.#source]
    this.#slips = new Set(all.flatMap(({ id }) => (random.chance(SLIP) ? [id] : [])))
    const linked = linksAmong(all, random)
    this.#facts = new Map(all.map((one) => [one.id, factsOf(one, linked.get(one.id) ?? [])]))
    this.rtts = this.#measure(random)
    this.reach = {
      direct: new Set(this.rtts.keys()),
      sees: new Map([...linked].map(([id, rtts]) => [id, new Set(rtts.map(([other]) => other))])),
    }
    this.#plan = brain.planMeeting(this.#facts, undefined, { term: 1, standings: new Map() })
    this.first = this.#tell(this.#facts, false)
  }

  /** With what the newcomer told of itself. */
  planWith(rtts: readonly [MediaId, number][]): Told {
    const rounded = rtts.map(([id, ms]): [MediaId, number] => [id, Math.round(ms)])
    const facts = new Map(this.#facts).set(SELF, { ...factsOf({ id: SELF, uplinkKbps: 2_000 }, rounded), forwards: 0 })
    this.#plan = this.#brain.planMeeting(facts, this.first.plan, { term: 1, standings: new Map() })
    this.#loads = undefined
    return this.#tell(facts, true)
  }

  /** Whom the link names: who was near when it was made. */
  get hinted(): ReadonlySet<MediaId> {
    const { network, hasHint } = this.visit
    const open = this.members.filter(({ isInner }) => !isInner)
    const near = open.toSorted((a, b) => distance(network, a) - distance(network, b)).slice(0, 2)
    return new Set(hasHint ? near.map(({ id }) => id) : [])
  }

  isInner(id: MediaId): boolean {
    const member = this.#byId.get(id)
    return member?.isInner === true && member.network !== this.visit.network.id
  }

  isClosed(id: MediaId): boolean {
    return this.#byId.get(id)?.isClosed === true
  }

  isLinked(id: MediaId): boolean {
    return this.reach.direct.has(id)
  }

  /** Whether the picture comes by it at all. However it was chosen: who passes on for all is the same whoever names it. */
  works(id: MediaId): boolean {
    const { network, client, sourceLink } = this.visit
    const kind = this.#crowd.kindOf(client)
    if (!this.isLinked(id)) return false
    if (id === SOURCE) return sourceLink !== 'server' || (kind.turnWorks && !this.#slips.has(id))
    const member = this.#byId.get(id)
    if (member === undefined || member.isClosed || network.mute.has(id) || this.#slips.has(id)) return false
    return (!member.isSteady || kind.redirectWorks) && this.reach.sees.get(id)?.has(SOURCE) === true
  }

  /** The source is equally far from all of them: of that part of the way its last mile is counted, and a hop. */
  latencyMs(id: MediaId): number {
    const { network, sourceLink } = this.visit
    if (id === SOURCE) return this.#straightMs() + (sourceLink === 'full' ? WAIT_MS : 0)
    const member = this.#byId.get(id)
    if (member === undefined) return Number.POSITIVE_INFINITY
    return this.#sourceMs + HOP_MS + network.accessMs + distance(network, member) + this.#waitMs(id)
  }

  /** The least latency that anybody could have found; undefined: there is no way. */
  oracle(): number | undefined {
    const ways = [...this.reach.direct].filter((id) => this.works(id)).map((id) => this.latencyMs(id))
    return ways.length === 0 ? undefined : Math.min(...ways)
  }

  #straightMs(): number {
    const { network, sourceLink } = this.visit
    return this.#sourceMs + network.accessMs + (sourceLink === 'server' ? this.#detourMs : 0)
  }

  /** With one more copy. */
  #waitMs(id: MediaId): number {
    this.#loads ??= loadsOf(this.#facts, this.#plan)
    const load = this.#loads.get(id)?.kbps ?? 0
    const share = (load + PICTURE_KBPS) / Math.max(1, this.#facts.get(id)?.uplinkKbps ?? 1)
    return share > 1 ? WAIT_MS * Math.min(2, share) : 0
  }

  #measure(random: Random): ReadonlyMap<MediaId, number> {
    const { network, sourceLink } = this.visit
    const open = this.members.filter(({ id }) => network.reaches.has(id))
    const rtts = open.map((one): [MediaId, number] => [one.id, network.accessMs + distance(network, one)])
    const straight: [MediaId, number][] = sourceLink === 'none' ? [] : [[SOURCE, this.#straightMs()]]
    return new Map([...rtts, ...straight].map(([id, ms]) => [id, measured(ms, random)]))
  }

  #tell(facts: ReadonlyMap<MediaId, MeetingFacts>, isPlanned: boolean): Told {
    const nowMs = 60_000
    const leases = new Map([...renewLeases(new Map(), facts, 0)].map(([id, lease]) => [id, { ...lease, heardMs: nowMs }]))
    const homes = [...this.members, this.#source].map(({ id, network }): [MediaId, string] => [id, network])
    const segments = new Map([...homes, [SELF, this.visit.network.id]])
    const found = this.#brain.places({ facts, plan: this.#plan, standings: new Map(), leases, segments, nowMs })
    return { plan: this.#plan, places: this.#brain.placesFor(SELF, found, isPlanned, this.#turn) }
  }
}

/** Those of its own office, sometimes those of another, and ten from anywhere. */
function membersOf({ members }: Crowd, { network }: Visit, random: Random): readonly TrueMember[] {
  const inner = members.filter(({ isInner }) => isInner)
  const office = random.chance(0.3) ? random.pick(inner).network : undefined
  const near = members.filter((one) => one.network === network.id || one.network === office)
  const others = members.filter((one) => !one.isInner && !near.includes(one))
  return [...near, ...random.shuffled(others).slice(0, MEMBERS)]
}

/** And how far they are from each other, as each measures it. */
function linksAmong(all: readonly (TrueMember | TrueSource)[], random: Random): ReadonlyMap<MediaId, [MediaId, number][]> {
  const links = new Map(all.map(({ id }): [MediaId, [MediaId, number][]] => [id, []]))
  for (const [n, one] of all.entries()) {
    for (const other of all.slice(n + 1)) {
      const isNear = one.network === other.network
      if (!isNear && (one.isInner || other.isInner || random.chance(APART))) continue
      links.get(one.id)?.push([other.id, Math.round(measured(distance(one, other), random))])
      links.get(other.id)?.push([one.id, Math.round(measured(distance(one, other), random))])
    }
  }
  return links
}

function measured(ms: number, random: Random): number {
  return Math.max(1, ms * (1 - NOISE + 2 * NOISE * random.next()))
}

function factsOf(one: TrueMember | Pick<TrueSource, 'id' | 'uplinkKbps'>, rtts: [MediaId, number][]): MeetingFacts {
  const isSource = one.id === SOURCE
  const main = { layer: 'main' as const, kbps: PICTURE_KBPS, packetsPerSecond: 30 }
  const isMember = 'lineKbps' in one
  return {
    t: 'facts',
    uplinkKbps: Math.round(isMember ? one.lineKbps * (1 - one.busyShare) : one.uplinkKbps),
    downlinkKbps: 100_000,
    packetsPerSecond: 20_000,
    forwards: isSource || (isMember && one.isClosed) ? 0 : 32,
    isSteady: !isMember || one.isSteady,
    rtts,
    sends: isSource ? [main] : [],
    wants: isSource ? [] : [[SOURCE, 'main']],
    delivered: [],
  }
}
