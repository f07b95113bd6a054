/**
 * The balancer of a room in this tab: tells the book what happens to links, pictures and carriers, and answers by it; and while
 * this tab plans the meeting, says to whom it tells where streams are passed on. What follows from what is decided in core/balance.
 */
import { askForwarders, tellRtts } from '../../core/balance/ask-forwarders.ts'
import { type ClientProfile, clientProfile } from '../../core/balance/client-profile.ts'
import { explainPlaces } from '../../core/balance/explain-pick.ts'
import { firstCarrier } from '../../core/balance/profile-book.ts'
import { NOBODY_TOLD, notTold, tellPlaces } from '../../core/balance/tell-places.ts'
import { NO_HOPS, watchCarriers } from '../../core/balance/watch-carriers.ts'
import { type MovesEvent, NO_MOVES, stepMoves } from '../../core/balance/watch-moves.ts'
import type { PlannedRound } from '../../core/call/overlay/log-round.ts'
import type { Around, Balance, Decision } from '../../ports/balance.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link, Links } from '../../ports/link.ts'
import type { Presence } from '../../ports/room-state.ts'
import { type Bytes, toBase64Url } from '../../protocol/bytes.ts'
import { LINK_DIAL_MS } from '../../protocol/limits.ts'
import type { MediaId } from '../../protocol/media.ts'
import type { Carrier, MediaFigures, MediaNews, Want } from '../../protocol/media-worker.ts'
import type { MeetingMessage, MeetingPlaces } from '../../protocol/meeting.ts'
import type { HomeMark } from '../../protocol/room-link.ts'
import { watchLinks } from '../link/watch-links.ts'
import { loadDrawerKey } from '../room/device-key.ts'
import { Climbing } from './climbing.ts'
import { DeviceBook } from './device-book.ts'
import { probeAbilities } from './probe-abilities.ts'
import { type KeptProfiles, loadProfiles, type ProfileDrawer } from './profile-store.ts'
import { type NetworkSeen, readNetwork } from './read-network.ts'

export type BalanceOptions = {
  readonly links: Links
  /** What members say that they do. */
  readonly presence: Pick<Presence, 'all'>
  readonly values: ValueStore
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  readonly signal: AbortSignal
  readonly iceServers: readonly RTCIceServer[]
  /** Whom the link that was followed names. */
  readonly homes: readonly HomeMark[]
  /** Of the relay, which is the page's. */
  readonly origin: string
  /** Keyed prefix of this tab's network as the relay tells it. */
  readonly segment: () => Bytes | undefined
  /** Somebody else is to be asked for a stream. */
  readonly onChange: () => void
}

export async function openBalance(options: BalanceOptions): Promise<Balance> {
  const drawer: ProfileDrawer = { values: options.values, key: await loadDrawerKey(), random: options.random }
  const [kept, seen] = await Promise.all([loadProfiles(drawer), readNetwork(options.iceServers, options.clock)])
  const [byte = 0] = options.random(1)
  return new DeviceBalance({ ...options, drawer, kept, seen, client: clientProfile(probeAbilities()), draw: (byte + 0.5) / 256 })
}

export type BalanceParts = Omit<BalanceOptions, 'values' | 'iceServers'> & {
  readonly drawer: ProfileDrawer
  readonly kept: KeptProfiles
  readonly seen: NetworkSeen
  readonly client: ClientProfile
  /** Between 0 and 1, one for each call. */
  readonly draw: number
}

type Dial = { readonly sinceMs: number; outcome: 'waiting' | 'reached' | 'failed' }

export class DeviceBalance implements Balance {
  readonly #parts: BalanceParts
  readonly #book: DeviceBook
  readonly #climbing: Climbing
  readonly #dials = new Map<Link, Dial>()
  #moves = NO_MOVES
  #carriers = NO_HOPS
  #reachable: ReadonlySet<MediaId> = new Set()
  /** Of the members of this meeting, as they told this tab. */
  readonly #segments = new Map<MediaId, string>()
  #told = NOBODY_TOLD
  #places: { readonly from: MediaId; readonly places: MeetingPlaces } | undefined

  constructor(parts: BalanceParts) {
    this.#parts = parts
    this.#book = new DeviceBook(parts, () => this.#lookAtLinks())
    this.#climbing = new Climbing({ ...parts, book: this.#book })
    const stop = watchLinks(parts.links, () => this.#lookAtLinks())
    parts.signal.addEventListener('abort', stop)
  }

  get decisions(): readonly Decision[] {
    return this.#book.decisions
  }

  get firstCarrier(): Carrier {
    return firstCarrier(this.#book.book, this.#book.network ?? '', this.#book.nowMs)
  }

  get takesRedirects(): boolean {
    return this.#book.takesRedirects
  }

  tellRtts(rtts: readonly [MediaId, number][]): [MediaId, number][] {
    return tellRtts(rtts, this.takesRedirects, (id) => this.mayTakeFrom(id))
  }

  mayTakeFrom(id: MediaId): boolean {
    return this.#book.mayTakeFrom(id)
  }

  reroute(wants: readonly Want[], around: Around): readonly Want[] {
    const { direct } = around.reach
    const told = this.#places?.from === around.conductor ? this.#places?.places : undefined
    this.#climbing.follow(wants, around, told)
    const { sources } = this.#climbing
    this.#reachable = new Set([...direct].filter((id) => !sources.has(id)))
    const forwardersFor = (source: MediaId) => this.#climbing.forwardersFor(source)
    const routed = askForwarders(wants, { reachable: direct, forwardersFor, takesRedirects: this.takesRedirects })
    this.#watchMoves({ kind: 'wants', wants: routed, reachable: this.#reachable })
    return routed
  }

  hear(news: MediaNews): void {
    if (news.t === 'figures') this.#look(news.figures)
    if (news.t === 'parent-lossy') this.#leave(news.parent)
    if (news.t !== 'shows') return
    this.#watchMoves({ kind: 'shows', source: news.source, view: news.view, from: news.from })
    if (this.#climbing.shows(news.source, news.from)) this.#parts.onChange()
  }

  heard(from: MediaId, message: MeetingMessage): void {
    if (message.t === 'network') this.#segments.set(from, toBase64Url(message.segment))
    if (message.t !== 'places') return
    this.#places = { from, places: message }
    this.#book.say('places', explainPlaces(message))
    this.#parts.onChange()
  }

  planned(
    { facts, plan, standings, atMs }: PlannedRound,
    others: readonly MediaId[],
    tell: (id: MediaId, places: MeetingPlaces) => boolean,
  ): void {
    for (const id of this.#segments.keys()) if (!others.includes(id)) this.#segments.delete(id)
    const own = this.#parts.segment()
    const self = [...facts.keys()].find((id) => !others.includes(id))
    const segments = new Map(this.#segments)
    if (self !== undefined && own !== undefined) segments.set(self, toBase64Url(own))
    const present = self === undefined ? others : [self, ...others]
    const step = tellPlaces(this.#told, present, { facts, plan, standings, segments, nowMs: atMs })
    this.#told = step.next
    for (const [id, places] of step.tell) {
      if (id === self) this.heard(id, places)
      else if (!tell(id, places)) this.#told = notTold(this.#told, id)
    }
  }

  /** How it was chosen was not at fault; whom it led to is. */
  #leave(parent: MediaId): void {
    this.#book.noteLossy(parent)
    this.#book.say('way', `#${parent} passed on only a part of a picture; another is asked, and that one again later`)
    this.#parts.onChange()
  }

  /** Once a second while there is a call. */
  #look({ hops }: MediaFigures): void {
    this.#lookAtLinks()
    this.#watchMoves({ kind: 'tick', reachable: this.#reachable })
    if (this.#climbing.tick()) this.#parts.onChange()
    const { next, judged } = watchCarriers(this.#carriers, hops, (hop) => this.#book.linkOf(hop)?.rttMs, this.#monotonicMs)
    this.#carriers = next
    const { network } = this.#book
    if (network === undefined) return
    for (const { carrier, outcome } of judged) {
      this.#book.note({ kind: 'carrier', network, carrier, outcome })
      if (outcome.kind === 'failed') this.#book.say('carrier', 'the channel lost or delayed too much in this network')
    }
  }

  #lookAtLinks(): void {
    const { links } = this.#parts
    const present = new Set(links.all())
    for (const link of this.#dials.keys()) if (!present.has(link)) this.#dials.delete(link)
    for (const link of present) {
      const dial: Dial = this.#dials.get(link) ?? { sinceMs: this.#monotonicMs, outcome: 'waiting' }
      this.#dials.set(link, dial)
      this.#lookAtLink(link, dial)
    }
  }

  /** Each link is told of once it stands, and once when it does not come to stand. */
  #lookAtLink(link: Link, dial: Dial): void {
    const [network, reflector] = [this.#book.network, this.#book.nameOf(link)]
    if (network === undefined || reflector === undefined) return
    const waitedMs = this.#monotonicMs - dial.sinceMs
    if (link.state === 'connected' && link.rttMs !== undefined && dial.outcome !== 'reached') {
      dial.outcome = 'reached'
      this.#book.note({ kind: 'reached', network, reflector, rttMs: link.rttMs, path: link.path, dialMs: waitedMs })
    } else if (link.state === 'connecting' && dial.outcome === 'waiting' && waitedMs >= LINK_DIAL_MS) {
      dial.outcome = 'failed'
      this.#book.note({ kind: 'not-reached', network, reflector })
    }
  }

  #watchMoves(event: MovesEvent): void {
    const { next, judged } = stepMoves(this.#moves, event, this.#monotonicMs)
    this.#moves = next
    for (const { parent, outcome } of judged) {
      this.#book.noteTechnique('redirect', parent, outcome)
      if (outcome.kind === 'failed') this.#book.say('redirect', `#${parent} passed nothing on; it is asked again later`)
    }
  }

  /** Of what is waited for. */
  get #monotonicMs(): number {
    return this.#parts.clock.monotonicMs()
  }
}
