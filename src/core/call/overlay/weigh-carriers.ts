/**
 * What a carrier really carries, by what those who take from it say arrived. A line that carries less than it claims is
 * believed no more than what came; who loses much of what it passes on rests for a while, longer each time. The word of one
 * child is not enough where there are others, and a child that gets little from everybody has a bad line itself.
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

/** A line that was found full may carry so much more each time it is looked at and found well: twice as much in a minute. */
const REGAIN = 1.06
/** Of what it may carry. What is not used is not raised: all that a line regained in its idle minutes would be tried at once. */
const USED = 0.5
/** A line that may carry a picture or two can hardly be used. */
const SMALL_KBPS = 2_000

export type Weighing = {
  readonly standings: Standings
  /** Who is there, and since when. */
  readonly present: string
  readonly sinceMs: number
  /** What each sends by the plan, in words to compare, and since when that is so, or since when it has arrived well. */
  readonly loads: ReadonlyMap<MediaId, { readonly text: string; readonly sinceMs: number }>
}

export function beginWeighing(nowMs: number): Weighing {
  return { standings: new Map(), present: '', sinceMs: nowMs, loads: new Map() }
}

/**
 * Looked at whenever facts come; `plan` is the one that is followed. While people come and go their streams take other
 * ways than planned, and nobody is to blame for what that does: a line is found full when it has been so for a while, with
 * the same people and the same to send.
 */
export function weighCarriers(
  before: Weighing,
  facts: ReadonlyMap<MediaId, MeetingFacts>,
  plan: MeetingPlan | undefined,
  nowMs: number,
): Weighing {
  const present = [...facts.keys()].toSorted((a, b) => a - b).join(' ')
  const sinceMs = present === before.present ? before.sinceMs : nowMs
  const loads = loadsOf(facts, plan)
  const reports = reportsOf(facts, loads)
  const standings = new Map<MediaId, Standing>()
  const judged = new Map<MediaId, { text: string; sinceMs: number }>()
  for (const [id, { uplinkKbps }] of facts) {
    const load = loads.get(id) ?? NO_LOAD
    const arrived = middleOf(reports.get(id) ?? [])
    const text = `${load.kbps} ${[...load.children].join(' ')}`
    const was = before.loads.get(id)
    const isSame = was?.text === text && (arrived === undefined || arrived < FULL)
    judged.set(id, { text, sinceMs: isSame ? was.sinceMs : nowMs })
    const known = before.standings.get(id)
    const rested = known === undefined ? undefined : { ...known, isBenched: nowMs < known.benchedUntilMs }
    const quietSinceMs = Math.max(sinceMs, isSame ? was.sinceMs : nowMs)
    const standing = weigh(rested, uplinkKbps, load, arrived, nowMs, nowMs - quietSinceMs >= STANDING_SETTLE_MS)
    if (standing !== undefined) standings.set(id, standing)
  }
  return { standings, present, sinceMs, loads: judged }
}

function weigh(
  standing: Standing | undefined,
  claimedKbps: number,
  load: Load,
  arrived: number | undefined,
  nowMs: number,
  isSettled: boolean,
): Standing | undefined {
  if (standing !== undefined && nowMs - standing.judgedMs < STANDING_SETTLE_MS) return standing
  if (arrived !== undefined && arrived < FULL) return isSettled ? cut(standing, claimedKbps, load, arrived, nowMs) : standing
  return standing === undefined || standing.isBenched ? standing : forgive(standing, claimedKbps, load, nowMs)
}

function cut(standing: Standing | undefined, claimedKbps: number, load: Load, arrived: number, nowMs: number): Standing {
  const isBad = arrived < BAD && load.passesOn
  const times = (standing?.times ?? 0) + (isBad ? 1 : 0)
  const benchMs = isBad ? Math.min(BENCH_MAX_MS, BENCH_MS * 2 ** (times - 1)) : 0
  const benchedUntilMs = Math.max(standing?.benchedUntilMs ?? 0, nowMs + benchMs)
  const carriesKbps = Math.max(1, Math.min(standing?.carriesKbps ?? claimedKbps, (load.kbps * arrived) / 1_000))
  return { carriesKbps, isBenched: nowMs < benchedUntilMs, benchedUntilMs, times, judgedMs: nowMs }
}

/** Times are forgotten when the line was found well for as long as the longest bench. */
function forgive(standing: Standing, claimedKbps: number, load: Load, nowMs: number): Standing | undefined {
  const isUsed = load.kbps >= standing.carriesKbps * USED || standing.carriesKbps < SMALL_KBPS
  const carriesKbps = Math.min(claimedKbps, standing.carriesKbps * (isUsed ? REGAIN : 1))
  const isForgotten = carriesKbps >= claimedKbps && nowMs - standing.benchedUntilMs > (standing.times > 0 ? BENCH_MAX_MS : 0)
  return isForgotten ? undefined : { ...standing, carriesKbps, judgedMs: nowMs }
}

type Load = { kbps: number; passesOn: boolean; readonly children: Set<MediaId> }
const NO_LOAD: Load = { kbps: 0, passesOn: false, children: new Set() }

/** What each sends by the plan, and to whom. */
export function loadsOf(facts: ReadonlyMap<MediaId, MeetingFacts>, plan: MeetingPlan | undefined): ReadonlyMap<MediaId, Load> {
  const loads = new Map<MediaId, Load>([...facts.keys()].map((id) => [id, { kbps: 0, passesOn: false, children: new Set() }]))
  const planned = new Map((plan?.streams ?? []).map((stream) => [streamKey(stream), stream]))
  const parents = new Map([...planned].map(([key, { edges }]) => [key, new Map(edges)]))
  const without = new Map([...planned].map(([key, stream]) => [key, new Set(stream.without)]))
  const sizes = new Map(
    [...facts].flatMap(([source, { sends }]) => sends.map(({ layer, kbps }) => [streamKey({ source, layer }), kbps] as const)),
  )
  const add = (parent: MediaId, child: MediaId, key: string, isPassedOn: boolean) => {
    const load = loads.get(parent)
    if (load === undefined) return
    load.kbps += sizes.get(key) ?? 0
    load.passesOn ||= isPassedOn
    load.children.add(child)
  }
  for (const [key, edges] of parents) for (const [child, parent] of edges) add(parent, child, key, true)
  for (const [child, { wants }] of facts) {
    for (const [source, layer] of wants) {
      const key = streamKey({ source, layer })
      if (parents.get(key)?.has(child) !== true && without.get(key)?.has(child) !== true) add(source, child, key, false)
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
