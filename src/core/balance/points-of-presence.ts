/**
 * Points of presence: members that are all near each other, as their round trips say. A reflector that one network alone reaches makes a micro-POP: it is offered there
 * and nowhere else. And the list a newcomer gets: the nearest point first, in each the members in turn.
 */
import { POP_RTT_MS } from '../../protocol/limits.ts'
import type { Reflector } from './metrics.ts'

export type Pop = {
  readonly members: readonly string[]
  /** Of these, on lease. */
  readonly reflectors: readonly string[]
  /** The network that alone reaches it. */
  readonly onlyIn: string | undefined
}

/** Round trip in milliseconds; undefined: not measured, so not near. */
export type RttOf = (from: string, to: string) => number | undefined

/** Whoever has most neighbours begins a point; the same round trips give the same points. */
export function findPops(members: readonly Reflector[], rttOf: RttOf, boundMs = POP_RTT_MS): readonly Pop[] {
  const isNear = (a: string, b: string) => (rttOf(a, b) ?? rttOf(b, a) ?? Number.POSITIVE_INFINITY) < boundMs
  const ids = members.map(({ id }) => id)
  const counts = new Map(ids.map((id) => [id, ids.filter((other) => other !== id && isNear(id, other)).length]))
  const order = members.toSorted((a, b) => (counts.get(b.id) ?? 0) - (counts.get(a.id) ?? 0) || (a.id < b.id ? -1 : 1))
  const clusters: Reflector[][] = []
  for (const member of order) {
    const home = clusters.find((cluster) => cluster.every((other) => other.onlyIn === member.onlyIn && isNear(member.id, other.id)))
    if (home === undefined) clusters.push([member])
    else home.push(member)
  }
  return clusters.map((cluster) => {
    const reflectors = cluster.filter(({ isOnLease }) => isOnLease).map(({ id }) => id)
    return { members: cluster.map(({ id }) => id), reflectors, onlyIn: cluster[0]?.onlyIn }
  })
}

/** The one network that reaches a reflector, when others tried in vain; undefined: it is for everybody, or nobody knows. */
export function onlyNetwork(reachedFrom: ReadonlySet<string>, failedFrom: ReadonlySet<string>): string | undefined {
  const [only] = reachedFrom
  const others = [...failedFrom].filter((network) => !reachedFrom.has(network))
  return reachedFrom.size === 1 && others.length > 0 ? only : undefined
}

/**
 * Reflectors for a client of this network, nearest point first. `turn` rotates the members of each: a counter, or chance, so
 * that no one of them gets all newcomers.
 */
export function permutedList(pops: readonly Pop[], network: string, distanceOf: (pop: Pop) => number, turn: number): readonly string[] {
  return pops
    .filter(({ onlyIn, reflectors }) => reflectors.length > 0 && (onlyIn === undefined || onlyIn === network))
    .map((pop) => ({ pop, distance: pop.onlyIn === network ? -1 : distanceOf(pop) }))
    .toSorted((a, b) => a.distance - b.distance || ((a.pop.members[0] ?? '') < (b.pop.members[0] ?? '') ? -1 : 1))
    .flatMap(({ pop: { reflectors } }) => {
      const first = turn % reflectors.length
      return [...reflectors.slice(first), ...reflectors.slice(0, first)]
    })
}
