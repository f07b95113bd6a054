/**
 * A thousand devices in a thousand networks come again and again for ten days, and are balanced; then the same visits by
 * other policies, and by one that knows everything.
 */
import type { Prior } from '../../../src/core/balance/choose-technique.ts'
import type { ClientProfile } from '../../../src/core/balance/client-profile.ts'
import { findPops, type Pop } from '../../../src/core/balance/points-of-presence.ts'
import { talliesOf } from '../../../src/core/balance/profile-book.ts'
import { isResting, NO_TALLY } from '../../../src/core/balance/tally.ts'
import type { Technique } from '../../../src/protocol/balance.ts'
import { COUNTER_REPORTS_MIN } from '../../../src/protocol/relay-limits.ts'
import type { Brain } from '../brain.ts'
import { seededRandom } from '../random.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { BalancedDevice, type Shared } from './balanced-device.ts'
import { Crowd, type CrowdSize, distance, type TrueReflector, type Visit } from './crowd-truth.ts'

export const balanceCrowd: Scenario = { name: 'balance-crowd', area: 'balance', run }

const LARGE: CrowdSize = { clients: 1_000, visits: 12, points: 12, reflectors: 48 }
const SMALL: CrowdSize = { clients: 60, visits: 12, points: 5, reflectors: 18 }

/** Of the oracle's mean latency. With few devices the share of first visits, when nothing is known, is not smaller, but luck is larger. */
const DEAREST = 1.1
const DEAREST_SMALL = 1.2
const LEARNED_TRIES = 2

export type Totals = { latencyMs: number; unreachable: number; visits: number }

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const seed = world.random.below(2 ** 31)
  const sizes = size === 'small' ? SMALL : LARGE
  const oracle = runPolicy(seed, sizes, (crowd, visit) => ({ ...crowd.oracle(visit), unreachable: 0 }))
  const ours = runBalanced(world, brain, seed, sizes)
  const vsOracle = ours.latencyMs / oracle.latencyMs
  world.must(ours.unreachable === 0, () => `${ours.unreachable} ways were tried to reflectors that cannot be reached`)
  world.must(vsOracle <= (size === 'small' ? DEAREST_SMALL : DEAREST), () => `${vsOracle.toFixed(3)} times the latency of the oracle`)
  world.must(ours.learnedMost <= LEARNED_TRIES, () => `a broken redirect was tried ${ours.learnedMost} times before it was left`)
  const per = (policy: Totals) => (100 * policy.latencyMs) / oracle.latencyMs
  const random = runPolicy(
    seed,
    sizes,
    straightTo(() => (all, turn) => all[turn % all.length]),
  )
  const nearest = runPolicy(seed, sizes, straightTo(nearestTo))
  let turn = 0
  const roundRobin = runPolicy(
    seed,
    sizes,
    straightTo(() => (all) => all[turn++ % all.length]),
  )
  return {
    nodes: sizes.clients,
    figures: {
      vsOraclePct: 100 * vsOracle,
      unreachablePicks: ours.unreachable,
      learnedTries: ours.learnedMost,
      learnedTriesMean: ours.learnedMean,
      failedDialsPerVisit: ours.failedDials / ours.visits,
      climbedMs: ours.climbedMs,
      randomVsOraclePct: per(random),
      randomUnreachable: random.unreachable,
      roundRobinVsOraclePct: per(roundRobin),
      roundRobinUnreachable: roundRobin.unreachable,
      nearestVsOraclePct: per(nearest),
      nearestUnreachable: nearest.unreachable,
    },
  }
}

type Answer = { readonly latencyMs: number; readonly reflector: TrueReflector; readonly unreachable: number }

export function runPolicy(seed: number, size: CrowdSize, answer: (crowd: Crowd, visit: Visit) => Answer): Totals {
  const crowd = new Crowd(seed, size)
  const totals = { latencyMs: 0, unreachable: 0, visits: 0 }
  for (const visit of crowd.visits) {
    crowd.passTo(visit.atMs)
    const { latencyMs, reflector, unreachable } = answer(crowd, visit)
    crowd.serve(reflector, visit.atMs)
    totals.latencyMs += latencyMs
    totals.unreachable += unreachable
    totals.visits++
  }
  return totals
}

type Choose = (all: readonly TrueReflector[], turn: number) => TrueReflector | undefined

/** Redirects to one, whatever is known; when that fails the client stays where it came in. */
function straightTo(chooser: (crowd: Crowd, visit: Visit) => Choose): (crowd: Crowd, visit: Visit) => Answer {
  return (crowd, visit) => {
    const entry = crowd.entryOf(visit)
    const chosen =
      chooser(crowd, visit)(
        crowd.reflectors.filter(({ isOnLease }) => isOnLease),
        seededRandom(visit.seed).below(1_000_000),
      ) ?? entry
    const isReached = crowd.reaches(visit.network, chosen)
    const reflector = isReached && crowd.works(visit, 'redirect') ? chosen : entry
    return { latencyMs: crowd.latency(visit.network, reflector), reflector, unreachable: isReached ? 0 : 1 }
  }
}

function nearestTo(_: Crowd, { network }: Visit): Choose {
  return (all) => all.reduce((a, b) => (distance(network, b) < distance(network, a) ? b : a))
}

function runBalanced(world: World, brain: Brain, seed: number, size: CrowdSize) {
  const crowd = new Crowd(seed, size)
  const devices = new Map<number, BalancedDevice>()
  const counters = new Counters()
  const learning = new Learning()
  const shared: Shared = { world, brain, crowd, pops: popsOf(crowd), priors: (profile) => counters.priors(profile), tell: counters.tell }
  const totals = { latencyMs: 0, unreachable: 0, visits: 0, failedDials: 0, climbedMs: 0 }
  for (const visit of crowd.visits) {
    crowd.passTo(visit.atMs)
    const device = devices.get(visit.client) ?? new BalancedDevice(shared)
    devices.set(visit.client, device)
    const served = device.visit(visit)
    crowd.serve(served.reflector, visit.atMs)
    world.events++
    world.must(
      crowd.reaches(visit.network, served.reflector) || served.tried.includes('proxy'),
      () => `client ${visit.client} has no media`,
    )
    totals.latencyMs += served.latencyMs
    totals.unreachable += served.unreachable
    totals.failedDials += served.failedDials
    totals.climbedMs += served.climbedMs
    totals.visits++
    const { works, profile } = crowd.kindOf(visit.client)
    const redirect = talliesOf(device.book, profile).get('redirect') ?? NO_TALLY
    if (!works.has('redirect')) learning.saw(visit.client, served.tried.includes('redirect'), isResting(redirect, visit.atMs))
  }
  return { ...totals, climbedMs: totals.climbedMs / totals.visits, ...learning.result() }
}

/** Points change only when leases do. */
function popsOf(crowd: Crowd): () => readonly Pop[] {
  let said = ''
  let pops: readonly Pop[] = []
  return () => {
    const now = crowd.reflectors.map(({ isOnLease }) => Number(isOnLease)).join('')
    if (now !== said) pops = findPops(crowd.public, (from, to) => distance(crowd.get(from), crowd.get(to)), POP_MS)
    said = now
    return pops
  }
}

/** The plane of a crowd is 100 wide; its points have 5. */
const POP_MS = 8

/** The relay's counters, exact. */
class Counters {
  readonly #rows = new Map<string, Map<Technique, { succeeded: number; failed: number }>>()

  readonly tell = ({ id }: ClientProfile, technique: Technique, hasWorked: boolean): void => {
    const row = this.#rows.get(id) ?? new Map<Technique, { succeeded: number; failed: number }>()
    this.#rows.set(id, row)
    const { succeeded, failed } = row.get(technique) ?? { succeeded: 0, failed: 0 }
    row.set(technique, { succeeded: succeeded + (hasWorked ? 1 : 0), failed: failed + (hasWorked ? 0 : 1) })
  }

  priors({ id }: ClientProfile): ReadonlyMap<Technique, Prior> {
    const rows = [...(this.#rows.get(id) ?? [])]
    return new Map(rows.filter(([, { succeeded, failed }]) => succeeded + failed >= COUNTER_REPORTS_MIN))
  }
}

/** How often each device tried a redirect that is broken for it until it left it alone. */
class Learning {
  readonly #tries = new Map<number, { count: number; isLeft: boolean }>()

  saw(client: number, hasTried: boolean, rests: boolean): void {
    const { count, isLeft } = this.#tries.get(client) ?? { count: 0, isLeft: false }
    this.#tries.set(client, { count: count + (hasTried && !isLeft ? 1 : 0), isLeft: isLeft || rests })
  }

  result(): { readonly learnedMost: number; readonly learnedMean: number } {
    const counts = [...this.#tries.values()].map(({ count }) => count).filter((count) => count > 0)
    return { learnedMost: Math.max(0, ...counts), learnedMean: counts.reduce((a, b) => a + b, 0) / Math.max(1, counts.length) }
  }
}
