/**
 * The balancer of a room in this tab: tells the book what happens to links, pictures and carriers, and answers by it. What
 * follows from what is decided in core/balance.
 */
import { askForwarders, unplannedBridges } from '../../core/balance/ask-forwarders.ts'
import { type ClientProfile, clientProfile } from '../../core/balance/client-profile.ts'
import { askedFor, type ClimbEvent, NO_CLIMBS, stepClimbs } from '../../core/balance/climb-to-source.ts'
import { explainPick } from '../../core/balance/explain-pick.ts'
import { type Candidate, orderReflectors, type Pick } from '../../core/balance/metrics.ts'
import { candidateOf } from '../../core/balance/offer-reflectors.ts'
import { type BookNews, firstCarrier, isBlocked, noteInBook, talliesOf } from '../../core/balance/profile-book.ts'
import { takesRedirects } from '../../core/balance/shared-counts.ts'
import { NO_TALLY, type Outcome } from '../../core/balance/tally.ts'
import { NO_HOPS, watchCarriers } from '../../core/balance/watch-carriers.ts'
import { type MovesEvent, NO_MOVES, stepMoves } from '../../core/balance/watch-moves.ts'
import type { Around, Balance, Decision } from '../../ports/balance.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link, Links } from '../../ports/link.ts'
import type { Technique } from '../../protocol/balance.ts'
import { type Bytes, toBase64Url } from '../../protocol/bytes.ts'
import { DECISIONS_KEPT, LINK_DIAL_MS, PROFILE_SAVE_MS } from '../../protocol/limits.ts'
import { type MediaId, mediaIdOf } from '../../protocol/media.ts'
import { type Carrier, isVoice, type MediaFigures, type MediaNews, type Want } from '../../protocol/media-worker.ts'
import { type HomeMark, homeMark } from '../../protocol/room-link.ts'
import { watchLinks } from '../link/watch-links.ts'
import { loadDrawerKey } from '../room/device-key.ts'
import { Counted } from './counted.ts'
import { probeAbilities } from './probe-abilities.ts'
import { type KeptProfiles, loadProfiles, type ProfileDrawer, saveProfiles } from './profile-store.ts'
import { type NetworkSeen, readNetwork } from './read-network.ts'
import { Salted } from './salted.ts'

export type BalanceOptions = {
  readonly links: Links
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

const IDLE = { reflect: 0, composite: 0, turn: 0 }
/** The longest round trip that facts can tell: whoever plans has another pass on, while there is another. */
const FAREST_MS = 60_000
/** How much the others can do is told to the conductor alone. */
const UNTOLD = Number.POSITIVE_INFINITY

export class DeviceBalance implements Balance {
  readonly decisions: Decision[] = []
  readonly #parts: BalanceParts
  readonly #salted: Salted
  readonly #dials = new Map<Link, Dial>()
  readonly #counted: Counted
  #book: KeptProfiles['book']
  #moves = NO_MOVES
  #climbs = NO_CLIMBS
  #carriers = NO_HOPS
  #reachable: ReadonlySet<MediaId> = new Set()
  #cancelSave: (() => void) | undefined

  constructor(parts: BalanceParts) {
    this.#parts = parts
    this.#book = parts.kept.book
    const { clock, signal, client, origin, draw } = parts
    this.#counted = new Counted(parts.kept.told, { clock, signal, client, origin, draw, onChange: () => this.#saveSoon() })
    this.#salted = new Salted(parts.kept.salt, () => this.#lookAtLinks())
    const stop = watchLinks(parts.links, () => this.#lookAtLinks())
    parts.signal.addEventListener('abort', () => {
      stop()
      if (this.#cancelSave !== undefined) void this.#save()
    })
  }

  get firstCarrier(): Carrier {
    return firstCarrier(this.#book, this.#network ?? '', this.#nowMs)
  }

  /** Redirects work for this device; otherwise it takes everything from its source. */
  get takesRedirects(): boolean {
    const own = talliesOf(this.#book, this.#parts.client).get('redirect') ?? NO_TALLY
    return takesRedirects(own, this.#counted.priors.get('redirect'), this.#parts.draw, this.#nowMs)
  }

  tellRtts(rtts: readonly [MediaId, number][]): [MediaId, number][] {
    const { takesRedirects } = this
    return rtts.map(([id, rttMs]) => [id, takesRedirects && this.mayTakeFrom(id) ? rttMs : FAREST_MS])
  }

  /** False: what that one should have passed on did not come, lately and in this network. */
  mayTakeFrom(id: MediaId): boolean {
    const [network, reflector] = [this.#network, this.#nameOf(id)]
    return network === undefined || reflector === undefined || !isBlocked(this.#book, network, reflector, this.#nowMs)
  }

  reroute(wants: readonly Want[], { plan, self, reach }: Around): readonly Want[] {
    const reachable = reach.direct
    const bridges = unplannedBridges(plan, self, reach)
    this.#reachable = reachable
    // Only of a picture is seen whether it comes.
    const lost = new Set(wants.filter(({ source, layer }) => !reachable.has(source) && !isVoice(layer)).map(({ source }) => source))
    const orders = new Map([...lost].map((source) => [source, this.#order(bridges(source))]))
    this.#climb({ kind: 'sources', orders, hinted: this.#hinted() })
    const forwardersFor = (source: MediaId) => askedFor(this.#climbs, source)
    const routed = askForwarders(wants, { reachable, forwardersFor, takesRedirects: this.takesRedirects })
    this.#watchMoves({ kind: 'wants', wants: routed, reachable })
    return routed
  }

  hear(news: MediaNews): void {
    if (news.t === 'figures') this.#look(news.figures)
    if (news.t !== 'shows') return
    this.#watchMoves({ kind: 'shows', source: news.source, view: news.view, from: news.from })
    if (news.from !== undefined) this.#climb({ kind: 'shows', source: news.source, from: news.from })
  }

  /** Once a second while there is a call. */
  #look({ hops }: MediaFigures): void {
    this.#lookAtLinks()
    this.#watchMoves({ kind: 'tick', reachable: this.#reachable })
    if (this.#climb({ kind: 'tick' })) this.#parts.onChange()
    const { next, judged } = watchCarriers(this.#carriers, hops, (hop) => this.#linkOf(hop)?.rttMs, this.#monotonicMs)
    this.#carriers = next
    const network = this.#network
    if (network === undefined) return
    for (const { carrier, outcome } of judged) {
      this.#note({ kind: 'carrier', network, carrier, outcome })
      if (outcome.kind === 'failed') this.#say('carrier', 'the channel lost or delayed too much in this network')
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
    const [network, reflector] = [this.#network, this.#salted.name(link.device)]
    if (network === undefined || reflector === undefined) return
    const waitedMs = this.#monotonicMs - dial.sinceMs
    if (link.state === 'connected' && link.rttMs !== undefined && dial.outcome !== 'reached') {
      dial.outcome = 'reached'
      this.#note({ kind: 'reached', network, reflector, rttMs: link.rttMs, path: link.path, dialMs: waitedMs })
    } else if (link.state === 'connecting' && dial.outcome === 'waiting' && waitedMs >= LINK_DIAL_MS) {
      dial.outcome = 'failed'
      this.#note({ kind: 'not-reached', network, reflector })
    }
  }

  #watchMoves(event: MovesEvent): void {
    const { next, judged } = stepMoves(this.#moves, event, this.#monotonicMs)
    this.#moves = next
    for (const { parent, outcome } of judged) {
      this.#noteTechnique('redirect', parent, outcome)
      if (outcome.kind === 'failed') this.#say('redirect', `#${parent} passed nothing on; it is asked again later`)
    }
  }

  /** Whether somebody else is to be asked now. */
  #climb(event: ClimbEvent): boolean {
    const { next, notes, hasChanged } = stepClimbs(this.#climbs, event, this.#monotonicMs)
    this.#climbs = next
    for (const { attempt, outcome } of notes) this.#noteTechnique(attempt.technique, Number(attempt.reflector), outcome)
    return hasChanged
  }

  #noteTechnique(technique: Technique, parent: MediaId, outcome: Outcome): void {
    const hasWorked = outcome.kind === 'worked'
    this.#counted.note(technique, hasWorked)
    this.#note({ kind: 'technique', client: this.#parts.client, technique, outcome })
    const [network, reflector] = [this.#network, this.#nameOf(parent)]
    if (!hasWorked && network !== undefined && reflector !== undefined) this.#note({ kind: 'not-reached', network, reflector })
  }

  #hinted(): ReadonlySet<MediaId> {
    const { homes, links } = this.#parts
    const named = homes.length === 0 ? [] : links.all().filter(({ device }) => homes.includes(homeMark(device)))
    return new Set(named.map(({ peer }) => mediaIdOf(peer)))
  }

  /** Of those who may be asked, the best first. */
  #order(among: readonly MediaId[]): readonly MediaId[] {
    const picks = orderReflectors(this.#candidates(among), this.#network ?? '', 'reflect')
    const [best]: readonly (Pick | undefined)[] = picks
    if (best !== undefined) this.#say('forwarder', explainPick(best))
    return picks.flatMap(({ picked }) => (picked === undefined ? [] : [Number(picked.id)]))
  }

  #candidates(among: readonly MediaId[]): readonly Candidate[] {
    const network = this.#network ?? ''
    return among.flatMap((id) => {
      const link = this.#linkOf(id)
      if (link === undefined) return []
      const name = this.#salted.name(link.device) ?? String(id)
      const reflector = { id: name, isOnLease: this.#reachable.has(id), onlyIn: undefined, load: IDLE, units: UNTOLD }
      const known = candidateOf(this.#book, reflector, link.state === 'connected', network, this.#nowMs)
      return [{ ...known, id: String(id), rttMs: link.rttMs ?? known.rttMs }]
    })
  }

  #say(about: Decision['about'], why: string): void {
    if (this.decisions.at(-1)?.why === why) return
    this.decisions.push({ atMs: this.#nowMs, about, why })
    if (this.decisions.length > DECISIONS_KEPT) this.decisions.shift()
  }

  #note(news: BookNews): void {
    this.#book = noteInBook(this.#book, news, this.#nowMs)
    this.#saveSoon()
  }

  #saveSoon(): void {
    this.#cancelSave ??= this.#parts.clock.after(PROFILE_SAVE_MS, () => void this.#save())
  }

  async #save(): Promise<void> {
    this.#cancelSave?.()
    this.#cancelSave = undefined
    const { drawer, kept } = this.#parts
    // What is learned is a comfort: where it cannot be kept it holds for this visit.
    await saveProfiles(drawer, { ...kept, book: this.#book, told: this.#counted.told }).catch(() => undefined)
  }

  /** Of what is kept. */
  get #nowMs(): number {
    return this.#parts.clock.nowMs()
  }

  /** Of what is waited for. */
  get #monotonicMs(): number {
    return this.#parts.clock.monotonicMs()
  }

  /** Undefined until it is known and hashed. */
  get #network(): string | undefined {
    const { seen, segment } = this.#parts
    const told = segment()
    return this.#salted.name(`network ${seen.prefix ?? (told === undefined ? 'unknown' : toBase64Url(told))} ${seen.nat}`)
  }

  #linkOf(id: MediaId): Link | undefined {
    return this.#parts.links.all().find(({ peer }) => mediaIdOf(peer) === id)
  }

  #nameOf(id: MediaId): string | undefined {
    const link = this.#linkOf(id)
    return link && this.#salted.name(link.device)
  }
}
