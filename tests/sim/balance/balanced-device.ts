/**
 * One device as the app runs its balancer: in each meeting it looks at the source, climbs to its picture, hears after a moment where
 * others pass on and then a plan, and writes into its own book what came of it.
 */

import { tellRtts } from '../../../src/core/balance/ask-forwarders.ts'
import type { ClientProfile } from '../../../src/core/balance/client-profile.ts'
import { askedFor, type ClimbEvent, type ClimbWord, dueSources, NO_CLIMBS } from '../../../src/core/balance/climb-to-source.ts'
import { NOWHERE, type Surroundings } from '../../../src/core/balance/look-at-source.ts'
import { EMPTY_BOOK, isBlocked, newsOfWay, type ProfileBook, talliesOf } from '../../../src/core/balance/profile-book.ts'
import { takesRedirects } from '../../../src/core/balance/shared-counts.ts'
import { isResting, NO_TALLY, type Outcome } from '../../../src/core/balance/tally.ts'
import { NO_MOVES } from '../../../src/core/balance/watch-moves.ts'
import { DRAWS } from '../../../src/core/balance/ways-to-source.ts'
import type { Technique } from '../../../src/protocol/balance.ts'
import type { MediaId } from '../../../src/protocol/media.ts'
import type { Want } from '../../../src/protocol/media-worker.ts'
import type { MeetingPlaces, MeetingPlan } from '../../../src/protocol/meeting.ts'
import type { Brain } from '../brain.ts'
import { type Random, seededRandom } from '../random.ts'
import type { Visit } from './crowd-truth.ts'
import type { Served, Shared } from './served.ts'
import { SELF, SOURCE, type TrueMeeting } from './true-meeting.ts'

const VISIT_MS = 20_000
/** Who has no picture by then stays until all were asked. */
const LONGEST_MS = 45_000
const STEP_MS = 100
/** When it hears where others pass on, and a plan that was made with its facts. */
const PLACES_MS = 200
const PLAN_MS = 10_000
/** A picture that was asked for and can come takes about this long, and by the standby so much longer. */
const COMING_MS = 400
const STANDBY_MS = 600
/** The worker tells its figures once a second. */
const TICK_MS = 1_000

export class BalancedDevice {
  book: ProfileBook = EMPTY_BOOK
  readonly #shared: Shared

  constructor(shared: Shared) {
    this.#shared = shared
  }

  visit(meeting: TrueMeeting): Served {
    return new Stay(this, this.#shared, meeting).run()
  }
}

/** In one meeting. */
class Stay {
  readonly #device: BalancedDevice
  readonly #shared: Shared
  readonly #meeting: TrueMeeting
  readonly #visit: Visit
  readonly #network: string
  readonly #profile: ClientProfile
  readonly #random: Random
  readonly #draw: number
  #nowMs = 0
  #climbs = NO_CLIMBS
  #moves = NO_MOVES
  #plan: MeetingPlan | undefined
  #places: MeetingPlaces = NOWHERE
  #want: Want | undefined
  #askedAtMs = 0
  #shownBy: MediaId | undefined
  #firstPictureMs: number | undefined
  #latencyMs: number | undefined
  #counts = { asked: 0, askedInVain: 0, unreachable: 0, redirects: 0 }
  #hasRested = false

  constructor(device: BalancedDevice, shared: Shared, meeting: TrueMeeting) {
    this.#device = device
    this.#shared = shared
    this.#meeting = meeting
    this.#visit = meeting.visit
    this.#network = meeting.visit.network.id
    this.#profile = shared.crowd.kindOf(meeting.visit.client).profile
    this.#random = seededRandom(meeting.visit.seed ^ 0x5eed)
    this.#draw = this.#random.next()
    this.#hasRested = this.#rests('redirect')
    for (const [id, rttMs] of meeting.rtts) {
      if (id !== SOURCE)
        this.#note({ kind: 'reached', network: this.#network, reflector: String(id), rttMs, path: 'direct', dialMs: COMING_MS })
    }
  }

  run(): Served {
    const { first } = this.#meeting
    this.#route()
    for (; this.#nowMs < VISIT_MS || (this.#shownBy === undefined && this.#nowMs < LONGEST_MS); this.#nowMs += STEP_MS) {
      if (this.#nowMs === PLACES_MS) this.#hear(first.plan, first.places)
      if (this.#nowMs === PLAN_MS) {
        this.#latencyMs = this.#shownBy === undefined ? undefined : this.#meeting.latencyMs(this.#shownBy)
        this.#hearPlanned()
      }
      this.#watch()
      if (this.#nowMs % TICK_MS === TICK_MS / 2) this.#tick()
    }
    const { asked, askedInVain, unreachable, redirects } = this.#counts
    return {
      latencyMs: this.#latencyMs,
      isLeftAlone: this.#shownBy === undefined && this.#couldAsk,
      unreachable,
      asked,
      askedInVain,
      firstPictureMs: this.#firstPictureMs ?? VISIT_MS,
      redirects,
      redirectRests: this.#rests('redirect'),
    }
  }

  #hear(plan: MeetingPlan, places: MeetingPlaces): void {
    const { world } = this.#shared
    const told = [...places.points.flatMap(({ reflectors }) => reflectors.map(([id]) => id)), ...places.list]
    for (const id of told)
      world.must(!this.#meeting.isInner(id), () => `client ${this.#visit.client} is told of ${id}, which only another network reaches`)
    this.#plan = plan
    this.#places = places
    this.#route()
  }

  #hearPlanned(): void {
    const rtts = tellRtts([...this.#meeting.rtts], this.#takesRedirects, (id) => this.#memberOf(id)?.isBlocked !== true)
    const { plan, places } = this.#meeting.planWith(rtts)
    this.#hear(plan, places)
  }

  #tick(): void {
    this.#watchMoves({ kind: 'tick', reachable: this.#unclimbed })
    if (this.#climb({ kind: 'tick' })) this.#route()
  }

  /** As `reroute` of the balancer. */
  #route(): void {
    const { brain } = this.#shared
    const around = this.#surroundings
    const [want] = brain.parents(this.#plan, SELF, [{ source: SOURCE, layer: 'main', maxTemporal: 2 }], around.reach)
    if (want === undefined) return
    const looked = brain.look(SOURCE, around)
    const asks = new Map(looked === undefined ? [] : [[SOURCE, looked.ask] as const])
    const due = looked === undefined ? [] : [...dueSources(this.#climbs, asks)]
    const draws = Array.from({ length: due.length === 0 ? 0 : DRAWS }, () => this.#random.next())
    const terms = { own: this.#tallies, priors: this.#shared.priors(this.#profile), nowMs: this.#wallMs, draws }
    const attempts = new Map(
      due.flatMap(([source, tried]) =>
        looked === undefined ? [] : [[source, brain.ways(source, looked, tried, around, terms).attempts] as const],
      ),
    )
    const shown = new Map(this.#shownBy === undefined ? [] : [[SOURCE, this.#shownBy] as const])
    this.#climb({ kind: 'sources', asks, attempts, shown })
    const forwardersFor = (source: MediaId) => askedFor(this.#climbs, source)
    const [routed = want] = brain.forwarders([want], {
      reachable: around.reach.direct,
      forwardersFor,
      takesRedirects: this.#takesRedirects,
    })
    this.#watchMoves({ kind: 'wants', wants: [routed], reachable: this.#unclimbed })
    if (routed.parent !== this.#want?.parent || routed.standby !== this.#want?.standby) this.#askedAtMs = this.#nowMs
    this.#want = routed
  }

  /** What of that comes in the world. */
  #watch(): void {
    const want = this.#want
    if (want === undefined) return
    const waitedMs = this.#nowMs - this.#askedAtMs
    const comes = (id: MediaId | undefined, afterMs: number) => id !== undefined && waitedMs >= afterMs && this.#meeting.works(id)
    const from = comes(want.parent, COMING_MS)
      ? want.parent
      : comes(want.standby, COMING_MS + STANDBY_MS)
        ? want.standby
        : waitedMs < COMING_MS + STANDBY_MS
          ? this.#shownBy
          : undefined
    if (from === this.#shownBy) return
    this.#shownBy = from
    if (from !== undefined) this.#firstPictureMs ??= this.#nowMs
    this.#watchMoves({ kind: 'shows', source: SOURCE, view: 'camera', from })
    if (this.#climb({ kind: 'shows', source: SOURCE, from })) this.#route()
  }

  #climb(event: ClimbEvent): boolean {
    const { next, notes, words, hasChanged } = this.#shared.brain.climbs(this.#climbs, event, this.#nowMs)
    this.#climbs = next
    for (const word of words) this.#check(word)
    for (const { attempt, outcome } of notes) this.#noteWay(attempt.technique, Number(attempt.reflector), outcome)
    return hasChanged
  }

  #check(word: ClimbWord): void {
    if (word.kind !== 'asks') return
    const { world } = this.#shared
    const { technique, reflector } = word.attempt
    const id = Number(reflector)
    this.#counts.asked++
    if (!this.#meeting.works(id)) this.#counts.askedInVain++
    if (technique === 'redirect' && !this.#hasRested) this.#counts.redirects++
    if (!this.#meeting.isLinked(id)) this.#counts.unreachable++
    world.trace.add(`${this.#visit.client} ${technique} ${reflector}`)
    const isLeft = isBlocked(this.#device.book, this.#network, `passes ${id}`, this.#wallMs)
    world.must(!isLeft, () => `client ${this.#visit.client} asks ${id}, which passed nothing on lately`)
    const isTold = this.#nowMs > PLACES_MS
    world.must(!isTold || !this.#meeting.isClosed(id), () => `client ${this.#visit.client} asks ${id}, who passes nothing on`)
    world.must(
      technique === 'proxy' || !this.#rests(technique),
      () => `client ${this.#visit.client} tries ${technique}, which failed lately`,
    )
  }

  #watchMoves(event: Parameters<Brain['moves']>[1]): void {
    const { next, judged } = this.#shared.brain.moves(this.#moves, event, this.#nowMs)
    this.#moves = next
    for (const { parent, outcome } of judged) {
      if (!this.#hasRested) this.#counts.redirects++
      this.#noteWay('redirect', parent, outcome)
    }
  }

  #noteWay(technique: Technique, by: MediaId, outcome: Outcome): void {
    const passing = by === SOURCE ? undefined : `passes ${by}`
    const way = { client: this.#profile, technique, network: this.#network, passing }
    for (const news of newsOfWay(this.#device.book, way, outcome)) this.#note(news)
    this.#shared.tell(this.#profile, technique, outcome.kind === 'worked')
    this.#hasRested ||= this.#rests('redirect')
  }

  #note(news: Parameters<Brain['note']>[1]): void {
    this.#device.book = this.#shared.brain.note(this.#device.book, news, this.#wallMs)
  }

  #memberOf(id: MediaId) {
    const rttMs = this.#meeting.rtts.get(id)
    if (rttMs === undefined) return undefined
    const names = {
      network: this.#network,
      device: id === SOURCE ? undefined : String(id),
      passing: id === SOURCE ? undefined : `passes ${id}`,
    }
    const link = { isLinked: true, isByServer: id === SOURCE && this.#visit.sourceLink === 'server', rttMs, composes: 0 }
    return this.#shared.brain.seen(this.#device.book, names, link, this.#wallMs)
  }

  get #surroundings(): Surroundings {
    const { reach, hinted } = this.#meeting
    const takes = this.#takesRedirects
    return {
      plan: this.#plan,
      self: SELF,
      reach,
      places: this.#places,
      hinted,
      takesRedirects: takes,
      memberOf: (id) => this.#memberOf(id),
    }
  }

  get #takesRedirects(): boolean {
    const own = this.#tallies.get('redirect') ?? NO_TALLY
    return takesRedirects(own, this.#shared.priors(this.#profile).get('redirect'), this.#draw, this.#wallMs)
  }

  get #couldAsk(): boolean {
    const { reach } = this.#meeting
    return [...reach.direct].some((id) => this.#meeting.works(id) && this.#memberOf(id)?.isBlocked !== true)
  }

  get #tallies() {
    return talliesOf(this.#device.book, this.#profile)
  }

  get #unclimbed(): ReadonlySet<MediaId> {
    return new Set([...this.#meeting.reach.direct].filter((id) => !this.#climbs.has(id)))
  }

  #rests(technique: Technique): boolean {
    return isResting(this.#tallies.get(technique) ?? NO_TALLY, this.#wallMs)
  }

  get #wallMs(): number {
    return this.#visit.atMs + this.#nowMs
  }
}
