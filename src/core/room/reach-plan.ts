/** Which dials are due, over which way, and when to look again: questions to the table, no changes to it. */
import type { TabId } from '../../protocol/ids.ts'
import { CARRIERS_TRIED, DIALS_AT_ONCE, REDIAL_MAX_MS, REDIAL_MIN_MS } from '../../protocol/limits.ts'
import { rankCarriers } from './carriers.ts'
import type { KnownTab, Moment, ReachState, Via } from './reach.ts'

type Table = Pick<ReachState, 'relay' | 'tabs'>

export type DueDial = { readonly known: KnownTab; readonly via: Via }

/**
 * Ways to a tab, best first: the relay if it lists the tab, then tabs that know it. Only CARRIERS_TRIED make up a round;
 * the window moves on with each round, so that carriers which never answer do not stand before those that would.
 */
export function waysTo(table: Table, known: KnownTab): readonly Via[] {
  const ways: Via[] = table.relay.kind === 'connected' && known.listed ? [{ kind: 'relay' }] : []
  const carriers = rankCarriers(
    known.tab,
    [...known.heardBy].filter((tab) => isConnected(table, tab)),
  )
  const first = carriers.length > CARRIERS_TRIED ? (known.rounds * CARRIERS_TRIED) % carriers.length : 0
  const window = [...carriers.slice(first), ...carriers.slice(0, first)].slice(0, CARRIERS_TRIED)
  return [...ways, ...window.map((tab) => ({ kind: 'carrier', tab }) as const)]
}

/** Tabs that were never tried go first: names made up by a member do not crowd out those who are here. */
export function dueDials(table: Table, at: Moment): readonly DueDial[] {
  let free = DIALS_AT_ONCE
  const due: DueDial[] = []
  for (const known of table.tabs.values()) {
    if (known.link.kind === 'dialing') free--
    if (known.link.kind !== 'apart' || known.link.dialAtMs > at.nowMs) continue
    const ways = waysTo(table, known)
    const via = ways[known.failuresInRound % Math.max(1, ways.length)]
    if (via !== undefined) due.push({ known, via })
  }
  if (due.length > free) due.sort(byNeed)
  return due.slice(0, Math.max(0, free))
}

/** The first moment at which something may be due that is not due now. A tab without a way waits for news, not for time. */
export function nextDueMs(table: Table): number | undefined {
  let dueMs = table.relay.kind === 'lost' ? table.relay.retryAtMs : Number.POSITIVE_INFINITY
  let dialing = 0
  for (const { link } of table.tabs.values()) if (link.kind === 'dialing') dialing++
  for (const known of table.tabs.values()) {
    const { link } = known
    if (link.kind === 'dialing') dueMs = Math.min(dueMs, link.untilMs)
    if (link.kind !== 'apart' || dialing >= DIALS_AT_ONCE || link.dialAtMs >= dueMs) continue
    if (waysTo(table, known).length > 0) dueMs = link.dialAtMs
  }
  return Number.isFinite(dueMs) ? dueMs : undefined
}

/** Doubles from REDIAL_MIN_MS to REDIAL_MAX_MS, a quarter up or down. */
export function waitAfterFailure(failures: number, random: number): number {
  const evenMs = Math.min(REDIAL_MAX_MS, REDIAL_MIN_MS * 2 ** Math.min(failures - 1, 16))
  return Math.round(evenMs * (0.75 + random / 2))
}

function isConnected(table: Table, tab: TabId): boolean {
  return table.tabs.get(tab)?.link.kind === 'connected'
}

function byNeed(a: DueDial, b: DueDial): number {
  if (a.known.listed !== b.known.listed) return a.known.listed ? -1 : 1
  return a.known.failures - b.known.failures || (a.known.tab < b.known.tab ? -1 : 1)
}
