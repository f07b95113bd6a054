/**
 * A thousand devices in a thousand networks come again and again for ten days into meetings, and are balanced; then the same
 * visits by other policies, and by one that knows everything.
 */
import type { Prior } from '../../../src/core/balance/choose-technique.ts'
import type { ClientProfile } from '../../../src/core/balance/client-profile.ts'
import { bridgesTo } from '../../../src/core/call/overlay/find-parents.ts'
import type { Technique } from '../../../src/protocol/balance.ts'
import { COUNTER_REPORTS_MIN } from '../../../src/protocol/relay-limits.ts'
import type { Brain } from '../brain.ts'
import { seededRandom } from '../random.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { BalancedDevice } from './balanced-device.ts'
import { Crowd, type CrowdSize, distance, type TrueMember, type Visit } from './crowd-truth.ts'
import type { Shared } from './served.ts'
import { SELF, SOURCE, TrueMeeting } from './true-meeting.ts'

export const balanceCrowd: Scenario = { name: 'balance-crowd', area: 'balance', run }

const LARGE: CrowdSize = { clients: 1_000, visits: 12, points: 12, members: 48 }
const SMALL: CrowdSize = { clients: 60, visits: 12, points: 5, members: 18 }

/** Of the oracle's mean latency. With few devices the share of first visits, when nothing is known, is not smaller, but luck is larger. */
const DEAREST = 1.1
const DEAREST_SMALL = 1.2
const LEARNED_TRIES = 2
/** With which a picture is charged that is not there within ten seconds, or that a policy never brings. */
const NO_PICTURE_MS = 1_000

const OTHERS = ['random', 'roundRobin', 'nearest'] as const
type Other = (typeof OTHERS)[number]

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const sizes = size === 'small' ? SMALL : LARGE
  const crowd = new Crowd(world.random.below(2 ** 31), sizes)
  const devices = new Map<number, BalancedDevice>()
  const counters = new Counters()
  const learning = new Learning()
  const shared: Shared = { world, brain, crowd, priors: (profile) => counters.priors(profile), tell: counters.tell }
  const sums = { late: 0, oracleMs: 0, ms: 0, asked: 0, inVain: 0, unreachable: 0, firstMs: 0, visits: 0 }
  const others = new Map(OTHERS.map((name) => [name, { ms: 0, unreachable: 0 }]))
  for (const visit of crowd.visits) {
    crowd.passTo(visit.atMs)
    const meeting = new TrueMeeting(crowd, brain, visit)
    const best = meeting.oracle()
    // Nobody could bring it: nothing is to be compared.
    if (best === undefined) continue
    for (const [name, sum] of others) {
      const way = wayOf(name, meeting, visit, sums.visits)
      sum.ms += way.latencyMs
      sum.unreachable += way.unreachable
    }
    const device = devices.get(visit.client) ?? new BalancedDevice(shared)
    devices.set(visit.client, device)
    const served = device.visit(meeting)
    world.events++
    world.must(!served.isLeftAlone, () => `client ${visit.client} has no picture`)
    if (served.latencyMs === undefined) sums.late++
    sums.oracleMs += best
    sums.ms += served.latencyMs ?? NO_PICTURE_MS
    sums.asked += served.asked
    sums.inVain += served.askedInVain
    sums.unreachable += served.unreachable
    sums.firstMs += served.firstPictureMs
    sums.visits++
    if (!crowd.kindOf(visit.client).redirectWorks) learning.saw(visit.client, served.redirects, served.redirectRests)
  }
  const vsOracle = sums.ms / sums.oracleMs
  const { learnedMost, learnedMean } = learning.result()
  world.must(sums.unreachable === 0, () => `${sums.unreachable} were asked without a way to them`)
  world.must(vsOracle <= (size === 'small' ? DEAREST_SMALL : DEAREST), () => `${vsOracle.toFixed(3)} times the latency of the oracle`)
  world.must(learnedMost <= LEARNED_TRIES, () => `a broken redirect was tried ${learnedMost} times before it was left`)
  const beside = [...others].flatMap(([name, { ms, unreachable }]): [string, number][] => [
    [`${name}VsOraclePct`, (100 * ms) / sums.oracleMs],
    [`${name}Unreachable`, unreachable],
  ])
  return {
    nodes: sizes.clients,
    figures: {
      vsOraclePct: 100 * vsOracle,
      unreachablePicks: sums.unreachable,
      learnedTries: learnedMost,
      learnedTriesMean: learnedMean,
      askedPerVisit: sums.asked / sums.visits,
      askedInVainPerVisit: sums.inVain / sums.visits,
      latePct: (100 * sums.late) / sums.visits,
      firstPictureMs: sums.firstMs / sums.visits,
      ...Object.fromEntries(beside),
    },
  }
}

/** Redirects to one, whatever is known; when that fails it is as without a balancer: straight, or whoever has ways to both. */
function wayOf(
  policy: Other,
  meeting: TrueMeeting,
  visit: Visit,
  turn: number,
): { readonly latencyMs: number; readonly unreachable: number } {
  const chosen = choose(
    policy,
    meeting.members.filter(({ isSteady }) => isSteady),
    visit,
    turn,
  )
  const ways = [...(chosen === undefined ? [] : [chosen.id]), SOURCE, ...bridgesTo(SOURCE, SELF, meeting.reach)]
  const way = ways.find((id) => meeting.works(id))
  const isReached = chosen === undefined || meeting.isLinked(chosen.id)
  return { latencyMs: way === undefined ? NO_PICTURE_MS : meeting.latencyMs(way), unreachable: isReached ? 0 : 1 }
}

function choose(policy: Other, open: readonly TrueMember[], { network, seed }: Visit, turn: number): TrueMember | undefined {
  if (open.length === 0) return undefined
  if (policy === 'roundRobin') return open[turn % open.length]
  if (policy === 'random') return seededRandom(seed).pick(open)
  return open.reduce((a, b) => (distance(network, b) < distance(network, a) ? b : a))
}

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

  saw(client: number, tries: number, rests: boolean): void {
    const { count, isLeft } = this.#tries.get(client) ?? { count: 0, isLeft: false }
    this.#tries.set(client, { count: count + (isLeft ? 0 : tries), isLeft: isLeft || rests })
  }

  result(): { readonly learnedMost: number; readonly learnedMean: number } {
    const counts = [...this.#tries.values()].map(({ count }) => count).filter((count) => count > 0)
    return { learnedMost: Math.max(0, ...counts), learnedMean: counts.reduce((a, b) => a + b, 0) / Math.max(1, counts.length) }
  }
}
