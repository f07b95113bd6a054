/**
 * The least that the ways of a small room can cost, found by trying all of them. A tab whose line carries all that is
 * wanted of it sends it itself; of the others every copy may come from everybody. The cost is what is passed on for
 * others: each copy's size and a hop's worth, dearer on a line that is fuller and on a longer way. The planner is held to
 * the same bound of lines; how it arrives at its ways, or what it thinks they cost, is not looked at.
 */
import type { Layer, MediaId } from '../../../src/protocol/media.ts'
import type { MeetingPlan } from '../../../src/protocol/meeting.ts'
import { type Facts, SENT } from './small-rooms.ts'

const FILL = 0.8
const HOP_KBPS = { audio: 600, 'screen-audio': 600, screen: 200, main: 200, thumb: 200 }
const FAR_MS = 250
const UNSTEADY = 2

/** Ways tried before a room is given up as too large to search: two seconds and more. */
const TRIES = 60_000

type Copy = { readonly source: MediaId; readonly layer: Layer; readonly child: MediaId }
type Way = Copy & { readonly parent: MediaId }

export type Ways = readonly Way[]

/**
 * Undefined: no ways within the bounds, or too many to try. `atMost`: a cost that is known to be possible. All copies
 * go straight at first; while a line is too full one more of its own copies is moved, in every way there is.
 */
export function leastCost(facts: Facts, atMost: number, tries = TRIES): number | undefined {
  const copies = copiesOf(facts)
  const weak = [...facts.keys()].filter((id) => ownKbps(copies, id) > upOf(facts, id))
  const search: Search = {
    facts,
    copies,
    own: new Map(
      weak.map((id) => [id, copies.filter(({ source }) => source === id).toSorted((a, b) => SENT[b.layer].kbps - SENT[a.layer].kbps)]),
    ),
    idle: new Map([...facts.keys()].map((id) => [id, weak.includes(id) ? 0 : ownKbps(copies, id)])),
    best: atMost * (1 + 1e-9),
    isFound: false,
    triesLeft: tries,
  }
  tryAll(search, [], new Map(weak.map((id) => [id, 0])), 0)
  return search.triesLeft >= 0 && search.isFound ? search.best : undefined
}

type Search = {
  readonly facts: Facts
  readonly copies: readonly Copy[]
  /** What weak lines send, the largest first. */
  readonly own: ReadonlyMap<MediaId, readonly Copy[]>
  /** What is on each line at least. */
  readonly idle: ReadonlyMap<MediaId, number>
  best: number
  isFound: boolean
  triesLeft: number
}

function tryAll(search: Search, moved: Ways, nextOf: ReadonlyMap<MediaId, number>, spent: number): void {
  const { facts, own } = search
  if (--search.triesLeft < 0) return
  const ways = withHelpers(facts, [...straightBut(search.copies, moved), ...moved])
  const sent = sentBy(ways)
  const excess = [...own.keys()].map((id) => [id, (sent.get(id) ?? 0) - FILL * upOf(facts, id)] as const).filter(([, kbps]) => kbps > 0)
  const [full] = excess
  if (full === undefined) {
    if (!isPossible(facts, ways) || costOf(facts, ways) >= search.best) return
    search.best = costOf(facts, ways)
    search.isFound = true
    return
  }
  const needed = excess.reduce((sum, [id, kbps]) => sum + kbps * bestPerKbps(search, id, nextOf.get(id) ?? 0), 0)
  if (spent + needed >= search.best) return
  const [id] = full
  for (const [at, copy] of (own.get(id) ?? []).entries()) {
    if (at < (nextOf.get(id) ?? 0)) continue
    for (const parent of facts.keys()) {
      if (!canPass(facts, copy, parent)) continue
      const way = { ...copy, parent }
      const price = priceOf(facts, way, search.idle.get(parent) ?? 0)
      if (spent + price < search.best) tryAll(search, [...moved, way], new Map(nextOf).set(id, at + 1), spent + price)
    }
  }
}

function straightBut(copies: readonly Copy[], moved: Ways): Ways {
  const away = new Set(moved.map(({ source, layer, child }) => `${source} ${layer} ${child}`))
  return copies
    .filter(({ source, layer, child }) => !away.has(`${source} ${layer} ${child}`))
    .map((copy) => ({ ...copy, parent: copy.source }))
}

/** Of what is left to move on this line. */
function bestPerKbps({ facts, own, idle }: Search, id: MediaId, from: number): number {
  const left = (own.get(id) ?? []).slice(from)
  const parents = [...facts.keys()]
  return Math.min(
    ...left.flatMap((copy) =>
      parents.flatMap((parent) =>
        canPass(facts, copy, parent) ? [priceOf(facts, { ...copy, parent }, idle.get(parent) ?? 0) / SENT[copy.layer].kbps] : [],
      ),
    ),
  )
}

export function waysOf(facts: Facts, plan: MeetingPlan): Ways {
  const parents = new Map(plan.streams.map(({ source, layer, edges }) => [`${source} ${layer}`, new Map(edges)]))
  const ways = copiesOf(facts).map((copy) => ({
    ...copy,
    parent: parents.get(`${copy.source} ${copy.layer}`)?.get(copy.child) ?? copy.source,
  }))
  const passing = plan.streams.flatMap(({ source, layer, edges }) =>
    edges.filter(([child]) => !wants(facts, child, source, layer)).map(([child, parent]) => ({ source, layer, child, parent })),
  )
  return withHelpers(facts, [...ways, ...passing])
}

export function costOf(facts: Facts, ways: Ways): number {
  const sent = sentBy(ways)
  const passed = ways.reduce((sum, way) => sum + (way.parent === way.source ? 0 : priceOf(facts, way, sent.get(way.parent) ?? 0)), 0)
  const unwanted = ways.filter(({ source, layer, child }) => !wants(facts, child, source, layer))
  return unwanted.reduce((sum, { layer }) => sum + SENT[layer].kbps, passed)
}

function priceOf(facts: Facts, { source, layer, child, parent }: Way, sentKbps: number): number {
  const tab = facts.get(parent)
  const rtts = (tab?.rtts ?? []).map(([, rttMs]) => rttMs).toSorted((a, b) => a - b)
  const care = (tab?.isSteady ? 1 : UNSTEADY) * (1 + (rtts[rtts.length >> 1] ?? 0) / FAR_MS)
  const wayMs = rttOf(facts, child, parent) + rttOf(facts, parent, source)
  return (SENT[layer].kbps + HOP_KBPS[layer]) * care * (1 + sentKbps / (tab?.uplinkKbps ?? 1)) * (1 + wayMs / FAR_MS)
}

function isPossible(facts: Facts, ways: Ways): boolean {
  for (const [id, kbps] of sentBy(ways)) {
    const carries = ways.some(({ parent, source }) => parent === id && source !== id)
    const isOwnAlone = !carries && ways.every(({ source, parent }) => source !== id || parent === id)
    if (kbps > upOf(facts, id) * (isOwnAlone ? 1 : FILL)) return false
  }
  return ways.every((way) => hopsOf(ways, way) <= (way.layer === 'main' || way.layer === 'screen' ? 3 : 2))
}

function hopsOf(ways: Ways, way: Way): number {
  let hops = 1
  for (let at: Way | undefined = way; at !== undefined && at.parent !== at.source && hops < 5; hops++) {
    const { source, layer, parent }: Way = at
    at = ways.find((other) => other.source === source && other.layer === layer && other.child === parent)
    if (at === undefined) return 5
  }
  return hops
}

/** Who passes on what it does not want takes a copy from the source. */
function withHelpers(facts: Facts, ways: Ways): Ways {
  const has = new Set(ways.map(({ source, layer, child }) => `${source} ${layer} ${child}`))
  const helpers = new Map<string, Way>()
  for (const { source, layer, parent } of ways) {
    const key = `${source} ${layer} ${parent}`
    if (parent !== source && !has.has(key) && facts.has(parent)) helpers.set(key, { source, layer, child: parent, parent: source })
  }
  return [...ways, ...helpers.values()]
}

function canPass(facts: Facts, { source, child }: Copy, parent: MediaId): boolean {
  return parent !== source && parent !== child && (facts.get(parent)?.forwards ?? 0) > 0
}

function copiesOf(facts: Facts): readonly Copy[] {
  return [...facts].flatMap(([child, tab]) => tab.wants.map(([source, layer]) => ({ source, layer, child })))
}

function wants(facts: Facts, child: MediaId, source: MediaId, layer: Layer): boolean {
  return facts.get(child)?.wants.some(([id, wanted]) => id === source && wanted === layer) === true
}

function upOf(facts: Facts, id: MediaId): number {
  return facts.get(id)?.uplinkKbps ?? 0
}

function ownKbps(copies: readonly Copy[], id: MediaId): number {
  return copies.reduce((sum, { source, layer }) => sum + (source === id ? SENT[layer].kbps : 0), 0)
}

function sentBy(ways: Ways): Map<MediaId, number> {
  const sent = new Map<MediaId, number>()
  for (const { parent, layer } of ways) sent.set(parent, (sent.get(parent) ?? 0) + SENT[layer].kbps)
  return sent
}

function rttOf(facts: Facts, from: MediaId, to: MediaId): number {
  return facts.get(from)?.rtts.find(([id]) => id === to)?.[1] ?? 0
}
