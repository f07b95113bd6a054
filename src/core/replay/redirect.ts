/**
 * Plain redirects, to compare with: a source serves those who came first, as many as its line carries, and sends each who
 * comes later to one of those it serves. How full that one's line is by then, nobody asks.
 */
import { fnv1a } from '../../protocol/fnv1a.ts'
import type { MediaId } from '../../protocol/media.ts'
import type { MeetingPlan } from '../../protocol/meeting.ts'
import { type Demand, readDemands } from '../call/overlay/demands.ts'
import { hasRoomFirst, KEEP, type Line, openLines, rttOf, send } from '../call/overlay/lines.ts'
import type { Round } from './round.ts'

type Choose = (child: Line, carriers: readonly Line[], nth: number, demand: Demand) => Line | undefined

/** `why`: how the one is chosen, as a part of a sentence. */
export function redirect({ facts }: Pick<Round, 'facts'>, choose: Choose, why: string): MeetingPlan['streams'] {
  return readDemands(facts, openLines(facts, new Map())).flatMap((demand) => {
    const straight = serve(demand)
    const carriers = straight.filter(({ forwards }) => forwards > 0)
    const edges = demand.wanters.slice(straight.length).flatMap((child, nth): [MediaId, MediaId][] => {
      const carrier = choose(child, carriers, nth, demand)
      return carrier === undefined ? [] : [[child.id, carrier.id]]
    })
    if (edges.length === 0) return []
    const copies = demand.wanters.length - edges.length
    const reason = `its sender sends ${copies} ${copies === 1 ? 'copy' : 'copies'}; ${why}: ${listOf(edges.map(([, parent]) => parent))}`
    return [{ source: demand.source.id, layer: demand.layer, edges, without: [], reason }]
  })
}

/** Named before the rest are counted: a reason has 200 characters. */
const NAMED = 4
const AND = new Intl.ListFormat('en')

function listOf(parents: readonly MediaId[]): string {
  const ids = [...new Set(parents)].map((id) => `#${id}`)
  return AND.format(ids.length > NAMED ? [...ids.slice(0, NAMED), `${ids.length - NAMED} more`] : ids)
}

/** At least one, or nobody could pass it on. */
function serve(demand: Demand): readonly Line[] {
  const full = demand.wanters.findIndex(() => {
    const isFull = !hasRoomFirst(demand.source, demand, KEEP)
    if (!isFull) send(demand.source, demand)
    return isFull
  })
  if (full === 0) send(demand.source, demand)
  return full === -1 ? demand.wanters : demand.wanters.slice(0, Math.max(1, full))
}

export const nearest: Choose = (child, carriers) => {
  const reached = carriers.filter((carrier) => rttOf(child, carrier) < Number.POSITIVE_INFINITY)
  return reached.toSorted((a, b) => rttOf(child, a) - rttOf(child, b))[0]
}

export const inTurn: Choose = (_, carriers, nth) => carriers[nth % carriers.length]

/** The same one as long as it is there: chance alone moves nobody. */
export const drawn: Choose = (child, carriers, _, { key }) => {
  const draws = new Map(carriers.map((carrier) => [carrier, fnv1a(`${carrier.id} ${key} ${child.id}`)]))
  return carriers.toSorted((a, b) => (draws.get(a) ?? 0) - (draws.get(b) ?? 0))[0]
}
