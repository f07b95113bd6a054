/** A logged meeting with another policy: what it would have planned in each round, beside what was planned, and what both ask of lines. */
import { type Layer, type MediaId, streamKey } from '../../../src/protocol/media.ts'
import type { MeetingFacts, MeetingPlan } from '../../../src/protocol/meeting.ts'
import type { MeetingLog } from '../../../src/protocol/meeting-log.ts'
import { POLICIES, type Round } from './policies.ts'

export type Sums = {
  /** Copies that others than their sources send. */
  readonly passed: number
  /** Copies that came another way than the round before. */
  readonly moved: number
  /** Lines asked for more than they say that they carry, in all rounds together. */
  readonly overfull: number
  /** Of the fullest line in any round. */
  readonly fullest: number
  /** Streams somebody goes without. */
  readonly without: number
}

export type Difference = { readonly atMs: number; readonly stream: string; readonly logged: string; readonly replayed: string }
export type Replay = {
  readonly rounds: number
  readonly logged: Sums
  readonly replayed: Sums
  /** Streams planned differently. */
  readonly differences: readonly Difference[]
}

/** Undefined: there is no such policy. */
export function replayMeeting(log: MeetingLog, policy: string): Replay | undefined {
  const plan = POLICIES[policy]
  if (plan === undefined) return undefined
  const differences: Difference[] = []
  const logged: [Facts, MeetingPlan][] = []
  const replayed: [Facts, MeetingPlan][] = []
  for (const { atMs, facts: told, term, standings, before, plan: made } of log.rounds) {
    const facts = new Map(told)
    // The same policy goes on from its own plan; where the log begins, or somebody else conducted between, from the one that was there.
    const own = replayed.at(-1)?.[1]
    const follows = own !== undefined && logged.at(-1)?.[1].term === term && before !== null
    const round: Round = { facts, term, standings: new Map(standings), before: follows ? own : (before ?? undefined) }
    const other = plan(round)
    logged.push([facts, made])
    replayed.push([facts, other])
    differences.push(...differencesOf(atMs - (log.rounds[0]?.atMs ?? 0), made, other))
  }
  return { rounds: log.rounds.length, logged: sumsOf(logged), replayed: sumsOf(replayed), differences }
}

type Facts = ReadonlyMap<MediaId, MeetingFacts>

function differencesOf(atMs: number, logged: MeetingPlan, replayed: MeetingPlan): readonly Difference[] {
  const [was, is] = [logged, replayed].map(({ streams }) => new Map(streams.map((stream) => [streamKey(stream), stream])))
  return [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].flatMap((stream) => {
    const [one, other] = [was?.get(stream), is?.get(stream)]
    if (edgesOf(one) === edgesOf(other)) return []
    return [{ atMs, stream, logged: inWords(one), replayed: inWords(other) }]
  })
}

type Planned = MeetingPlan['streams'][number]

function edgesOf(stream: Planned | undefined): string {
  return (stream?.edges ?? [])
    .map(([child, parent]) => `${child}<${parent}`)
    .toSorted()
    .join(' ')
}

function inWords(stream: Planned | undefined): string {
  if (stream === undefined) return 'straight to everybody'
  const parents = [...new Set(stream.edges.map(([, parent]) => `#${parent}`))]
  return `${stream.edges.length} by ${parents.join(', ') || 'nobody'} (${stream.reason})`
}

function sumsOf(rounds: readonly (readonly [Facts, MeetingPlan])[]): Sums {
  let before = new Map<string, MediaId>()
  let [passed, moved, overfull, fullest, without] = [0, 0, 0, 0, 0]
  for (const [facts, plan] of rounds) {
    const ways = waysOf(facts, plan)
    for (const [key, { parent, source }] of ways) {
      if (parent !== source) passed++
      if (before.has(key) && before.get(key) !== parent) moved++
    }
    for (const share of sharesOf(facts, ways)) {
      fullest = Math.max(fullest, share)
      if (share > 1) overfull++
    }
    without += plan.streams.reduce((sum, stream) => sum + stream.without.length, 0)
    before = new Map([...ways].map(([key, { parent }]) => [key, parent]))
  }
  return { passed, moved, overfull, fullest: Math.round(100 * fullest) / 100, without }
}

type Way = { readonly source: MediaId; readonly layer: Layer; readonly parent: MediaId }

/** By stream and child: what is wanted, and what whoever passes on takes for it. */
function waysOf(facts: Facts, plan: MeetingPlan): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>()
  const without = new Set(plan.streams.flatMap((stream) => stream.without.map((child) => `${streamKey(stream)} ${child}`)))
  for (const [child, { wants }] of facts)
    for (const [source, layer] of wants) {
      const key = `${streamKey({ source, layer })} ${child}`
      if (!without.has(key)) ways.set(key, { source, layer, parent: source })
    }
  for (const { source, layer, edges } of plan.streams)
    for (const [child, parent] of edges) {
      ways.set(`${streamKey({ source, layer })} ${child}`, { source, layer, parent })
      const own = `${streamKey({ source, layer })} ${parent}`
      if (parent !== source && !ways.has(own)) ways.set(own, { source, layer, parent: source })
    }
  return ways
}

function sharesOf(facts: Facts, ways: ReadonlyMap<string, Way>): readonly number[] {
  const sent = new Map<MediaId, number>()
  for (const { source, layer, parent } of ways.values()) {
    const kbps = facts.get(source)?.sends.find((one) => one.layer === layer)?.kbps ?? 0
    sent.set(parent, (sent.get(parent) ?? 0) + kbps)
  }
  return [...sent].map(([id, kbps]) => kbps / Math.max(1, facts.get(id)?.uplinkKbps ?? 0))
}
