/**
 * From whom this tab takes each stream, by a plan that was checked or by none: without a plan, or where its parent cannot
 * be reached, from the source. Beside it stands another who has the stream, never one that has it through this tab. A source to
 * which there is no way is taken from a member who reaches both, in small calls without a plan too. What others ask this tab
 * to pass on, by the plan or because they reach the source no other way, is taken too, shown or not, as far as this tab told that
 * it carries. Who plans may be hostile: no plan keeps a voice from who is linked to its source.
 */
import type { Layer, MediaId, StreamId, Subscription } from '../../../protocol/media.ts'
import { HIGHEST_TEMPORAL, streamKey } from '../../../protocol/media.ts'
import { isVoice, type Want } from '../../../protocol/media-worker.ts'
import type { MeetingPlan } from '../../../protocol/meeting.ts'
import { type Carried, type Told, withinTold } from './within-told.ts'

type PlannedStream = MeetingPlan['streams'][number]
type Edges = ReadonlyMap<MediaId, MediaId>

const NO_EDGES: Edges = new Map()

export type Reach = {
  /** Tabs that a link of this tab is open to. */
  readonly direct: ReadonlySet<MediaId>
  /** Whom each of the others reaches, by its own word. */
  readonly sees: ReadonlyMap<MediaId, ReadonlySet<MediaId>>
}

/** `plan` passed `checkPlan`. `asked`: streams that others ask of this tab, whoever's plan that is. `told`: undefined, nothing yet. */
export function findParents(
  plan: MeetingPlan | undefined,
  self: MediaId,
  wants: readonly Subscription[],
  reach: Reach,
  asked: readonly StreamId[] = [],
  told?: Told,
): readonly Want[] {
  const planned = new Map((plan?.streams ?? []).map((stream) => [streamKey(stream), stream]))
  const shown = new Map(wants.flatMap((want) => withinReach(want, self, planned, reach)).map((want) => [streamKey(want), want]))
  const passed = passedOn(planned.values(), self)
  const inPlan = new Set(passed.map(streamKey))
  // Only what this tab gets straight: two who ask each other would both wait.
  const bridged = asked.filter((stream) => stream.source !== self && reach.direct.has(stream.source) && !inPlan.has(streamKey(stream)))
  const toCarry = [...passed, ...bridged.map(({ source, layer }) => ({ source, layer, copies: 1 }))]
  const within = told === undefined ? toCarry : withinTold(toCarry, shown, told)
  const carried = new Map(within.map(({ source, layer }) => [streamKey({ source, layer }), carry(source, layer)]))
  return [...new Map([...shown, ...carried])].map(([key, { source, layer, maxTemporal }]) => {
    const edges: Edges = new Map(planned.get(key)?.edges ?? NO_EDGES)
    return { source, layer, maxTemporal, isShown: shown.has(key), ...parentsOf({ source, layer }, edges, self, reach) }
  })
}

function passedOn(planned: Iterable<PlannedStream>, self: MediaId): readonly Carried[] {
  return [...planned].flatMap(({ source, layer, edges }) => {
    const copies = edges.filter(([, parent]) => parent === self).length
    return source === self || copies === 0 ? [] : [{ source, layer, copies }]
  })
}

function carry(source: MediaId, layer: Layer): Subscription {
  // Whoever takes from us may want all of it.
  return { source, layer, maxTemporal: HIGHEST_TEMPORAL }
}

/** Members with a way to this tab and to the other; whom each takes first differs, so that not all take the same. */
export function bridgesTo(other: MediaId, self: MediaId, { direct, sees }: Reach): readonly MediaId[] {
  const distance = (id: MediaId) => (id ^ other ^ self) >>> 0
  return [...direct]
    .filter((id) => id !== other && (sees.get(id)?.has(other) || sees.get(other)?.has(id)))
    .toSorted((a, b) => distance(a) - distance(b))
}

/** Who must do without a full picture takes the small one, if that can be had. A voice is small enough to be asked of its source. */
function withinReach(
  want: Subscription,
  self: MediaId,
  planned: ReadonlyMap<string, PlannedStream>,
  reach: Reach,
): readonly Subscription[] {
  if (planned.get(streamKey(want))?.without.includes(self) !== true) return [want]
  if (isVoice(want.layer)) return reach.direct.has(want.source) ? [want] : []
  return want.layer === 'main' ? withinReach({ ...want, layer: 'thumb' }, self, planned, reach) : []
}

function parentsOf(
  { source }: StreamId,
  edges: Edges,
  self: MediaId,
  reach: Reach,
): { readonly parent: MediaId; readonly standby: MediaId | undefined } {
  const others = carriersOf(edges, self).filter((id) => reach.direct.has(id))
  const named = edges.get(self)
  const planned = named !== undefined && reach.direct.has(named) ? [named] : []
  const bridges = bridgesTo(source, self, reach).filter((id) => !wayOf(id, edges).includes(self))
  const choices = reach.direct.has(source) ? [...planned, source, ...others] : [...planned, ...others, ...bridges]
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
