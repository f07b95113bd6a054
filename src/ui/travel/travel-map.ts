/**
 * The call as a constellation: this tab in the middle, who sends to it straight around it, and behind each who passes
 * something on those whose pictures come through. A place keeps its order, so a map that is drawn anew every second
 * stands still while nothing changes.
 */
import type { CallStats, StreamReason } from '../../ports/asterism.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { Size } from '../call/stage-layout.ts'
import { pictureOf } from './travel-rows.ts'

export type MapStar = { readonly tab: TabId; readonly x: number; readonly y: number }
/** `d` runs from who sends to who receives; `heads` are the arrows on it. */
export type MapThread = { readonly key: string; readonly d: string; readonly heads: string; readonly kind: 'straight' | 'through' }
export type TravelChart = { readonly stars: readonly MapStar[]; readonly threads: readonly MapThread[] }

/** From the middle of the outermost star to the edge: the star, its ring, and below it its name. */
const MARGIN_PX = { x: 34, y: 46 } as const
const INNER = 0.55
/** Who comes straight and passes nothing on, on a map that has an outer ring. */
const BETWEEN = 0.8
const HEAD_PX = 5
/** Two arrows on one thread stand this far beyond its middle; one alone stands there, between the names of both ends. */
const BEYOND_PX = 11
/** A thread shorter than this has no room for them between its stars. */
const SHORTEST_WITH_HEADS_PX = 64

export function chartTravel(me: TabId, others: readonly TabId[], stats: CallStats, size: Size): TravelChart {
  const sources = new Map(others.map((tab) => [tab, sourceOf(tab, stats)]))
  const carriers = new Set([...sources].filter(([tab, from]) => from !== tab && sources.has(from)).map(([, from]) => from))
  // Who carries stands inside, even where its own picture comes through another: so no two wait for each other's place.
  const isInside = (tab: TabId) => carriers.has(tab) || !carriers.has(sources.get(tab) ?? tab)
  const groups = others
    .filter(isInside)
    .map((head) => ({ head, behind: others.filter((tab) => !isInside(tab) && sources.get(tab) === head) }))
  const stars = placeGroups(me, groups, carriers.size > 0, size)
  const at = new Map(stars.map((star) => [star.tab, star]))

  const threads = others.flatMap((tab) => {
    const from = sources.get(tab) ?? tab
    const [star, carrier, own] = [at.get(tab), at.get(from), at.get(me)]
    if (star === undefined || own === undefined) return []
    const sends = (stats.hops.find((hop) => hop.tab === tab)?.sentKbps ?? 0) > 0
    const receives = stats.streams.some((stream) => stream.from === tab)
    const straight = threadBetween(star, own, 'straight', receives, sends)
    const passed = carrier === undefined || from === tab ? [] : [threadBetween(star, carrier, 'through', true, false)]
    return sends || receives ? [straight, ...passed] : passed
  })
  return { stars, threads }
}

/** One stream on its whole way through the call: from its sender to those who pass it on, and from them to the others. */
export function chartTree({ tab: source, ways = [] }: StreamReason, stars: readonly MapStar[]): readonly MapThread[] {
  const at = new Map(stars.map((star) => [star.tab, star]))
  const taking = new Set(ways.map(({ to }) => to))
  const first = new Set(ways.flatMap(({ from }) => (from === source || taking.has(from) ? [] : [from])))
  const thread = (from: TabId, to: TabId, kind: MapThread['kind']) => {
    const [a, b] = [at.get(from), at.get(to)]
    return a === undefined || b === undefined ? [] : [threadBetween(a, b, kind, true, false)]
  }
  return [
    ...[...first].flatMap((to) => thread(source, to, 'straight')),
    ...ways.flatMap(({ from, to }) => thread(from, to, from === source ? 'straight' : 'through')),
  ]
}

/** Who hands somebody's picture to this tab; a screen or a voice where there is no picture. */
function sourceOf(tab: TabId, { streams }: CallStats): TabId {
  const mine = streams.filter((stream) => stream.tab === tab)
  return (pictureOf(mine) ?? mine.find(({ layer }) => layer === 'screen') ?? mine[0])?.from ?? tab
}

type Group = { readonly head: TabId; readonly behind: readonly TabId[] }

function placeGroups(me: TabId, groups: readonly Group[], hasOuter: boolean, { width, height }: Size): readonly MapStar[] {
  const [rx, ry] = [width / 2 - MARGIN_PX.x, height / 2 - MARGIN_PX.y]
  const slots = groups.reduce((sum, { behind }) => sum + Math.max(1, behind.length), 0)
  const star = (tab: TabId, slot: number, radius: number): MapStar => {
    const angle = ((slot + 0.5) / slots) * 2 * Math.PI - Math.PI / 2
    return { tab, x: width / 2 + Math.cos(angle) * rx * radius, y: height / 2 + Math.sin(angle) * ry * radius }
  }
  const stars: MapStar[] = [{ tab: me, x: width / 2, y: height / 2 }]
  let slot = 0
  for (const { head, behind } of groups) {
    const used = Math.max(1, behind.length)
    stars.push(star(head, slot + (used - 1) / 2, behind.length > 0 ? INNER : hasOuter ? BETWEEN : 1))
    stars.push(...behind.map((tab, i) => star(tab, slot + i, 1)))
    slot += used
  }
  return stars
}

function threadBetween(a: MapStar, b: MapStar, kind: MapThread['kind'], there: boolean, back: boolean): MapThread {
  const beyondPx = there && back ? BEYOND_PX : 0
  const heads = (there ? arrowHead(a, b, beyondPx) : '') + (back ? arrowHead(b, a, beyondPx) : '')
  return { key: `${a.tab} ${b.tab}`, d: `M${round(a.x)} ${round(a.y)}L${round(b.x)} ${round(b.y)}`, heads, kind }
}

/** A chevron that points on. */
function arrowHead(a: MapStar, b: MapStar, beyondPx: number): string {
  const length = Math.hypot(b.x - a.x, b.y - a.y)
  if (length < SHORTEST_WITH_HEADS_PX) return ''
  const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length]
  const [x, y] = [(a.x + b.x) / 2 + ux * beyondPx, (a.y + b.y) / 2 + uy * beyondPx]
  const wing = (side: 1 | -1) => `${round(x - (ux + side * uy) * HEAD_PX)} ${round(y - (uy - side * ux) * HEAD_PX)}`
  return `M${wing(1)}L${round(x)} ${round(y)}L${wing(-1)}`
}

const round = (value: number) => Math.round(value * 10) / 10
