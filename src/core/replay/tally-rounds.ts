/**
 * What plans ask of lines and what comes of them, summed over the rounds of a meeting. It is reckoned with what the tabs had
 * measured by then, for each policy alike: half of a round trip is a way, and a line that is asked for more than it has keeps
 * all waiting who take from it.
 */
import { type MediaId, streamKey } from '../../protocol/media.ts'
import type { MeetingPlan } from '../../protocol/meeting.ts'
import { type Demand, readDemands } from '../call/overlay/demands.ts'
import { hopsOf } from '../call/overlay/layer-terms.ts'
import { canGoStraight, type Line, openLines, rttOf } from '../call/overlay/lines.ts'
import type { Standings } from '../call/overlay/weigh-carriers.ts'
import type { Facts, Round } from './round.ts'

export type Figures = {
  /** Voices, screens and pictures that somebody wanted of somebody. Each is one of the next four. */
  readonly wanted: number
  /** By lines that have room for them. */
  readonly wellCome: number
  /** By a line that is asked for more than it has, or into one that is given more. */
  readonly late: number
  /** As the small picture in place of the full one. */
  readonly small: number
  /** Gone without, or sent to somebody to whom there is no link. */
  readonly missing: number
  /** Of those that come, from sender to receiver, in the mean and at most. */
  readonly delayMs: number
  readonly slowestMs: number
  /** Copies that others than their sources send. */
  readonly passed: number
  /** Copies that came another way than the round before. */
  readonly moved: number
  /** Lines up or down with more on them than they carry, in all rounds together. */
  readonly overfull: number
  /** Of the fullest line in any round, of 1. */
  readonly fullest: number
}

/** Sums of fractions are not exact. */
const FULL = 1 + 1e-9

/** By stream and child: from whom. */
type Ways = ReadonlyMap<string, MediaId>
export type Tally = { readonly figures: Figures; readonly timed: number; readonly ways: Ways }

export const NOTHING_TALLIED: Tally = {
  figures: {
    wanted: 0,
    wellCome: 0,
    late: 0,
    small: 0,
    missing: 0,
    delayMs: 0,
    slowestMs: 0,
    passed: 0,
    moved: 0,
    overfull: 0,
    fullest: 0,
  },
  timed: 0,
  ways: new Map(),
}

export function tallyRound(before: Tally, { facts, standings }: Pick<Round, 'facts' | 'standings'>, plan: MeetingPlan): Tally {
  const flows = flowsOf(facts, standings, plan)
  const shares = sharesOf(flows)
  const fill = [...shares.up.values(), ...shares.down.values()]
  const ways = new Map(flows.flatMap(({ key, parents }) => [...parents].map(([child, parent]) => [`${key} ${child.id}`, parent.id])))
  const was = before.figures
  const come = flows.flatMap((flow) => flow.takers.map((child) => wayTo(child, flow, shares)))
  const small = flows.flatMap((flow) => flow.shortened.map((child) => wayTo(child, flow, shares)))
  const there = [...come, ...small].filter((way) => way !== undefined)
  const delays = there.flatMap(({ delayMs }) => delayMs ?? [])
  const lacking = flows.reduce((sum, flow) => sum + flow.lacking, 0)
  const timed = before.timed + delays.length
  const moved = [...ways].filter(([key, parent]) => (before.ways.get(key) ?? parent) !== parent)
  const figures = {
    wanted: was.wanted + come.length + small.length + lacking,
    wellCome: was.wellCome + come.filter((way) => way?.isLate === false).length,
    late: was.late + come.filter((way) => way?.isLate === true).length,
    small: was.small + small.filter((way) => way !== undefined).length,
    missing: was.missing + lacking + come.length + small.length - there.length,
    delayMs: (was.delayMs * before.timed + delays.reduce((sum, delayMs) => sum + delayMs, 0)) / Math.max(1, timed),
    slowestMs: delays.reduce((most, delayMs) => Math.max(most, delayMs), was.slowestMs),
    passed: flows.reduce((sum, flow) => sum + [...flow.parents.values()].filter((parent) => parent !== flow.source).length, was.passed),
    moved: was.moved + moved.length,
    overfull: was.overfull + fill.filter((share) => share > FULL).length,
    fullest: Math.max(was.fullest, ...fill),
  }
  return { figures, timed, ways }
}

/** One stream as a plan has it go. */
type Flow = Demand & {
  /** Who want it and get it. */
  readonly takers: readonly Line[]
  /** Who want the full picture and get this one. */
  readonly shortened: readonly Line[]
  /** How many get neither. */
  readonly lacking: number
  /** Of all who take it, also those who do so only to pass it on. */
  readonly parents: ReadonlyMap<Line, Line>
}

/** Full pictures come before small ones. */
function flowsOf(facts: Facts, standings: Standings, plan: MeetingPlan): readonly Flow[] {
  const lines = openLines(facts, standings)
  const byId = new Map(lines.map((line) => [line.id, line]))
  const planned = new Map(plan.streams.map((stream) => [streamKey(stream), stream]))
  const demands = readDemands(facts, lines)
  const withSmall = new Set(demands.filter(({ layer }) => layer === 'thumb').map(({ source }) => source))
  const refused = new Map<Line, readonly Line[]>()
  return demands.map((demand) => {
    const { edges = [], without = [] } = planned.get(demand.key) ?? {}
    const isRefused = ({ id }: Line) => without.includes(id)
    const takers = demand.wanters.filter((line) => !isRefused(line))
    const turnedAway = demand.wanters.filter(isRefused)
    const inPlace = demand.layer === 'thumb' ? (refused.get(demand.source) ?? []).filter((line) => !demand.wanters.includes(line)) : []
    const shortened = inPlace.filter((line) => !isRefused(line))
    const getsSmall = demand.layer === 'main' && withSmall.has(demand.source)
    if (getsSmall) refused.set(demand.source, turnedAway)
    const parents = parentsOf([...takers, ...shortened], demand.source, edges, byId)
    const lacking = getsSmall ? 0 : turnedAway.length + inPlace.length - shortened.length
    return { ...demand, takers, shortened, lacking, parents }
  })
}

function parentsOf(
  taking: readonly Line[],
  source: Line,
  edges: MeetingPlan['streams'][number]['edges'],
  byId: ReadonlyMap<MediaId, Line>,
): ReadonlyMap<Line, Line> {
  const planned = new Map(edges)
  const parents = new Map<Line, Line>()
  const left = [...taking]
  for (let child = left.pop(); child !== undefined; child = left.pop()) {
    const parent = byId.get(planned.get(child.id) ?? source.id) ?? source
    parents.set(child, parent)
    if (parent !== source && !parents.has(parent)) left.push(parent)
  }
  return parents
}

/** Of 1: how much each is asked for of its line up, and given of its line down. */
type Shares = { readonly up: ReadonlyMap<Line, number>; readonly down: ReadonlyMap<Line, number> }

function sharesOf(flows: readonly Flow[]): Shares {
  const [up, down] = [new Map<Line, number>(), new Map<Line, number>()]
  for (const { kbps, parents } of flows) {
    for (const [child, parent] of parents) {
      up.set(parent, (up.get(parent) ?? 0) + kbps / Math.max(1, parent.upKbps))
      down.set(child, (down.get(child) ?? 0) + kbps / Math.max(1, child.downKbps))
    }
  }
  return { up, down }
}

/** Undefined: it does not come. Who has just come is on its way to everybody, and nothing was measured yet. */
type Way = { readonly isLate: boolean; readonly delayMs: number | undefined }

function wayTo(child: Line, { source, layer, parents }: Flow, { up, down }: Shares): Way | undefined {
  let [at, isLate, rttMs] = [child, false, 0]
  for (let hops = 0; at !== source; hops++) {
    const parent = parents.get(at)
    if (parent === undefined || hops === hopsOf(layer)) return undefined
    if (parent === source ? !canGoStraight(at, source) : rttOf(at, parent) === Number.POSITIVE_INFINITY) return undefined
    isLate ||= (up.get(parent) ?? 0) > FULL || (down.get(at) ?? 0) > FULL
    rttMs += rttOf(at, parent)
    at = parent
  }
  return { isLate, delayMs: rttMs === Number.POSITIVE_INFINITY ? undefined : rttMs / 2 }
}
