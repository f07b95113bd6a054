/**
 * One device as the balancer runs it: it dials what it is offered, picks among those it reached, and climbs the ladder to
 * the pick while the way it came in goes on. What it learns stays in its own book.
 */
import type { Prior } from '../../../src/core/balance/choose-technique.ts'
import type { ClientProfile } from '../../../src/core/balance/client-profile.ts'
import { AT_FOOT, type Attempt, type LadderEffect, type LadderEvent } from '../../../src/core/balance/ladder.ts'
import type { Candidate, Pick } from '../../../src/core/balance/metrics.ts'
import { candidateOf } from '../../../src/core/balance/offer-reflectors.ts'
import type { Pop } from '../../../src/core/balance/points-of-presence.ts'
import { EMPTY_BOOK, isBlocked, type ProfileBook, talliesOf } from '../../../src/core/balance/profile-book.ts'
import { isResting, NO_TALLY } from '../../../src/core/balance/tally.ts'
import type { Technique } from '../../../src/protocol/balance.ts'
import type { Brain } from '../brain.ts'
import { seededRandom } from '../random.ts'
import type { World } from '../world.ts'
import { type Crowd, distance, type TrueReflector, type Visit } from './crowd-truth.ts'

export type Served = {
  readonly reflector: TrueReflector
  readonly latencyMs: number
  /** Tried ways to reflectors that cannot be reached that way. */
  readonly unreachable: number
  readonly failedDials: number
  /** Until media came the better way; 0: it stayed. */
  readonly climbedMs: number
  readonly tried: readonly Technique[]
  readonly isProxied: boolean
}

export type Shared = {
  readonly world: World
  readonly brain: Brain
  readonly crowd: Crowd
  readonly pops: () => readonly Pop[]
  readonly priors: (profile: ClientProfile) => ReadonlyMap<Technique, Prior>
  readonly tell: (profile: ClientProfile, technique: Technique, hasWorked: boolean) => void
}

/** What a measure of a round trip is off by. */
const NOISE = 0.05
/** Coming by a technique that works takes about this long. */
const COMING_MS = 400
const TICK_MS = 100

type Way = { readonly attempt: Attempt | undefined; readonly climbedMs: number; readonly tried: readonly Attempt[] }

export class BalancedDevice {
  book: ProfileBook = EMPTY_BOOK
  readonly #shared: Shared

  constructor(shared: Shared) {
    this.#shared = shared
  }

  visit(visit: Visit): Served {
    const { crowd, brain, world } = this.#shared
    const random = seededRandom(visit.seed)
    const { network } = visit
    const entry = crowd.entryOf(visit)
    const list = this.#listFor(visit, random.below(1_000))
    const dialed = this.#dial(visit, list, entry, random.next)
    const pick: Pick = brain.pick(dialed.candidates, network.id, 'reflect')
    const target = crowd.get(pick.picked?.id ?? entry.id)
    const relayed = this.#relayed(visit, entry, pick)
    const way = target === entry ? STAYS : this.#go(visit, { entry, target, relayed, hinted: list[0] }, dialed.candidates, random.next)
    const isProxied = way.attempt?.technique === 'proxy'
    const served = way.attempt === undefined ? entry : crowd.get(way.attempt.reflector)
    for (const { technique, reflector } of way.tried) world.trace.add(`${visit.client} ${technique} ${reflector}`)
    const inVain = way.tried.filter(({ technique, reflector }) => technique !== 'proxy' && !crowd.reaches(network, crowd.get(reflector)))
    return {
      reflector: served,
      latencyMs: isProxied ? crowd.proxied(network, entry, served) : crowd.latency(network, served),
      unreachable: inVain.length,
      failedDials: dialed.failed,
      climbedMs: way.climbedMs,
      tried: way.tried.map(({ technique }) => technique),
      isProxied,
    }
  }

  /** Nearest point first, by a guess of where the network is that is off by a third. */
  #listFor({ network, seed }: Visit, turn: number): readonly string[] {
    const { brain, crowd, pops } = this.#shared
    const guess = seededRandom(seed % 97)
    const offs = new Map(pops().map((pop) => [pop, 0.7 + 0.6 * guess.next()]))
    return brain.list(pops(), network.id, (pop) => distance(network, crowd.get(pop.members[0] ?? '')) * (offs.get(pop) ?? 1), turn)
  }

  #dial(
    visit: Visit,
    list: readonly string[],
    entry: TrueReflector,
    chance: () => number,
  ): { candidates: readonly Candidate[]; failed: number } {
    const { crowd, brain, world } = this.#shared
    const { network, atMs } = visit
    const listed = new Map(crowd.public.map((one) => [one.id, one]))
    const offered = brain.offer(
      this.book,
      list.flatMap((id) => listed.get(id) ?? []),
      network.id,
      atMs,
    )
    const rtts = new Map<string, number>()
    for (const { id, onlyIn } of new Map(
      [...offered, ...[listed.get(entry.id)].flatMap((one) => one ?? [])].map((one) => [one.id, one]),
    ).values()) {
      const reflector = crowd.get(id)
      if (id !== entry.id) {
        world.must(!isBlocked(this.book, network.id, id, atMs), () => `${network.id} was offered ${id}, which it could not reach lately`)
        world.must(onlyIn === undefined || onlyIn === network.id, () => `${network.id} was offered ${id}, which is for ${onlyIn} alone`)
      }
      if (crowd.reaches(network, reflector)) {
        const rttMs = crowd.latency(network, reflector) * (1 + NOISE * (2 * chance() - 1))
        rtts.set(id, rttMs)
        this.book = brain.note(
          this.book,
          { kind: 'reached', network: network.id, reflector: id, rttMs, path: 'direct', dialMs: COMING_MS },
          atMs,
        )
      } else this.book = brain.note(this.book, { kind: 'not-reached', network: network.id, reflector: id }, atMs)
    }
    const candidates = crowd.public.map((one) => {
      const known = candidateOf(this.book, one, rtts.has(one.id), network.id, atMs)
      return { ...known, rttMs: rtts.get(one.id) ?? known.rttMs }
    })
    return { candidates, failed: offered.filter(({ id }) => !rtts.has(id)).length }
  }

  /** Who came in by a reflector that is full has it pass on another one's streams: that one picks as if it were the client. */
  #relayed({ network, atMs }: Visit, entry: TrueReflector, { steps }: Pick): Candidate | undefined {
    if (steps[0]?.dropped.some(({ id, because }) => id === entry.id && because === 'full') !== true) return undefined
    const { crowd, brain } = this.#shared
    const others = crowd.public.flatMap((one): readonly Candidate[] => {
      const rttMs = distance(entry, crowd.get(one.id)) + crowd.waitMs(crowd.get(one.id))
      return one.id === entry.id ? [] : [{ ...candidateOf(EMPTY_BOOK, one, one.isOnLease, network.id, atMs), rttMs }]
    })
    return brain.pick(others, network.id, 'reflect').picked
  }

  #go(visit: Visit, aims: Aims, candidates: readonly Candidate[], chance: () => number): Way {
    const { brain, crowd } = this.#shared
    const { profile } = crowd.kindOf(visit.client)
    const leadsTo = (technique: Technique) => leadOf(technique, aims, visit.hasHint)
    const options = (['redirect', 'proxy', 'link-hint', 'list'] as const).filter((technique) => leadsTo(technique) !== undefined)
    const choice = brain.technique(options, {
      own: talliesOf(this.book, profile),
      priors: this.#shared.priors(profile),
      nowMs: visit.atMs,
      costsMs: new Map(options.map((technique) => [technique, costOf(technique, aims, candidates)])),
      draws: options.map(chance),
    })
    const ways = { choice, leadsTo }
    const first = this.#climb(visit, profile, brain.attempts(ways))
    if (first.attempt !== undefined && first.attempt.technique !== 'proxy') return first
    const tried = first.tried.map(({ technique }) => technique)
    const better = this.#climb(visit, profile, brain.upgrade(ways, tried))
    return { attempt: better.attempt ?? first.attempt, climbedMs: first.climbedMs, tried: [...first.tried, ...better.tried] }
  }

  #climb(visit: Visit, profile: ClientProfile, attempts: readonly Attempt[]): Way {
    const { brain, crowd, world } = this.#shared
    const own = talliesOf(this.book, profile)
    const rested = attempts.find(({ technique }) => technique !== 'proxy' && isResting(own.get(technique) ?? NO_TALLY, visit.atMs))
    world.must(rested === undefined, () => `client ${visit.client} tries ${rested?.technique}, which failed lately`)
    const way = climbLadder(brain, attempts, (attempt) => crowd.works(visit, attempt.technique))
    world.must(way.hasEnded, () => `client ${visit.client} was left on the ladder`)
    for (const { attempt, outcome } of way.notes) {
      this.book = brain.note(this.book, { kind: 'technique', client: profile, technique: attempt.technique, outcome }, visit.atMs)
      this.#shared.tell(profile, attempt.technique, outcome.kind === 'worked')
    }
    return way
  }
}

type Aims = {
  readonly entry: TrueReflector
  readonly target: TrueReflector
  readonly relayed: Candidate | undefined
  /** Whom the list would have begun with when the link was made. */
  readonly hinted: string | undefined
}

function leadOf(technique: Technique, { target, relayed, hinted }: Aims, hasHint: boolean): string | undefined {
  if (technique === 'proxy') return relayed?.id
  if (technique === 'link-hint') return hasHint && hinted === target.id ? target.id : undefined
  return technique === 'turn' ? undefined : target.id
}

function costOf(technique: Technique, { entry, target, relayed }: Aims, candidates: readonly Candidate[]): number {
  const rttOf = (id: string) => candidates.find((one) => one.id === id)?.rttMs ?? 0
  return technique === 'proxy' ? rttOf(entry.id) + (relayed?.rttMs ?? 0) : rttOf(target.id)
}

const STAYS: Way = { attempt: undefined, climbedMs: 0, tried: [] }

function climbLadder(brain: Brain, attempts: readonly Attempt[], works: (attempt: Attempt) => boolean) {
  let state = AT_FOOT
  let settled: Attempt | undefined
  let hasEnded = false
  let nowMs = 0
  const notes: Extract<LadderEffect, { kind: 'note' }>[] = []
  const coming: { readonly attempt: Attempt; readonly atMs: number }[] = []
  const tried: Attempt[] = []
  const take = (event: LadderEvent): void => {
    const { next, effects } = brain.ladder(state, event, nowMs)
    state = next
    for (const effect of effects) {
      if (effect.kind === 'note') notes.push(effect)
      if (effect.kind === 'settle') settled = effect.attempt
      if (effect.kind === 'settle' || effect.kind === 'stay') hasEnded = true
      if (effect.kind !== 'try') continue
      tried.push(effect.attempt)
      if (works(effect.attempt)) coming.push({ attempt: effect.attempt, atMs: nowMs + COMING_MS })
    }
  }
  take({ kind: 'begin', attempts })
  while (!hasEnded && nowMs < 20_000) {
    nowMs += TICK_MS
    const arrived = coming.find(({ atMs }) => atMs === nowMs)
    take(arrived === undefined ? { kind: 'tick' } : { kind: 'media', attempt: arrived.attempt })
  }
  return { attempt: settled, climbedMs: nowMs, tried, notes, hasEnded }
}
