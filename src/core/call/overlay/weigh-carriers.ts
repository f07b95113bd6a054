/**
 * What a carrier really carries, by what those who take from it say arrived. A line that carries less than it claims is
 * believed no more than what came; who loses much passes nothing on for a while, longer each time. The word of one child
 * is not enough where there are others, and a child that gets little from everybody has a bad line itself.
 */
import { BENCH_MAX_MS, BENCH_MS, STANDING_SETTLE_MS } from '../../../protocol/limits.ts'
import type { MediaId } from '../../../protocol/media.ts'
import { streamKey } from '../../../protocol/media.ts'
import type { MeetingFacts, MeetingPlan } from '../../../protocol/meeting.ts'

export type Standing = {
  /** Its line is planned for no more. */
  readonly carriesKbps: number
  /** Passes nothing on for now. */
  readonly isBenched: boolean
  readonly benchedUntilMs: number
  /** How often it was benched. */
  readonly times: number
  /** Reports before are of an older plan. */
  readonly judgedMs: number
}

export type Standings = ReadonlyMap<MediaId, Standing>

/** Per thousand. Below the first a line is full; below the second nobody wants to take anything from it. */
const FULL = 930
const BAD = 800

/** A line that was found full may carry so much more each time it is looked at and found well. */
const REGAIN = 1.03

/** Looked at whenever facts come. `plan` is the one that the reports are about. */
export function weighCarriers(
  standings: Standings,
  facts: ReadonlyMap<MediaId, MeetingFacts>,
  plan: MeetingPlan | undefined,
  nowMs: number,
): Standings {
  const loads = loadsOf(facts, plan)
  const reports = reportsOf(facts, loads)
  return new Map(
    [...facts].flatMap(([id, { uplinkKbps }]) => {
      const standing = weigh(standings.get(id), uplinkKbps, loads.get(id)?.kbps ?? 0, middleOf(reports.get(id) ?? []), nowMs)
      return standing === undefined ? [] : [[id, standing] as const]
    }),
  )
}

function weigh(
  before: Standing | undefined,
  claimedKbps: number,
  loadKbps: number,
  arrived: number | undefined,
  nowMs: number,
): Standing | undefined {
  const settled = before === undefined || nowMs - before.judgedMs >= STANDING_SETTLE_MS
  const standing = before === undefined ? undefined : { ...before, isBenched: nowMs < before.benchedUntilMs }
  if (!settled || (arrived === undefined && standing?.isBenched !== false)) return standing
  if (arrived !== undefined && arrived < FULL && loadKbps > 0)
    return cut(standing, claimedKbps, (loadKbps * arrived) / 1_000, arrived, nowMs)
  return standing === undefined ? undefined : forgive(standing, claimedKbps, nowMs)
}

function cut(standing: Standing | undefined, claimedKbps: number, cameKbps: number, arrived: number, nowMs: number): Standing {
  const times = (standing?.times ?? 0) + (arrived < BAD ? 1 : 0)
  const benchMs = arrived < BAD ? Math.min(BENCH_MAX_MS, BENCH_MS * 2 ** (times - 1)) : 0
  const benchedUntilMs = Math.max(standing?.benchedUntilMs ?? 0, nowMs + benchMs)
  const carriesKbps = Math.max(1, Math.min(standing?.carriesKbps ?? claimedKbps, cameKbps))
  return { carriesKbps, isBenched: nowMs < benchedUntilMs, benchedUntilMs, times, judgedMs: nowMs }
}

/** Times are forgotten when the line was found well for as long as the longest bench. */
function forgive(standing: Standing, claimedKbps: number, nowMs: number): Standing | undefined {
  const carriesKbps = Math.min(claimedKbps, standing.carriesKbps * REGAIN)
  const isForgotten = carriesKbps >= claimedKbps && nowMs - standing.benchedUntilMs > BENCH_MAX_MS
  return isForgotten ? undefined : { ...standing, carriesKbps, judgedMs: nowMs }
}

type Load = { kbps: number; readonly children: Set<MediaId> }

/** What each sends by the plan, and to whom. */
function loadsOf(facts: ReadonlyMap<MediaId, MeetingFacts>, plan: MeetingPlan | undefined): ReadonlyMap<MediaId, Load> {
  const loads = new Map<MediaId, Load>([...facts.keys()].map((id) => [id, { kbps: 0, children: new Set() }]))
  const planned = new Map((plan?.streams ?? []).map((stream) => [streamKey(stream), stream]))
  const parents = new Map([...planned].map(([key, { edges }]) => [key, new Map(edges)]))
  const without = new Map([...planned].map(([key, stream]) => [key, new Set(stream.without)]))
  const sizes = new Map(
    [...facts].flatMap(([source, { sends }]) => sends.map(({ layer, kbps }) => [streamKey({ source, layer }), kbps] as const)),
  )
  const add = (parent: MediaId, child: MediaId, key: string) => {
    const load = loads.get(parent)
    if (load === undefined) return
    load.kbps += sizes.get(key) ?? 0
    load.children.add(child)
  }
  for (const [key, edges] of parents) for (const [child, parent] of edges) add(parent, child, key)
  for (const [child, { wants }] of facts) {
    for (const [source, layer] of wants) {
      const key = streamKey({ source, layer })
      if (parents.get(key)?.has(child) !== true && without.get(key)?.has(child) !== true) add(source, child, key)
    }
  }
  return loads
}

function reportsOf(facts: ReadonlyMap<MediaId, MeetingFacts>, loads: ReadonlyMap<MediaId, Load>): ReadonlyMap<MediaId, readonly number[]> {
  const reports = new Map<MediaId, number[]>()
  for (const [child, { delivered }] of facts) {
    const said = delivered.filter(([parent]) => loads.get(parent)?.children.has(child))
    const isItsOwnLine = said.length > 1 && (middleOf(said.map(([, arrived]) => arrived)) ?? FULL) < FULL
    if (isItsOwnLine) continue
    for (const [parent, arrived] of said) reports.set(parent, [...(reports.get(parent) ?? []), arrived])
  }
  return reports
}

/** Of an even number the better one: who says ill of another is not believed alone. */
function middleOf(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
