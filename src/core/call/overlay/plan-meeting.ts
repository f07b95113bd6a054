/**
 * The plan of a meeting: who passes which stream on to whom. Everything goes straight from its source while that can
 * serve all who want it; the plan names what does not. It is made of what the tabs measured, for all streams together in
 * the order of their worth, and stays as it was unless something in it became impossible or another is clearly better.
 */
import { PLAN_EDGES } from '../../../protocol/limits.ts'
import type { MediaId } from '../../../protocol/media.ts'
import { streamKey } from '../../../protocol/media.ts'
import type { MeetingFacts, MeetingPlan } from '../../../protocol/meeting.ts'
import { admitPictures, wantSmall } from './admit-pictures.ts'
import { type Demand, readDemands } from './demands.ts'
import { explainStream } from './explain-stream.ts'
import { growTree } from './grow-tree.ts'
import { type KeptPlan, keptOf, readKept } from './kept-plan.ts'
import { hold, type Line, openLines, send } from './lines.ts'
import { type Quotas, quotasOf, type Sharing, shareLines } from './share-lines.ts'
import { costOf, type Tree } from './tree.ts'
import type { Standings } from './weigh-carriers.ts'

export type PlanTerms = {
  /** In which the planner conducts. */
  readonly term: number
  /** What was learned of those who carry, by `weighCarriers`. */
  readonly standings: Standings
}

type PlannedStream = MeetingPlan['streams'][number]

/** What is made for one choice of ways. */
type Draft = { readonly trees: readonly Tree[]; readonly sharings: readonly Sharing[]; readonly served: number; readonly cost: number }

/** In a meeting of so few every way to share a line is tried whole; in a larger one what one line shares matters less, and time more. */
const TRIED_WHOLE = 10

const FIRST_WAYS: ReadonlyMap<MediaId, number> = new Map()

/** `facts` of everybody in the call who takes part in plans, in the order they came. The plan before is given back as it is when it still holds. */
export function planMeeting(facts: ReadonlyMap<MediaId, MeetingFacts>, before: MeetingPlan | undefined, terms: PlanTerms): MeetingPlan {
  const draft = (chosen: ReadonlyMap<MediaId, number>) => draftPlan(facts, before, terms.standings, chosen)
  const first = draft(FIRST_WAYS)
  const { trees } = facts.size <= TRIED_WHOLE ? bestDraft(first, draft) : first
  const streams = trees.map(writeStream).filter(({ edges, without }) => edges.length > 0 || without.length > 0)
  const isNewTerm = before?.term !== terms.term
  if (before !== undefined && isSame(before.streams, streams)) return isNewTerm ? { ...before, term: terms.term, number: 1 } : before
  return { t: 'plan', term: terms.term, number: isNewTerm ? 1 : before.number + 1, streams }
}

/** One source after the other, each with the best of those before. */
function bestDraft(first: Draft, draft: (chosen: ReadonlyMap<MediaId, number>) => Draft): Draft {
  let [best, chosen] = [first, FIRST_WAYS]
  for (const { source, ways } of first.sharings) {
    for (let way = 1; way < ways.length; way++) {
      const tried = new Map(chosen).set(source, way)
      const other = draft(tried)
      if (other.served > best.served || (other.served === best.served && other.cost < best.cost)) [best, chosen] = [other, tried]
    }
  }
  return best
}

function draftPlan(
  facts: ReadonlyMap<MediaId, MeetingFacts>,
  before: MeetingPlan | undefined,
  standings: Standings,
  chosen: ReadonlyMap<MediaId, number>,
): Draft {
  const lines = openLines(facts, standings)
  const kept = readKept(before, lines)
  const demands = admitPictures(readDemands(facts, lines), kept, lines)
  const sharings = shareLines(demands, kept)
  const trees = growTrees(demands, quotasOf(sharings, chosen), kept, lines)
  const served = trees.reduce((sum, { demand, branches }) => sum + demand.wanters.filter((line) => branches.has(line)).length, 0)
  return { trees, sharings, served, cost: trees.reduce((sum, tree) => sum + costOf(tree), 0) }
}

function growTrees(demands: readonly Demand[], quotas: Quotas, kept: KeptPlan, lines: readonly Line[]): readonly Tree[] {
  for (const demand of demands) {
    send(demand.source, demand, quotas.get(demand.key))
    holdKept(demand, kept, 1)
  }
  let edgesLeft = PLAN_EDGES
  const shortened = new Map<Line, readonly Line[]>()
  return demands.map((planned) => {
    const demand = planned.layer === 'thumb' ? wantSmall(planned, shortened.get(planned.source) ?? []) : planned
    holdKept(demand, kept, -1)
    const tree = growTree(demand, quotas.get(demand.key) ?? 0, keptOf(kept, demand), lines, edgesLeft)
    edgesLeft = tree.edgesLeft
    if (demand.layer === 'main') shortened.set(demand.source, unserved(tree))
    return tree
  })
}

/** What the plan before has them pass on stays free for it until its turn comes. */
function holdKept(demand: Demand, kept: KeptPlan, copies: 1 | -1): void {
  for (const parent of keptOf(kept, demand).parents.values()) if (parent !== undefined) hold(parent, demand, copies)
}

function unserved({ demand, branches }: Tree): readonly Line[] {
  return demand.wanters.filter((line) => !branches.has(line))
}

function writeStream(tree: Tree): PlannedStream {
  const { demand, branches } = tree
  const edges = [...branches.values()]
    .filter(({ parent }) => parent !== demand.source)
    .map(({ line, parent }): [MediaId, MediaId] => [line.id, parent.id])
  const without = [...unserved(tree), ...demand.without].map(({ id }) => id)
  return { source: demand.source.id, layer: demand.layer, edges, without, reason: explainStream(tree, without.length) }
}

/** Whatever the words: the same ways for everybody. */
function isSame(before: readonly PlannedStream[], streams: readonly PlannedStream[]): boolean {
  const written = new Map(before.map((stream) => [streamKey(stream), waysOf(stream)]))
  return before.length === streams.length && streams.every((stream) => written.get(streamKey(stream)) === waysOf(stream))
}

function waysOf({ edges, without }: PlannedStream): string {
  return JSON.stringify([edges.toSorted(([a], [b]) => a - b), without.toSorted((a, b) => a - b)])
}
