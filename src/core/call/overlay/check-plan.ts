/**
 * A plan comes from another tab, which may be wrong or hostile: what of it can be followed. A stream whose edges are no
 * tree within bounds falls back to direct as a whole. Somebody unknown costs only the edges that name it: who has just
 * left must not send everybody else to the source at once.
 */
import { CHILDREN_PER_STREAM } from '../../../protocol/limits.ts'
import type { MediaId } from '../../../protocol/media.ts'
import type { MeetingPlan } from '../../../protocol/meeting.ts'
import { hopsOf } from './layer-terms.ts'

type PlannedStream = MeetingPlan['streams'][number]

/** `members`: everybody in the call, this tab too. */
export function checkPlan(plan: MeetingPlan, members: ReadonlySet<MediaId>): MeetingPlan {
  const named = new Map<string, number>()
  for (const { source, layer } of plan.streams) named.set(`${source} ${layer}`, (named.get(`${source} ${layer}`) ?? 0) + 1)
  const streams = plan.streams
    .filter((stream) => members.has(stream.source) && named.get(`${stream.source} ${stream.layer}`) === 1)
    .map((stream) => ({
      ...stream,
      edges: stream.edges.filter(([child, parent]) => members.has(child) && members.has(parent)),
      without: stream.without.filter((id) => members.has(id) && id !== stream.source),
    }))
    .filter(isTree)
  return { ...plan, streams }
}

function isTree({ source, layer, edges, without }: PlannedStream): boolean {
  const parents = new Map(edges)
  if (parents.size !== edges.length || parents.has(source) || without.some((id) => parents.has(id))) return false
  const children = new Map<MediaId, number>()
  for (const [child, parent] of edges) {
    const count = (children.get(parent) ?? 0) + 1
    children.set(parent, count)
    if (child === parent || count > CHILDREN_PER_STREAM || without.includes(parent)) return false
  }
  const deepest = hopsOf(layer)
  return edges.every(([child]) => hopsTo(child, parents, source, deepest) <= deepest)
}

/** Hops from the source; more than `deepest` for a cycle. Who is not named hangs on the source. */
function hopsTo(child: MediaId, parents: ReadonlyMap<MediaId, MediaId>, source: MediaId, deepest: number): number {
  let hops = 0
  for (let at: MediaId | undefined = child; at !== source && hops <= deepest; at = parents.get(at) ?? source) hops++
  return hops
}
