/**
 * A logged meeting with other policies: what each would have planned in each round, beside what was planned, and what comes of
 * both. A step for each round and policy, so that whoever runs it may rest between them.
 */
import { REPLAY_DIFFERENCES } from '../../protocol/limits.ts'
import { LAYERS, type Layer, streamKey } from '../../protocol/media.ts'
import type { MeetingPlan } from '../../protocol/meeting.ts'
import type { MeetingLog } from '../../protocol/meeting-log.ts'
import { POLICIES } from './policies.ts'
import type { PolicyName } from './policy-names.ts'
import type { Round } from './round.ts'
import { type Figures, NOTHING_TALLIED, tallyRound } from './tally-rounds.ts'

/** Why a stream went its way, and why it would have gone another. Whoever is named stands as `#<media id>`. */
export type Difference = {
  /** Since the first round of the log. */
  readonly atMs: number
  /** Who sends it. */
  readonly of: string
  readonly layer: Layer
  readonly logged: string
  readonly replayed: string
}

export type PolicyReplay = {
  readonly policy: PolicyName
  readonly figures: Figures
  /** Streams planned differently, in all rounds together. */
  readonly differing: number
  /** The first of them; one that stays is told once. */
  readonly differences: readonly Difference[]
}

export type Replay = {
  readonly rounds: number
  /** From the first to the last. */
  readonly lastedMs: number
  /** Who were planned for at once, at most. */
  readonly people: number
  readonly logged: Figures
  readonly policies: readonly PolicyReplay[]
}

export type ReplayStep = { readonly done: number; readonly of: number }

/** Nobody waits for anything else meanwhile. */
export function replayMeeting(log: MeetingLog, policies: readonly PolicyName[]): Replay {
  const steps = replaySteps(log, policies)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

export function* replaySteps({ rounds }: MeetingLog, policies: readonly PolicyName[]): Generator<ReplayStep, Replay, undefined> {
  const of = rounds.length * (policies.length + 1)
  let [done, logged] = [0, NOTHING_TALLIED]
  for (const round of rounds) {
    logged = tallyRound(logged, asRound(round), round.plan)
    yield { done: ++done, of }
  }
  const replayed: PolicyReplay[] = []
  for (const policy of policies) {
    const steps = replayPolicy(rounds, policy)
    let step = steps.next()
    for (; !step.done; step = steps.next()) yield { done: ++done, of }
    replayed.push(step.value)
  }
  return {
    rounds: rounds.length,
    lastedMs: Math.max(0, (rounds.at(-1)?.atMs ?? 0) - (rounds[0]?.atMs ?? 0)),
    people: rounds.reduce((most, { facts }) => Math.max(most, facts.length), 0),
    logged: logged.figures,
    policies: replayed,
  }
}

function asRound({ facts, term, standings, before }: MeetingLog['rounds'][number]): Round {
  return { facts: new Map(facts), term, standings: new Map(standings), before: before ?? undefined }
}

function* replayPolicy(rounds: MeetingLog['rounds'], policy: PolicyName): Generator<undefined, PolicyReplay, undefined> {
  let [tally, differing] = [NOTHING_TALLIED, 0]
  const differences: Difference[] = []
  let told = new Set<string>()
  let last: { readonly term: number; readonly plan: MeetingPlan } | undefined
  for (const round of rounds) {
    const facts = asRound(round)
    // The same policy goes on from its own plan; where the log begins, or somebody else conducted between, from the one that was there.
    const follows = last?.term === round.term && round.before !== null
    const plan = POLICIES[policy]({ ...facts, before: follows ? last?.plan : facts.before })
    last = { term: round.term, plan }
    tally = tallyRound(tally, facts, plan)
    const found = differencesOf(round.plan, plan)
    differing += found.length
    for (const { key, ...difference } of found) {
      if (told.has(key) || differences.length >= REPLAY_DIFFERENCES) continue
      differences.push({ atMs: Math.max(0, round.atMs - (rounds[0]?.atMs ?? 0)), ...difference })
    }
    told = new Set(found.map(({ key }) => key))
    yield
  }
  return { policy, figures: tally.figures, differing, differences }
}

type Planned = MeetingPlan['streams'][number]

function differencesOf(logged: MeetingPlan, replayed: MeetingPlan): readonly (Omit<Difference, 'atMs'> & { readonly key: string })[] {
  const [was, is] = [byKey(logged), byKey(replayed)]
  return [...new Map([...was, ...is])].flatMap(([stream, { source, layer }]) => {
    const ways = [waysOf(was.get(stream)), waysOf(is.get(stream))]
    if (ways[0] === ways[1]) return []
    return [
      { key: `${stream} ${ways.join('|')}`, of: `#${source}`, layer, logged: inWords(was.get(stream)), replayed: inWords(is.get(stream)) },
    ]
  })
}

/** In the order of layers, whatever the plan's. */
function byKey({ streams }: MeetingPlan): ReadonlyMap<string, Planned> {
  const inOrder = streams.toSorted((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer))
  return new Map(inOrder.map((stream) => [streamKey(stream), stream]))
}

function waysOf(stream: Planned | undefined): string {
  const edges = (stream?.edges ?? []).map(([child, parent]) => `${child}<${parent}`)
  return [...edges.toSorted(), ...(stream?.without ?? []).toSorted().map((child) => `${child}-`)].join(' ')
}

function inWords(stream: Planned | undefined): string {
  return stream === undefined ? 'straight to everybody' : stream.reason
}
