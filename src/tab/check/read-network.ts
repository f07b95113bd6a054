/** The relay's answer, the ways out that a connection finds which is never used, and the way to each who is here. No address leaves this file. */
import { natKind } from '../../core/balance/network-profile.ts'
import type { NetworkFound, WayFound } from '../../core/check/findings.ts'
import type { CallStats } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/link.ts'
import { countOf, gather } from '../balance/read-network.ts'

export async function readNetwork(
  origin: string,
  iceServers: readonly RTCIceServer[],
  clock: Clock,
  signal: AbortSignal,
): Promise<NetworkFound> {
  const [relayMs, candidates] = await Promise.all([timeRelay(origin, clock, signal), gather(iceServers, clock)])
  const knows = (scheme: RegExp) => iceServers.flatMap(({ urls }) => urls).some((url) => scheme.test(url))
  return {
    relayMs,
    candidates: [...new Set(candidates.map(({ type }) => type))],
    nat: natKind(candidates, countOf(iceServers)),
    hasStun: knows(/^stuns?:/),
    hasTurn: knows(/^turns?:/),
  }
}

/** The better of two: the first may open a connection. */
async function timeRelay(origin: string, clock: Clock, signal: AbortSignal): Promise<number | undefined> {
  try {
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 2; round++) {
      const sentMs = clock.monotonicMs()
      const answer = await fetch(`${origin}/healthz`, { signal, cache: 'no-store', credentials: 'omit' })
      if (!answer.ok) return undefined
      best = Math.min(best, clock.monotonicMs() - sentMs)
    }
    return Math.round(best)
  } catch {
    return undefined
  }
}

export function readWays(links: Links, stats: CallStats | undefined): readonly WayFound[] {
  return links.all().map(({ peer, state, path, rttMs }) => {
    const lostPerMille = stats?.hops.find(({ tab }) => tab === peer)?.lostPerMille
    return { tab: peer, state, path, rttMs, lostPerMille }
  })
}
