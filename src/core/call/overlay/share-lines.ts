/**
 * How many copies of each of its streams a tab sends itself. All of them while its line carries them: the rest of the
 * meeting is not troubled. Where it does not, others pass on what relieves it at the least cost: few full pictures or
 * many small ones, voices last. Of each stream it sends at least one copy, while it can send anything. What that costs in
 * the end depends on who passes on: where it is shared for the first time there may be several ways to try.
 */
import { CHILDREN_PER_STREAM } from '../../../protocol/limits.ts'
import type { Layer, MediaId } from '../../../protocol/media.ts'
import type { Demand } from './demands.ts'
import { type KeptPlan, keptOf, straightOf } from './kept-plan.ts'
import { hopKbps } from './layer-terms.ts'
import { CRAM, canGoStraight, FILL, KEEP, type Line } from './lines.ts'

/** Copies that the source sends, by the key of the stream. */
export type Quotas = ReadonlyMap<string, number>

type Counts = readonly number[]

/** Of one source. The first way is the cheapest as far as is known before any tree is made, or the one there is. */
export type Sharing = { readonly source: MediaId; readonly own: readonly Demand[]; readonly ways: readonly Counts[] }

/** Another sharing must cost so much less than the one before. */
export const BETTER = 0.8

/** Small pictures go before full ones here: who cannot have the full one needs them. */
const FIRST_COPIES: readonly Layer[] = ['audio', 'screen-audio', 'screen', 'thumb', 'main']

/** Others are tried up to so many times the cost of the first. */
const WORTH_TRYING = 1.5
const WAYS = 3

export function shareLines(demands: readonly Demand[], kept: KeptPlan): readonly Sharing[] {
  return [...Map.groupBy(demands, ({ source }) => source)].map(([line, own]) => ({
    source: line.id,
    own,
    ways: shareLine(line, own, kept),
  }))
}

/** `chosen`: the way of a source, where it is not the first. */
export function quotasOf(sharings: readonly Sharing[], chosen: ReadonlyMap<MediaId, number>): Quotas {
  return new Map(
    sharings.flatMap(({ source, own, ways }) => own.map((demand, at) => [demand.key, ways[chosen.get(source) ?? 0]?.[at] ?? 0] as const)),
  )
}

function shareLine(line: Line, own: readonly Demand[], kept: KeptPlan): readonly Counts[] {
  const wanted = own.map(({ source, wanters }) => wanters.filter((child) => canGoStraight(child, source)).length)
  const straight = own.map((demand) => straightOf(demand, keptOf(kept, demand)).length)
  const most = straight.map((count) => Math.min(count, CHILDREN_PER_STREAM))
  const isNew = own.every((demand) => keptOf(kept, demand).parents.size === 0)
  if (isNew && !fits(line, own, most, KEEP)) return relieve(line, own, wanted)
  const stays = fits(line, own, most, KEEP) ? most : (relieve(line, own, straight)[0] ?? most)
  const fresh = relieve(line, own, wanted)[0] ?? stays
  return [costOf(own, wanted, fresh) < BETTER * costOf(own, wanted, stays) ? fresh : stays]
}

function fits(line: Line, own: readonly Demand[], counts: readonly number[], share: number): boolean {
  const kbps = own.reduce((sum, demand, at) => sum + demand.kbps * (counts[at] ?? 0), 0)
  const packets = own.reduce((sum, demand, at) => sum + demand.packets * (counts[at] ?? 0), 0)
  return kbps <= line.upKbps * share && packets <= line.packets * share
}

function costOf(own: readonly Demand[], wanted: readonly number[], counts: readonly number[]): number {
  return own.reduce(
    (sum, demand, at) => sum + Math.max(0, (wanted[at] ?? 0) - (counts[at] ?? 0)) * (demand.kbps + hopKbps(demand.layer)),
    0,
  )
}

/** Counts that fit, the cheapest first: every number of moved screens and full pictures is tried, small ones and voices make up the rest. */
function relieve(line: Line, own: readonly Demand[], counts: Counts): readonly Counts[] {
  const most = counts.map((count) => Math.min(count, CHILDREN_PER_STREAM))
  if (fits(line, own, most, FILL)) return [most]
  const least = firstCopies(line, own, most)
  const large = own.flatMap(({ layer }, at) => (layer === 'main' || layer === 'screen' ? [at] : []))
  const small = own.flatMap(({ layer }, at) => (layer === 'thumb' ? [at] : [])).concat(voicesOf(own))
  const found = everyCount(large, most, least).flatMap((tried) => {
    const trimmed = trim(line, own, tried, least, small)
    return trimmed === undefined ? [] : [{ counts: trimmed, cost: costOf(own, counts, trimmed) }]
  })
  const [best, ...others] = found.toSorted((a, b) => a.cost - b.cost)
  if (best === undefined) return [least]
  return [best, ...others.filter(({ cost }) => cost <= WORTH_TRYING * best.cost)].slice(0, WAYS).map((each) => each.counts)
}

function voicesOf(own: readonly Demand[]): readonly number[] {
  return own
    .flatMap(({ layer }, at) => (layer === 'screen-audio' ? [at] : []))
    .concat(own.flatMap(({ layer }, at) => (layer === 'audio' ? [at] : [])))
}

function firstCopies(line: Line, own: readonly Demand[], most: readonly number[]): readonly number[] {
  const least = own.map(() => 0)
  for (const layer of FIRST_COPIES) {
    const at = own.findIndex((demand) => demand.layer === layer)
    if (at < 0 || most[at] === 0) continue
    least[at] = 1
    if (!fits(line, own, least, CRAM)) least[at] = 0
  }
  return least
}

/** All counts of the large streams between their bounds. At most CHILDREN_PER_STREAM squared. */
function everyCount(large: readonly number[], most: readonly number[], least: readonly number[]): readonly number[][] {
  let all = [[...most]]
  for (const at of large) {
    const [from, to] = [least[at] ?? 0, most[at] ?? 0]
    const counts = Array.from({ length: Math.max(1, to - from + 1) }, (_, n) => Math.max(from, to - n))
    all = all.flatMap((each) => counts.map((count) => each.with(at, count)))
  }
  return all
}

/** As few of the small ones less as makes all fit; undefined when not even that helps. */
function trim(
  line: Line,
  own: readonly Demand[],
  tried: readonly number[],
  least: readonly number[],
  small: readonly number[],
): readonly number[] | undefined {
  const counts = [...tried]
  let kbps = own.reduce((sum, demand, at) => sum + demand.kbps * (counts[at] ?? 0), 0) - line.upKbps * FILL
  let packets = own.reduce((sum, demand, at) => sum + demand.packets * (counts[at] ?? 0), 0) - line.packets * FILL
  for (const at of small) {
    if (kbps <= 0 && packets <= 0) break
    const demand = own[at]
    if (demand === undefined) continue
    const needed = Math.max(Math.ceil(kbps / Math.max(1, demand.kbps)), Math.ceil(packets / Math.max(1, demand.packets)))
    const fewer = Math.min(needed, Math.max(0, (counts[at] ?? 0) - (least[at] ?? 0)))
    counts[at] = (counts[at] ?? 0) - fewer
    kbps -= fewer * demand.kbps
    packets -= fewer * demand.packets
  }
  return kbps <= 0 && packets <= 0 ? counts : undefined
}
