/**
 * Which tabs carry whose signaling. Every tab ranks the others for a given tab by the same hash, so whoever looks for a
 * tab tries first the very carriers that tab has reserved on, without anybody announcing them; and each tab's carriers
 * are others, so no one carries for all. The hash spreads load, it protects nothing: a carrier can only drop.
 */
import type { TabId } from '../../protocol/ids.ts'
import { CARRIERS_BETWEEN, CARRIERS_RESERVED } from '../../protocol/limits.ts'
import type { KnownTab, ReachState } from './reach.ts'

/** The candidates for carrying `tab`'s signaling, best first. */
export function rankCarriers(tab: TabId, candidates: Iterable<TabId>): TabId[] {
  const ranked = [...candidates].map((carrier) => ({ carrier, rank: spread(`${tab} ${carrier}`) }))
  ranked.sort((a, b) => a.rank - b.rank || (a.carrier < b.carrier ? -1 : 1))
  return ranked.map(({ carrier }) => carrier)
}

/**
 * The best of all connected tabs; and for those we are apart from, a tab connected to both sides: whoever looks for us
 * can only come through one of these.
 */
export function chooseCarriers(state: ReachState, tabs: ReadonlyMap<TabId, KnownTab>): ReadonlySet<TabId> {
  const willing: TabId[] = []
  for (const { tab, link } of tabs.values()) if (link.kind === 'connected' && !state.unwilling.has(tab)) willing.push(tab)
  const chosen = new Set(rankCarriers(state.self, willing).slice(0, CARRIERS_RESERVED))
  for (const { tab, link } of tabs.values()) {
    if (chosen.size >= CARRIERS_RESERVED + CARRIERS_BETWEEN) break
    const isReachable = link.kind === 'connected' || [...chosen].some((carrier) => state.sees.get(carrier)?.has(tab))
    if (isReachable) continue
    const between = willing.filter((carrier) => state.sees.get(carrier)?.has(tab))
    for (const carrier of rankCarriers(state.self, between).slice(0, 1)) chosen.add(carrier)
  }
  return chosen
}

/** FNV-1a with a final mix: ids that differ in their last letter land far apart. */
function spread(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
