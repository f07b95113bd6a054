/**
 * Whom to dial, when and how: what keeps a room in one piece. `connected` means that the hello stands. The relay lists
 * tabs, connected members tell of tabs as well, and a tab known from either is dialed until it is reached or nobody
 * speaks of it any more. Time and chance come with each event; `random` in [0, 1) spreads the waits of many tabs.
 */
import type { TabId } from '../../protocol/ids.ts'
import { GOODBYE_MS, HELLO_TIMEOUT_MS, KNOWN_TABS, NEWCOMER_DIALS_MS, REFUSED_WAIT_MS, YIELD_DIAL_MS } from '../../protocol/limits.ts'
import { chooseCarriers } from './carriers.ts'
import { type DialPace, dialTimeoutMs, FIRST_PACE } from './dial-pace.ts'
import { doubtedBy, dueDials, isListed, isSameVia, isSeen, nextDueMs, paceAfter, waitAfterFailure, waysTo } from './reach-plan.ts'
import { mapValues, mapWithout, notExpired, setWithout } from './unchanged.ts'
import { isUnreachedNow, type UnreachedNews, unreachedNews } from './unreached.ts'

export type Via = { readonly kind: 'relay' } | { readonly kind: 'carrier'; readonly tab: TabId }

export type KnownTab = {
  readonly tab: TabId
  readonly listed: boolean
  readonly link:
    | { readonly kind: 'connected' }
    | { readonly kind: 'dialing'; readonly via: Via; readonly sinceMs: number; readonly untilMs: number }
    | { readonly kind: 'apart'; readonly dialAtMs: number }
  /** Failed dials since it was last connected, and of those the ones in the present round. */
  readonly failures: number
  readonly rounds: number
  readonly failuresInRound: number
  /** When it was first heard of, or was connected last. */
  readonly apartSinceMs: number
  readonly isUnreached: boolean
}

export type ReachState = {
  readonly self: TabId
  readonly relay: { readonly kind: 'connected' } | { readonly kind: 'connecting' } | { readonly kind: 'lost'; readonly retryAtMs: number }
  readonly relayFailures: number
  readonly tabs: ReadonlyMap<TabId, KnownTab>
  readonly pace: DialPace
  /** Whom each connected tab says it is connected to. */
  readonly sees: ReadonlyMap<TabId, ReadonlySet<TabId>>
  readonly reserved: ReadonlySet<TabId>
  /** Carriers that did not take us, until they connect anew. */
  readonly unwilling: ReadonlySet<TabId>
  /** Tabs that said goodbye, and until when hearsay about them is ignored. */
  readonly gone: ReadonlyMap<TabId, number>
  /** Tabs whose hello was refused, and until when no hint and no listing makes us dial them. */
  readonly shunned: ReadonlyMap<TabId, number>
  readonly wakeAtMs: number | undefined
}

export type ReachEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'relay-connected' }
  /** The connection broke, or could not be made. */
  | { readonly kind: 'relay-lost' }
  /** `isNew`: it came to the relay after this tab, and finds it there. */
  | { readonly kind: 'peer-listed'; readonly tab: TabId; readonly isNew: boolean }
  | { readonly kind: 'peer-unlisted'; readonly tab: TabId }
  /** A connected tab tells whom it is connected to; replaces what it said before. */
  | { readonly kind: 'peers-heard'; readonly tabs: ReadonlySet<TabId>; readonly by: TabId }
  | { readonly kind: 'connected'; readonly tab: TabId }
  | { readonly kind: 'disconnected'; readonly tab: TabId }
  | { readonly kind: 'dial-failed'; readonly tab: TabId; readonly via: Via }
  /** The hello failed: another version, or no proof. */
  | { readonly kind: 'refused'; readonly tab: TabId }
  | { readonly kind: 'goodbye'; readonly tab: TabId }
  /** It was asked whether it is still there, and did not answer. */
  | { readonly kind: 'silent'; readonly tab: TabId }
  | { readonly kind: 'reserve-failed'; readonly carrier: TabId }
  /** The browser came online or the tab into view: what waits is tried now. */
  | { readonly kind: 'woken' }
  | { readonly kind: 'tick' }

export type ReachEffect =
  | { readonly kind: 'connect-relay' }
  /** Given up after `timeoutMs`: short at first, since a name that was not found at once is found by asking again. */
  | { readonly kind: 'dial'; readonly tab: TabId; readonly via: Via; readonly timeoutMs: number }
  | { readonly kind: 'reserve'; readonly carrier: TabId }
  | { readonly kind: 'release'; readonly carrier: TabId }
  /** The relay saw it going, or comes back itself: is it still there? */
  | { readonly kind: 'probe'; readonly tab: TabId }
  /** It went without a word. */
  | { readonly kind: 'lost'; readonly tab: TabId }
  /** It is there, and this connection to it is dead. */
  | { readonly kind: 'hang-up'; readonly tab: TabId }
  | UnreachedNews
  /** Nobody speaks of it any more: drop addresses and pending dials. */
  | { readonly kind: 'forget'; readonly tab: TabId }
  /** Replaces the wake-up asked for before. */
  | { readonly kind: 'wake-at'; readonly ms: number }

/** Ranking all connected tabs is the costly part of a step; other events do not change who could carry. */
const CHANGES_CARRIERS: ReadonlySet<ReachEvent['kind']> = new Set([
  'connected',
  'disconnected',
  'refused',
  'goodbye',
  'silent',
  'reserve-failed',
  'peers-heard',
])

export type Moment = { readonly nowMs: number; readonly random: number }
export type ReachStep = { readonly next: ReachState; readonly effects: readonly ReachEffect[] }

export function startReach(self: TabId): ReachState {
  const relay = { kind: 'lost', retryAtMs: Number.POSITIVE_INFINITY } as const
  const nobody = {
    tabs: new Map(),
    pace: FIRST_PACE,
    sees: new Map(),
    reserved: new Set<TabId>(),
    unwilling: new Set<TabId>(),
    gone: new Map(),
    shunned: new Map(),
  }
  return { self, relay, relayFailures: 0, ...nobody, wakeAtMs: undefined }
}

export function stepReach(state: ReachState, event: ReachEvent, at: Moment): ReachStep {
  const noted = takeNote(state, event, at)
  const step = settle(noted, CHANGES_CARRIERS.has(event.kind), at)
  const told: ReachEffect[] = doubtedBy(state, event).map((tab) => ({ kind: 'probe', tab }))
  if (event.kind === 'silent') told.push({ kind: isListed(state, event.tab) ? 'hang-up' : 'lost', tab: event.tab })
  told.push(...unreachedNews(state.tabs, step.next.tabs))
  return told.length > 0 ? { ...step, effects: [...step.effects, ...told] } : step
}

/** What the event says, written down; nothing is decided yet. */
function takeNote(state: ReachState, event: ReachEvent, at: Moment): ReachState {
  switch (event.kind) {
    case 'started':
      return { ...state, relay: { kind: 'lost', retryAtMs: at.nowMs } }
    case 'relay-connected':
      return { ...state, relay: { kind: 'connected' }, relayFailures: 0 }
    case 'relay-lost': {
      const waitMs = waitAfterFailure(state.relayFailures + 1, at.random)
      const tabs = mapValues(state.tabs, (known) => (known.listed ? { ...known, listed: false } : known))
      return { ...state, tabs, relay: { kind: 'lost', retryAtMs: at.nowMs + waitMs }, relayFailures: state.relayFailures + 1 }
    }
    case 'peer-listed':
      return withTab({ ...state, gone: mapWithout(state.gone, event.tab) }, event.tab, at, (known) =>
        known.listed ? known : { ...dialListed(state, known, event.isNew, at), listed: true },
      )
    case 'peer-unlisted':
      return state.tabs.has(event.tab) ? withTab(state, event.tab, at, (known) => ({ ...known, listed: false })) : state
    case 'peers-heard':
      return hear(state, event.by, event.tabs, at)
    case 'connected': {
      const pace = paceAfter(state, event.tab, true, at)
      const welcome = { ...state, pace, gone: mapWithout(state.gone, event.tab), shunned: mapWithout(state.shunned, event.tab) }
      const fresh = { link: { kind: 'connected' }, failures: 0, rounds: 0, failuresInRound: 0, isUnreached: false } as const
      return withTab(welcome, event.tab, at, (known) => ({ ...known, ...fresh }), 'always')
    }
    case 'disconnected':
      if (state.tabs.get(event.tab)?.link.kind !== 'connected') return state
      return withTab(cutOff(state, event.tab), event.tab, at, (known) => parted(state, known, at))
    case 'dial-failed': {
      const link = state.tabs.get(event.tab)?.link
      if (link?.kind !== 'dialing' || !isSameVia(link.via, event.via)) return state
      const pace = paceAfter(state, event.tab, false, at)
      return withTab({ ...state, pace }, event.tab, at, (known) => afterFailure(state, known, at))
    }
    case 'refused': {
      if (!state.tabs.has(event.tab)) return state
      const untilMs = at.nowMs + REFUSED_WAIT_MS
      const shunning = { ...cutOff(state, event.tab), shunned: new Map(state.shunned).set(event.tab, untilMs) }
      return withTab(shunning, event.tab, at, (known) => apart(known, untilMs))
    }
    case 'silent':
      return isListed(state, event.tab) ? state : takeNote(state, { kind: 'goodbye', tab: event.tab }, at)
    case 'goodbye': {
      const known = state.tabs.get(event.tab)
      if (known === undefined) return state
      const tabs = new Map(state.tabs).set(event.tab, { ...apart(known, Number.POSITIVE_INFINITY), listed: false })
      return { ...cutOff({ ...state, tabs }, event.tab), gone: new Map(state.gone).set(event.tab, at.nowMs + GOODBYE_MS) }
    }
    case 'reserve-failed':
      return { ...state, reserved: setWithout(state.reserved, event.carrier), unwilling: new Set([...state.unwilling, event.carrier]) }
    case 'woken': {
      const relay = state.relay.kind === 'lost' ? ({ kind: 'lost', retryAtMs: at.nowMs } as const) : state.relay
      return { ...state, relay, tabs: mapValues(state.tabs, (known) => dialNow(state, known, at)) }
    }
    case 'tick':
      return { ...state, wakeAtMs: undefined }
    default:
      return event satisfies never
  }
}

/** What follows from how things stand now; the same after every event, so no event can leave something undone. */
function settle(noted: ReachState, mayChangeCarriers: boolean, at: Moment): ReachStep {
  const effects: ReachEffect[] = []
  let { relay } = noted
  if (relay.kind === 'lost' && relay.retryAtMs <= at.nowMs) {
    relay = { kind: 'connecting' }
    effects.push({ kind: 'connect-relay' })
  }

  const tabs = new Map(noted.tabs)
  for (const known of noted.tabs.values()) {
    if (known.link.kind === 'dialing' && known.link.untilMs <= at.nowMs) tabs.set(known.tab, afterFailure(noted, known, at))
    if (known.link.kind !== 'apart' || known.listed) continue
    if (!isGone(noted, known.tab, at) && isSeen(noted, known.tab)) continue
    tabs.delete(known.tab)
    effects.push({ kind: 'forget', tab: known.tab })
  }
  for (const { known, via } of dueDials({ ...noted, relay, tabs }, at)) {
    const timeoutMs = dialTimeoutMs(noted.pace, known.failures)
    tabs.set(known.tab, { ...known, link: { kind: 'dialing', via, sinceMs: at.nowMs, untilMs: at.nowMs + timeoutMs + HELLO_TIMEOUT_MS } })
    effects.push({ kind: 'dial', tab: known.tab, via, timeoutMs })
  }

  const reserved = mayChangeCarriers ? chooseCarriers(noted, tabs) : noted.reserved
  for (const carrier of noted.reserved) if (!reserved.has(carrier)) effects.push({ kind: 'release', carrier })
  for (const carrier of reserved) if (!noted.reserved.has(carrier)) effects.push({ kind: 'reserve', carrier })

  const settled = { ...noted, relay, tabs, reserved, gone: notExpired(noted.gone, at.nowMs), shunned: notExpired(noted.shunned, at.nowMs) }
  const wakeAtMs = nextDueMs(settled)
  if (wakeAtMs !== undefined && wakeAtMs !== noted.wakeAtMs) effects.push({ kind: 'wake-at', ms: wakeAtMs })
  return { next: { ...settled, wakeAtMs }, effects }
}

/** A tab first heard of: the lower id dials at once, the other gives it time to. */
function newlyKnown(state: ReachState, tab: TabId, at: Moment): KnownTab {
  const link = { kind: 'apart', dialAtMs: earliestDialMs(state, tab, at) } as const
  return { tab, listed: false, link, failures: 0, rounds: 0, failuresInRound: 0, apartSinceMs: at.nowMs, isUnreached: false }
}

/** Hearsay cannot make the table grow without end; a tab that is really connected is always known. */
function withTab(
  state: ReachState,
  tab: TabId,
  at: Moment,
  change: (known: KnownTab) => KnownTab,
  room: 'always' | 'bounded' = 'bounded',
): ReachState {
  if (tab === state.self) return state
  const known = state.tabs.get(tab)
  if (known === undefined && room === 'bounded' && state.tabs.size >= KNOWN_TABS) return state
  return { ...state, tabs: new Map(state.tabs).set(tab, change(known ?? newlyKnown(state, tab, at))) }
}

/** What tabs say counts while we are connected to them; of those who said goodbye it is old news. */
function hear(state: ReachState, by: TabId, tabs: ReadonlySet<TabId>, at: Moment): ReachState {
  if (state.tabs.get(by)?.link.kind !== 'connected') return state
  let next: ReachState = { ...state, sees: new Map(state.sees).set(by, tabs) }
  for (const tab of tabs) if (!state.tabs.has(tab) && !isGone(state, tab, at)) next = withTab(next, tab, at, (known) => known)
  return next
}

/** A tab we are apart from carries nothing for us and its word about others has lapsed. */
function cutOff(state: ReachState, tab: TabId): ReachState {
  const sees = new Map(state.sees)
  sees.delete(tab)
  return { ...state, sees, reserved: setWithout(state.reserved, tab), unwilling: setWithout(state.unwilling, tab) }
}

/** Ways are tried one after the other without waiting; then comes the wait of the round. */
function afterFailure(state: ReachState, before: KnownTab, at: Moment): KnownTab {
  const failures = before.failures + 1
  const known = { ...before, isUnreached: isUnreachedNow(before, failures, at.nowMs) }
  const failuresInRound = known.failuresInRound + 1
  if (failuresInRound < waysTo(state, known).length) return { ...apart(known, at.nowMs), failures, failuresInRound }
  const rounds = known.rounds + 1
  const dialAtMs = at.nowMs + waitAfterFailure(rounds, at.random) + yieldMs(state, known.tab)
  return { ...apart(known, dialAtMs), failures, rounds, failuresInRound: 0 }
}

/** Brings a dial forward to now, or to when the other side should have dialed. */
function dialNow(state: ReachState, known: KnownTab, at: Moment): KnownTab {
  if (known.link.kind !== 'apart') return known
  const dialAtMs = Math.min(known.link.dialAtMs, earliestDialMs(state, known.tab, at))
  return { ...apart(known, dialAtMs), rounds: 0, failuresInRound: 0 }
}

/**
 * Of two who do not know each other the later one dials: it takes those whom it finds in turn, while all who are there would
 * dial it at once.
 */
function dialListed(state: ReachState, known: KnownTab, isNew: boolean, at: Moment): KnownTab {
  if (state.tabs.has(known.tab)) return dialNow(state, known, at)
  return apart(known, earliestDialMs(state, known.tab, at, isNew ? NEWCOMER_DIALS_MS : 0))
}

/** After a break: a moment for the wire to settle, jittered, so that a whole room cut at once does not dial at once. */
function parted(state: ReachState, known: KnownTab, at: Moment): KnownTab {
  const dialAtMs = at.nowMs + waitAfterFailure(1, at.random) + yieldMs(state, known.tab)
  return { ...apart(known, dialAtMs), apartSinceMs: at.nowMs }
}

const apart = (known: KnownTab, dialAtMs: number): KnownTab => ({ ...known, link: { kind: 'apart', dialAtMs } })

const yieldMs = (state: ReachState, tab: TabId): number => (state.self < tab ? 0 : YIELD_DIAL_MS)

function earliestDialMs(state: ReachState, tab: TabId, at: Moment, waitMs = yieldMs(state, tab)): number {
  return Math.max(state.shunned.get(tab) ?? 0, at.nowMs + waitMs)
}

const isGone = (state: ReachState, tab: TabId, at: Moment): boolean => (state.gone.get(tab) ?? 0) > at.nowMs
