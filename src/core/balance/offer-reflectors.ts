/** Which reflectors a client of a network is offered: those on lease that its network may reach and has not failed to reach lately. */
import { REFLECTORS_OFFERED } from '../../protocol/limits.ts'
import type { Candidate, Reflector } from './metrics.ts'
import { isBlocked, type ProfileBook, reachOf } from './profile-book.ts'

/** `listed`: in the order they should be tried. Those that were reached before come first, the nearest of them first. */
export function offerReflectors(
  book: ProfileBook,
  listed: readonly Reflector[],
  network: string,
  nowMs: number,
  bound = REFLECTORS_OFFERED,
): readonly Reflector[] {
  const rttOf = ({ id }: Reflector) => {
    const reach = reachOf(book, network, id)
    return reach === undefined || reach.tally.successes === 0 ? Number.POSITIVE_INFINITY : reach.rttMs
  }
  const open = listed.filter(
    ({ id, isOnLease, onlyIn }) => isOnLease && (onlyIn === undefined || onlyIn === network) && !isBlocked(book, network, id, nowMs),
  )
  const known = open.filter((one) => rttOf(one) < Number.POSITIVE_INFINITY).toSorted((a, b) => rttOf(a) - rttOf(b))
  const fresh = open.filter((one) => rttOf(one) === Number.POSITIVE_INFINITY)
  // A quarter of the places is for those nobody tried: something nearer may have come.
  const places = Math.max(1, bound - Math.min(fresh.length, Math.max(Math.ceil(bound / 4), bound - known.length)))
  return [...known.slice(0, places), ...fresh].slice(0, bound)
}

/** What is known of a reflector, for the metrics. */
export function candidateOf(book: ProfileBook, reflector: Reflector, isLinked: boolean, network: string, nowMs: number): Candidate {
  const reach = reachOf(book, network, reflector.id)
  const rttMs = reach === undefined || reach.tally.successes === 0 ? undefined : reach.rttMs
  return { ...reflector, isLinked, isBlocked: isBlocked(book, network, reflector.id, nowMs), rttMs }
}
