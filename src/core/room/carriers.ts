/**
 * Which tabs carry whose signaling. Every tab ranks the others for a given tab by the same hash, so whoever looks for a
 * tab tries first the very carriers that tab has reserved on, without anybody announcing them; and each tab's carriers
 * are others, so no one carries for all. The hash spreads load, it protects nothing: a carrier can only drop.
 */
import type { TabId } from '../../protocol/ids.ts'
import { CARRIERS_BETWEEN, CARRIERS_RESERVED } from '../../protocol/limits.ts'
import type { KnownTab, ReachState } from './reach.ts'

/** The candidates for carrying `tab`'s signaling, best first. */
export function rankCarriers(tab: TabId, candidates: readonly TabId[]): TabId[] {
  const salt = hashOf(tab)
  const ranked = candidates.map((carrier) => ({ carrier, rank: mix(Math.imul(salt, 0x9e3779b1) ^ hashOf(carrier)) }))
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
  const most = CARRIERS_RESERVED + CARRIERS_BETWEEN
  for (const { tab, link } of tabs.values()) {
    if (link.kind === 'connected' || chosen.size >= most || isSeenByAny(state, chosen, tab)) continue
    const between = willing.filter((carrier) => state.sees.get(carrier)?.has(tab))
    for (const carrier of rankCarriers(state.self, between).slice(0, 1)) chosen.add(carrier)
  }
  return chosen
}

function isSeenByAny(state: ReachState, carriers: ReadonlySet<TabId>, tab: TabId): boolean {
  for (const carrier of carriers) if (state.sees.get(carrier)?.has(tab)) return true
  return false
}

/** The last letters of an id are a hash themselves and tell any two tabs apart. */
const TOLD_APART_BY = 12

/** FNV-1a over the end of the id. */
function hashOf(tab: TabId): number {
  let hash = 0x811c9dc5
  for (let i = Math.max(0, tab.length - TOLD_APART_BY); i < tab.length; i++) hash = Math.imul(hash ^ tab.charCodeAt(i), 0x01000193)
  return hash
}

/** Values that differ in one bit land far apart. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
