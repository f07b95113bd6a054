/**
 * What is true of a crowd, and nobody in it knows: who reaches whom from which network and who passes nothing on there, which
 * techniques work for which kind of client, how far everybody is from everybody, how much of each line is taken. All of it drifts. The
 * same seed gives the same crowd and the same visits, whoever decides.
 */
import { type ClientProfile, clientProfile } from '../../../src/core/balance/client-profile.ts'
import { CLIENT_CLASSES, ENGINES } from '../../../src/protocol/balance.ts'
import type { MediaId } from '../../../src/protocol/media.ts'
import { type Random, seededRandom } from '../random.ts'

type Place = { readonly x: number; readonly y: number }

/** A member of meetings that passes streams on. */
export type TrueMember = Place & {
  readonly id: MediaId
  readonly lineKbps: number
  /** Of its line, what other work takes, which wanders. */
  busyShare: number
  /** Its person looks at it: the conductor counts on it. */
  isSteady: boolean
  /** Its owner has it pass nothing on. */
  isClosed: boolean
  /** The network it is in, where others of a crowd are too. */
  readonly network: string
  /** Nobody outside that network reaches it. */
  readonly isInner: boolean
}

export type TrueNetwork = Place & {
  readonly id: string
  /** The last mile. */
  readonly accessMs: number
  readonly isFirewalled: boolean
  reaches: ReadonlySet<MediaId>
  /** Links to these stand, and nothing they pass on comes through. */
  mute: ReadonlySet<MediaId>
}
/** Whether a kind of client gets what those send who pass on for all, and what comes over a server. */
type TrueKind = { readonly profile: ClientProfile; redirectWorks: boolean; turnWorks: boolean }

/** How a client has the source beside others: not at all, by a server, or straight over a line that is full. */
export type SourceLink = 'none' | 'server' | 'full'

export type Visit = {
  readonly atMs: number
  readonly client: number
  readonly network: TrueNetwork
  readonly sourceLink: SourceLink
  readonly hasHint: boolean
  readonly seed: number
}

export const DAY_MS = 24 * 60 * 60_000
const HOUR_MS = DAY_MS / 24
export const DAYS = 10

export type CrowdSize = { readonly clients: number; readonly visits: number; readonly points: number; readonly members: number }

export class Crowd {
  readonly members: readonly TrueMember[]
  readonly networks: readonly TrueNetwork[]
  readonly kinds: readonly TrueKind[]
  readonly visits: readonly Visit[]
  readonly #random: Random
  #hour = 0

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
    const offices = networks.slice(0, size.members / 6)
    this.members = [
      ...Array.from({ length: size.members }, (_, n) =>
        memberAt(random, 1 + n, placeNear(random, random.pick(points), 5), { network: `own${n}`, isInner: false }),
      ),
      // Of each of these offices one stands outside of its wall, and one within.
      ...offices.flatMap((office, n) =>
        [false, true].map((isInner) =>
          memberAt(random, 1 + size.members + 2 * n + Number(isInner), placeNear(random, office, 1), { network: office.id, isInner }),
        ),
      ),
    ]
    this.networks = networks.map((network) => ({ ...network, ...this.#drawReach(network) }))
    this.kinds = Array.from({ length: 30 }, (_, n) => kindOf(random, n))
    this.visits = this.#drawVisits(size)
  }

  kindOf(client: number): TrueKind {
    return this.kinds[client % this.kinds.length] as TrueKind
  }

  /** Lets time pass: lines wander by the hour, and now and then a firewall, a browser or a person changes. */
  passTo(nowMs: number): void {
    for (; this.#hour * HOUR_MS < nowMs; this.#hour++) this.#drift()
  }

  #drawReach({ id, isFirewalled }: { readonly id: string; readonly isFirewalled: boolean }): Pick<TrueNetwork, 'reaches' | 'mute'> {
    const open = this.members.filter(({ network, isInner }) => !isInner || network === id)
    const some = open.filter(({ network }) => network === id || this.#random.chance(isFirewalled ? 0.4 : 0.97))
    const mute = some.filter(() => this.#random.chance(isFirewalled ? 0.08 : 0.02))
    return { reaches: new Set(some.map((one) => one.id)), mute: new Set(mute.map((one) => one.id)) }
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
        sourceLink: random.pick(['none', 'none', 'none', 'server', 'full']),
        hasHint: random.chance(0.4),
        seed: random.below(2 ** 31),
      }
    })
    return all.toSorted((a, b) => a.atMs - b.atMs)
  }

  #drift(): void {
    const random = this.#random
    for (const member of this.members) {
      member.busyShare = Math.min(0.95, Math.max(0, member.busyShare + 0.1 * (random.next() - 0.5)))
      if (random.chance(member.isSteady ? 0.004 : 0.1)) member.isSteady = !member.isSteady
      if (random.chance(member.isClosed ? 0.1 : 0.004)) member.isClosed = !member.isClosed
    }
    for (const network of this.networks) if (random.chance(0.0005)) Object.assign(network, this.#drawReach(network))
    for (const kind of this.kinds) if (random.chance(0.001)) Object.assign(kind, drawWorks(random))
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
  return { profile, ...drawWorks(random) }
}

function drawWorks(random: Random): Pick<TrueKind, 'redirectWorks' | 'turnWorks'> {
  return { redirectWorks: !random.chance(0.25), turnWorks: !random.chance(0.1) }
}

function memberAt(random: Random, id: MediaId, place: Place, home: Pick<TrueMember, 'network' | 'isInner'>): TrueMember {
  const lineKbps = random.between(3_000, 12_000)
  return { ...place, ...home, id, lineKbps, busyShare: random.next() * 0.9, isSteady: random.chance(0.8), isClosed: false }
}

export function placeIn(random: Random, size: number): Place {
  return { x: random.next() * size, y: random.next() * size }
}

function placeNear(random: Random, { x, y }: Place, spread: number): Place {
  return { x: x + spread * (random.next() - 0.5), y: y + spread * (random.next() - 0.5) }
}

export function distance(a: Place, b: Place): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
