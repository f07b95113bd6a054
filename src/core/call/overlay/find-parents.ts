/**
 * From whom this tab takes each stream, by a plan that was checked or by none: without a plan, or where its parent cannot
 * be reached, from the source. Beside it stands another who has the stream, never one that has it through this tab. What
 * the plan makes this tab pass on is taken too, shown or not.
 */
import type { MediaId, StreamId, Subscription } from '../../../protocol/media.ts'
import { streamKey } from '../../../protocol/media.ts'
import type { Want } from '../../../protocol/media-worker.ts'
import type { MeetingPlan } from '../../../protocol/meeting.ts'

type PlannedStream = MeetingPlan['streams'][number]
type Edges = ReadonlyMap<MediaId, MediaId>

const NO_EDGES: Edges = new Map()

/** Whoever takes from us may want all of it. */
const WHOLE = 2

/** `plan` passed `checkPlan`. `reachable`: tabs that a link of this tab is open to. */
export function findParents(
  plan: MeetingPlan | undefined,
  self: MediaId,
  wants: readonly Subscription[],
  reachable: ReadonlySet<MediaId>,
): readonly Want[] {
  const planned = new Map((plan?.streams ?? []).map((stream) => [streamKey(stream), stream]))
  const shown = new Map(wants.flatMap((want) => withinReach(want, self, planned)).map((want) => [streamKey(want), want]))
  const passedOn = [...planned].filter(([, { source, edges }]) => source !== self && edges.some(([, parent]) => parent === self))
  const carried = new Map(passedOn.map(([key, { source, layer }]) => [key, { source, layer, maxTemporal: WHOLE }]))
  return [...new Map([...shown, ...carried])].map(([key, { source, layer, maxTemporal }]) => {
    const edges: Edges = new Map(planned.get(key)?.edges ?? NO_EDGES)
    return { source, layer, maxTemporal, isShown: shown.has(key), ...parentsOf({ source, layer }, edges, self, reachable) }
  })
}

/** Who must do without a full picture takes the small one, if that can be had. */
function withinReach(want: Subscription, self: MediaId, planned: ReadonlyMap<string, PlannedStream>): readonly Subscription[] {
  if (planned.get(streamKey(want))?.without.includes(self) !== true) return [want]
  return want.layer === 'main' ? withinReach({ ...want, layer: 'thumb' }, self, planned) : []
}

function parentsOf(
  { source }: StreamId,
  edges: Edges,
  self: MediaId,
  reachable: ReadonlySet<MediaId>,
): { readonly parent: MediaId; readonly standby: MediaId | undefined } {
  const others = carriersOf(edges, self).filter((id) => reachable.has(id))
  const named = edges.get(self)
  const direct = reachable.has(source) ? [source] : []
  const choices = [...(named !== undefined && reachable.has(named) ? [named] : []), ...direct, ...others]
  const parent = choices[0] ?? source
  return { parent, standby: choices.find((id) => id !== parent) }
}

/** Who passes the stream on, those nearest to the source first, and none that has it through this tab. */
function carriersOf(edges: Edges, self: MediaId): readonly MediaId[] {
  return [...new Set(edges.values())]
    .map((id) => ({ id, way: wayOf(id, edges) }))
    .filter(({ way }) => !way.includes(self))
    .toSorted((a, b) => a.way.length - b.way.length)
    .map(({ id }) => id)
}

function wayOf(id: MediaId, edges: Edges): readonly MediaId[] {
  const way = [id]
  for (let at = edges.get(id); at !== undefined && !way.includes(at); at = edges.get(at)) way.push(at)
  return way
}
