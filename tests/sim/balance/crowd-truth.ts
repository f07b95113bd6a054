/**
 * What is true of a crowd, and nobody in it knows: who reaches whom from which network, which techniques work for which
 * kind of client, how far everybody is from everybody, how busy each reflector is. All of it drifts. The same seed gives
 * the same crowd and the same visits, whoever decides.
 */
import { type ClientProfile, clientProfile } from '../../../src/core/balance/client-profile.ts'
import type { Reflector } from '../../../src/core/balance/metrics.ts'
import { CLIENT_CLASSES, ENGINES, TECHNIQUES, type Technique } from '../../../src/protocol/balance.ts'
import { type Random, seededRandom } from '../random.ts'

type Place = { readonly x: number; readonly y: number }

export type TrueReflector = Place & {
  readonly id: string
  readonly units: number
  /** Work it has without us, as a share, which wanders. */
  backgroundShare: number
  isOnLease: boolean
  /** The office whose network alone reaches it. */
  readonly onlyIn: string | undefined
  /** Visits it serves now. */
  sessions: number
}

export type TrueNetwork = Place & {
  readonly id: string
  /** The last mile. */
  readonly accessMs: number
  readonly isFirewalled: boolean
  reaches: ReadonlySet<string>
}
type TrueKind = { readonly profile: ClientProfile; works: ReadonlySet<Technique> }
export type Visit = {
  readonly atMs: number
  readonly client: number
  readonly network: TrueNetwork
  /** The reflector by which it came in. */
  readonly entryTurn: number
  readonly hasHint: boolean
  /** For each technique: a slip happens to the best. */
  readonly slips: ReadonlySet<Technique>
  readonly seed: number
}

export const DAY_MS = 24 * 60 * 60_000
const HOUR_MS = DAY_MS / 24
export const DAYS = 10
/** Copies one client takes, and how long it stays. */
const COPIES = 4
const STAY_MS = 40 * 60_000
const HOP_MS = 3
/** Busier than this, frames wait. */
const BUSY = 0.85
const WAIT_MS = 300
const SLIP = 0.02

export type CrowdSize = { readonly clients: number; readonly visits: number; readonly points: number; readonly reflectors: number }

export class Crowd {
  readonly reflectors: readonly TrueReflector[]
  readonly networks: readonly TrueNetwork[]
  readonly kinds: readonly TrueKind[]
  readonly visits: readonly Visit[]
  readonly #random: Random
  #hour = 0
  readonly #leaving: { readonly atMs: number; readonly reflector: TrueReflector }[] = []

  constructor(seed: number, size: CrowdSize) {
    const random = seededRandom(seed)
    this.#random = random
    const points = Array.from({ length: size.points }, () => placeIn(random, 100))
    const networks = Array.from({ length: size.clients }, (_, n) => ({
      ...placeNear(random, random.pick(points), 25),
      id: `net${n}`,
      accessMs: random.between(4, 20),
      isFirewalled: random.chance(0.15),
    }))
    this.reflectors = [
      ...Array.from({ length: size.reflectors }, (_, n) =>
        reflectorAt(random, `r${n}`, placeNear(random, random.pick(points), 5), undefined),
      ),
      ...networks.slice(0, size.reflectors / 6).map((office, n) => reflectorAt(random, `m${n}`, placeNear(random, office, 1), office.id)),
    ]
    this.networks = networks.map((network) => ({ ...network, reaches: this.#drawReach(network) }))
    this.kinds = Array.from({ length: 30 }, (_, n) => kindOf(random, n))
    this.visits = this.#drawVisits(size)
  }

  get public(): readonly Reflector[] {
    return this.reflectors.map(({ id, isOnLease, onlyIn, units, backgroundShare, sessions }) => ({
      id,
      isOnLease,
      onlyIn,
      units,
      load: { reflect: units * backgroundShare + COPIES * sessions, composite: 0, turn: 0 },
    }))
  }

  kindOf(client: number): TrueKind {
    return this.kinds[client % this.kinds.length] as TrueKind
  }

  /** Lets time pass: loads wander by the hour, and now and then a firewall, a browser or a reflector changes. */
  passTo(nowMs: number): void {
    for (; this.#hour * HOUR_MS < nowMs; this.#hour++) this.#drift()
    while (this.#leaving[0] !== undefined && this.#leaving[0].atMs <= nowMs)
      (this.#leaving.shift() as { reflector: TrueReflector }).reflector.sessions--
  }

  serve(reflector: TrueReflector, nowMs: number): void {
    reflector.sessions++
    this.#leaving.push({ atMs: nowMs + STAY_MS, reflector })
  }

  get(id: string): TrueReflector {
    return this.reflectors.find((one) => one.id === id) as TrueReflector
  }

  reaches(network: TrueNetwork, { id, isOnLease }: TrueReflector): boolean {
    return isOnLease && network.reaches.has(id)
  }

  entryOf({ network, entryTurn }: Visit): TrueReflector {
    const open = this.reflectors.filter((one) => this.reaches(network, one))
    return open[entryTurn % open.length] as TrueReflector
  }

  /** From capture to the client. */
  latency(network: TrueNetwork, reflector: TrueReflector): number {
    return network.accessMs + distance(network, reflector) + this.waitMs(reflector)
  }

  proxied(network: TrueNetwork, entry: TrueReflector, reflector: TrueReflector): number {
    return network.accessMs + distance(network, entry) + HOP_MS + distance(entry, reflector) + this.waitMs(reflector)
  }

  waitMs({ backgroundShare, units, sessions }: TrueReflector): number {
    return WAIT_MS * Math.max(0, backgroundShare + (COPIES * sessions) / units - BUSY)
  }

  works(visit: Visit, technique: Technique): boolean {
    return this.kindOf(visit.client).works.has(technique) && !visit.slips.has(technique)
  }

  /** The least latency that anybody could have found, slips aside. */
  oracle(visit: Visit): { readonly latencyMs: number; readonly reflector: TrueReflector } {
    const { network } = visit
    const entry = this.entryOf(visit)
    const { works } = this.kindOf(visit.client)
    const goesStraight = works.has('redirect') || works.has('list')
    const stay = { latencyMs: this.latency(network, entry), reflector: entry }
    const others = this.reflectors.flatMap((reflector) => {
      if (!reflector.isOnLease || (reflector.onlyIn !== undefined && reflector.onlyIn !== network.id)) return []
      const straight = goesStraight && this.reaches(network, reflector) ? [{ latencyMs: this.latency(network, reflector), reflector }] : []
      return [...straight, { latencyMs: this.proxied(network, entry, reflector), reflector }]
    })
    return [stay, ...others].reduce((a, b) => (b.latencyMs < a.latencyMs ? b : a))
  }

  #drawReach({ id, isFirewalled }: { readonly id: string; readonly isFirewalled: boolean }): ReadonlySet<string> {
    const open = this.reflectors.filter(({ onlyIn }) => onlyIn === undefined || onlyIn === id)
    // The first two points of presence can be reached from everywhere: something has to.
    const some = open.filter((_, n) => n < 2 || this.#random.chance(isFirewalled ? 0.4 : 0.97))
    return new Set(some.map((reflector) => reflector.id))
  }

  #drawVisits({ clients, visits }: CrowdSize): readonly Visit[] {
    const random = this.#random
    const all = Array.from({ length: clients * visits }, (_, n): Visit => {
      const client = n % clients
      const away = random.chance(0.15) ? random.below(clients) : client
      return {
        atMs: random.below(DAYS * DAY_MS),
        client,
        network: this.networks[away] as TrueNetwork,
        entryTurn: random.below(1_000_000),
        hasHint: random.chance(0.4),
        slips: new Set(TECHNIQUES.filter(() => random.chance(SLIP))),
        seed: random.below(2 ** 31),
      }
    })
    return all.toSorted((a, b) => a.atMs - b.atMs)
  }

  #drift(): void {
    const random = this.#random
    for (const [n, reflector] of this.reflectors.entries()) {
      reflector.backgroundShare = Math.min(1.1, Math.max(0, reflector.backgroundShare + 0.1 * (random.next() - 0.5)))
      if (n >= 2 && random.chance(reflector.isOnLease ? 0.004 : 0.1)) reflector.isOnLease = !reflector.isOnLease
    }
    for (const network of this.networks) if (random.chance(0.0005)) network.reaches = this.#drawReach(network)
    for (const kind of this.kinds) if (random.chance(0.001)) kind.works = drawWorks(random)
  }
}

function kindOf(random: Random, n: number): TrueKind {
  const profile = clientProfile({
    client: CLIENT_CLASSES[n % CLIENT_CLASSES.length] ?? 'tab',
    engine: ENGINES[n % ENGINES.length] ?? 'other',
    major: 100 + n,
    codecs: ['vp8'],
    encodedStreams: random.chance(0.5),
    scriptTransform: true,
    channelInWorker: random.chance(0.5),
    webCodecs: true,
  })
  return { profile, works: drawWorks(random) }
}

function drawWorks(random: Random): ReadonlySet<Technique> {
  const broken = { redirect: 0.25, list: 0.25, 'link-hint': 0.15, proxy: 0, turn: 0 }
  return new Set(TECHNIQUES.filter((technique) => !random.chance(broken[technique])))
}

function reflectorAt(random: Random, id: string, place: Place, onlyIn: string | undefined): TrueReflector {
  const units = random.between(80, 240)
  return { ...place, id, units, backgroundShare: random.next() * 0.9, isOnLease: true, onlyIn, sessions: 0 }
}

function placeIn(random: Random, size: number): Place {
  return { x: random.next() * size, y: random.next() * size }
}

function placeNear(random: Random, { x, y }: Place, spread: number): Place {
  return { x: x + spread * (random.next() - 0.5), y: y + spread * (random.next() - 0.5) }
}

export function distance(a: Place, b: Place): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
