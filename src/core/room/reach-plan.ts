/** Which dials are due, over which way, and when to look again: questions to the table, no changes to it. */
import type { TabId } from '../../protocol/ids.ts'
import { CARRIERS_TRIED, REDIAL_MAX_MS, REDIAL_MIN_MS } from '../../protocol/limits.ts'
import { rankCarriers } from './carriers.ts'
import { type DialPace, noteDial } from './dial-pace.ts'
import type { KnownTab, Moment, ReachEvent, ReachState, Via } from './reach.ts'

type Table = Pick<ReachState, 'self' | 'relay' | 'tabs' | 'sees' | 'pace'>

export type DueDial = { readonly known: KnownTab; readonly via: Via }

/**
 * Ways to a tab, best first: the relay if it lists the tab, then CARRIERS_TRIED tabs that know it. Every other round
 * tries the best carriers, those the tab itself most likely chose; the rounds between go through all others.
 */
export function waysTo(table: Table, known: KnownTab): readonly Via[] {
  const ways: Via[] = table.relay.kind === 'connected' && known.listed ? [{ kind: 'relay' }] : []
  const carriers = rankCarriers(known.tab, seers(table, known.tab))
  const isExploring = known.rounds % 2 === 1 && carriers.length > CARRIERS_TRIED
  const first = isExploring ? (((known.rounds + 1) / 2) * CARRIERS_TRIED) % carriers.length : 0
  const window = [...carriers.slice(first), ...carriers.slice(0, first)].slice(0, CARRIERS_TRIED)
  return [...ways, ...window.map((tab) => ({ kind: 'carrier', tab }) as const)]
}

/** Tabs that were never tried go first: names made up by a member do not crowd out those who are here. */
export function dueDials(table: Table, at: Moment): readonly DueDial[] {
  let free = table.pace.atOnce
  for (const { link } of table.tabs.values()) if (link.kind === 'dialing') free--
  if (free <= 0) return []
  const due: KnownTab[] = []
  for (const known of table.tabs.values()) {
    if (known.link.kind === 'apart' && known.link.dialAtMs <= at.nowMs && hasWay(table, known)) due.push(known)
  }
  if (due.length > free) due.sort(byNeed(table.self, due))
  return due.slice(0, free).map((known) => {
    const ways = waysTo(table, known)
    return { known, via: ways[known.failuresInRound % ways.length] as Via }
  })
}

/** The first moment at which something may be due that is not due now. A tab without a way waits for news, not for time. */
export function nextDueMs(table: Table): number | undefined {
  let dueMs = table.relay.kind === 'lost' ? table.relay.retryAtMs : Number.POSITIVE_INFINITY
  let dialing = 0
  for (const { link } of table.tabs.values()) if (link.kind === 'dialing') dialing++
  for (const known of table.tabs.values()) {
    const { link } = known
    if (link.kind === 'dialing') dueMs = Math.min(dueMs, link.untilMs)
    if (link.kind !== 'apart' || dialing >= table.pace.atOnce || link.dialAtMs >= dueMs) continue
    if (hasWay(table, known)) dueMs = link.dialAtMs
  }
  return Number.isFinite(dueMs) ? dueMs : undefined
}

export function paceAfter({ tabs, pace }: ReachState, tab: TabId, isConnected: boolean, at: Moment): DialPace {
  const link = tabs.get(tab)?.link
  return link?.kind === 'dialing' ? noteDial(pace, at.nowMs - link.sinceMs, isConnected) : pace
}

/** Doubles from REDIAL_MIN_MS to REDIAL_MAX_MS, a quarter up or down. */
export function waitAfterFailure(failures: number, random: number): number {
  const evenMs = Math.min(REDIAL_MAX_MS, REDIAL_MIN_MS * 2 ** Math.min(failures - 1, 16))
  return Math.round(evenMs * (0.75 + random / 2))
}

/** Asked for every tab at every event, so without ranking anybody. */
function hasWay(table: Table, known: KnownTab): boolean {
  return (table.relay.kind === 'connected' && known.listed) || isSeen(table, known.tab)
}

export function isSeen(table: Pick<Table, 'sees'>, tab: TabId): boolean {
  for (const tabs of table.sees.values()) if (tabs.has(tab)) return true
  return false
}

function seers(table: Table, tab: TabId): TabId[] {
  return [...table.sees].filter(([, tabs]) => tabs.has(tab)).map(([by]) => by)
}

/** Each tab takes equals in an order of its own: many who come at once do not all dial the same few. */
function byNeed(self: TabId, due: readonly KnownTab[]): (a: KnownTab, b: KnownTab) => number {
  const tabs = due.map(({ tab }) => tab)
  const places = new Map(rankCarriers(self, tabs).map((tab, place) => [tab, place]))
  return (a, b) => {
    if (a.listed !== b.listed) return a.listed ? -1 : 1
    return a.failures - b.failures || (places.get(a.tab) ?? 0) - (places.get(b.tab) ?? 0)
  }
}

/** Whose connections may be dead. When the relay is back it may have been this tab's network that was away, and all with it. */
export function doubtedBy({ tabs, relayFailures }: ReachState, event: ReachEvent): readonly TabId[] {
  if (event.kind !== 'peer-unlisted' && (event.kind !== 'relay-connected' || relayFailures === 0)) return []
  const connected = [...tabs.values()].filter(({ link }) => link.kind === 'connected').map(({ tab }) => tab)
  return event.kind === 'peer-unlisted' ? connected.filter((tab) => tab === event.tab) : connected
}

export function isListed({ tabs }: Table, tab: TabId): boolean {
  return tabs.get(tab)?.listed === true
}

export function isSameVia(a: Via, b: Via): boolean {
  return a.kind === 'carrier' && b.kind === 'carrier' ? a.tab === b.tab : a.kind === b.kind
}
