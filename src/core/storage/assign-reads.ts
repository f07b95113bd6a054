/**
 * Which rows of a chunk are asked of whom for its readers. The row that would be here soonest is taken, a fragment after
 * another, until k are here or on their way in time.
 */
import type { TabId } from '../../protocol/ids.ts'
import { DATA_PAYLOAD_BYTES, FAR_MS, READ_BYTES_IN_FLIGHT, STRIPE_HOLDERS, TRANSFERS_PER_PEER } from '../../protocol/limits.ts'
import { deadlineOf, expectedMs, isAble, makersOfRow, owe, tabsOfRow } from './fetch-holders.ts'
import { fragmentOf, giveUpMakes } from './fetch-reads.ts'
import type { Ask, FetchEffect, FetchState, Holder, Part, Place, Read, ReadKey, Underway, Urgency } from './fetch-state.ts'
import { newAsk, newUnderway, putUnderway } from './fetch-underway.ts'

/** Joining data rows is copying, joining with parity is arithmetic. */
const PARITY_MS = 10
const BLAME_MS = 1_000
const PATIENCE_MS = 250
/** Times the fastest's rate below which a far holder counts as slow. */
const FAR_SLOWER = 8
/** Below this a block is on its way before several would have begun. */
const STRIPED_BYTES = 4 * DATA_PAYLOAD_BYTES

const ORDER: readonly Urgency[] = ['urgent', 'read', 'make']

type Candidate = { readonly tab: TabId; readonly row: number; readonly isMade: boolean; readonly costMs: number }

export function assignReads(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
  let next = state
  for (const urgency of ORDER) {
    for (const [key, read] of state.reads) {
      if (read.urgency === urgency && !read.isLooking) next = assignRead(next, key, nowMs, effects)
    }
  }
  return next
}

function assignRead(state: FetchState, key: ReadKey, nowMs: number, effects: FetchEffect[]): FetchState {
  let next = claimUnderway(state, key, nowMs)
  for (;;) {
    const read = next.reads.get(key)
    if (read === undefined || read.have.size + comingInTime(next, read) >= read.object.k) return next
    if (read.urgency !== 'urgent' && readBytes(next) >= READ_BYTES_IN_FLIGHT) return next
    const stripes = stripesOf(next, read, nowMs)
    if (stripes !== undefined) {
      next = askParts(next, key, read, stripes, nowMs, effects)
      continue
    }
    const best = candidates(next, read, nowMs).sort((a, b) => a.costMs - b.costMs || a.row - b.row)[0]
    if (best === undefined) return read.makes.length > 0 && !isComing(next, read) ? giveUpMakes(next, key, effects) : next
    next = askRow(next, key, read, best, nowMs, effects)
  }
}

function rowsWanted({ object, have }: Read): number[] {
  const rows = object.k === 1 ? 1 : object.rows
  return Array.from({ length: rows }, (_, row) => row).filter((row) => !have.has(row))
}

function entriesOf(state: FetchState, read: Read): Underway[] {
  const ids = new Set(rowsWanted(read).map((row) => fragmentOf(read, row)?.id))
  return [...ids].flatMap((id) => (id === undefined ? [] : (state.underway.get(id) ?? [])))
}

/** A fragment that is on its way for somebody else comes for this reader too, by a time. */
function claimUnderway(state: FetchState, key: ReadKey, nowMs: number): FetchState {
  const read = state.reads.get(key)
  if (read === undefined) return state
  let next = state
  for (const entry of entriesOf(state, read)) {
    if (entry.reads.has(key) || entry.stage !== 'asked') continue
    const asks = entry.asks.map((ask) => ({
      ...ask,
      deadlineMs: Math.min(ask.deadlineMs, dueOf(next, ask, entry, nowMs)),
      isLate: ask.isLate || (read.urgency === 'urgent' && isFarBehind(next, ask)),
    }))
    next = putUnderway(next, { ...entry, asks, reads: new Set(entry.reads).add(key) })
  }
  return next
}

/** Asked for keeping, behind so much that it is asked for once more, urgently; should both come, one is dropped. */
function isFarBehind(state: FetchState, { from, isRead }: Ask): boolean {
  const holder = state.holders.get(from)
  return !isRead && holder !== undefined && (holder.keepBytes * 1000) / holder.rate.bytesPerSecond > PATIENCE_MS
}

/** What a holder was asked before for keeping stands before it in the holder's queue. */
function dueOf(state: FetchState, { from }: Ask, { bytes }: Underway, nowMs: number): number {
  const holder = state.holders.get(from)
  return holder === undefined ? nowMs : deadlineOf(holder, holder.keepBytes + bytes, false, nowMs)
}

function comingInTime(state: FetchState, read: Read): number {
  return entriesOf(state, read).filter(isInTime).length
}

/** A whole that is not late, or parts of which none is. */
function isInTime({ stage, asks }: Underway): boolean {
  const parts = asks.filter(({ part }) => part !== undefined)
  const isWholeInTime = asks.some(({ part, isLate }) => part === undefined && !isLate)
  return stage === 'asked' && (isWholeInTime || (parts.length > 0 && parts.every(({ isLate }) => !isLate)))
}

function isComing(state: FetchState, read: Read): boolean {
  return entriesOf(state, read).some(({ stage }) => stage === 'asked')
}

function readBytes(state: FetchState): number {
  let sum = 0
  for (const { readBytes } of state.holders.values()) sum += readBytes
  return sum
}

/** Rows not yet asked for, or late, with the tabs that could give them. */
function candidates(state: FetchState, read: Read, nowMs: number): Candidate[] {
  const { object, holders, urgency } = read
  const most = urgency === 'urgent' ? TRANSFERS_PER_PEER : TRANSFERS_PER_PEER - 2
  const found: Candidate[] = []
  const consider = (tab: TabId, row: number, isMade: boolean) => {
    const fragment = fragmentOf(read, row)
    const holder = state.holders.get(tab)
    if (fragment === undefined || holder === undefined || holder.wants.size >= most || !isAble(state, fragment.id, tab, nowMs)) return
    const entry = state.underway.get(fragment.id)
    const isOpen =
      entry === undefined ||
      (entry.stage === 'asked' && !isInTime(entry) && entry.asks.every(({ from, isRead, isThere }) => from !== tab || !isRead || isThere))
    if (!isOpen) return
    const parityMs = row >= object.k ? PARITY_MS : 0
    found.push({ tab, row, isMade, costMs: expectedMs(holder, fragment.bytes, isMade) + parityMs + BLAME_MS * holder.blames })
  }
  for (const row of rowsWanted(read)) {
    for (const tab of tabsOfRow(holders, object.k, row)) consider(tab, row, false)
    for (const tab of makersOfRow(holders, object.k, row)) consider(tab, row, true)
  }
  return found
}

function askRow(
  state: FetchState,
  key: ReadKey,
  read: Read,
  { tab, row, isMade }: Candidate,
  nowMs: number,
  effects: FetchEffect[],
): FetchState {
  const fragment = fragmentOf(read, row)
  if (fragment === undefined) return state
  const place: Place = { object: read.object.id, chunk: read.chunk, row }
  return askFor(state, key, { ...fragment, tab, part: undefined, place: isMade ? place : undefined }, nowMs, effects)
}

type Wanted = {
  readonly id: Underway['id']
  readonly bytes: number
  readonly tab: TabId
  readonly part: Part | undefined
  readonly place: Place | undefined
}

function askFor(state: FetchState, key: ReadKey, wanted: Wanted, nowMs: number, effects: FetchEffect[]): FetchState {
  const { id, bytes, tab, part, place } = wanted
  const holder = state.holders.get(tab)
  if (holder === undefined) return state
  const transfer = holder.nextTransfer
  const owed = { bytes: part?.bytes ?? bytes, isRead: true }
  const deadlineMs = deadlineOf(holder, owed.bytes, place !== undefined, nowMs)
  const ask = newAsk({ from: tab, transfer, askedAtMs: nowMs, isRead: true, deadlineMs }, part)
  effects.push({ kind: 'ask', holder: tab, transfer, blocks: [id], urgent: true, part, places: place && [place] })
  const entry = state.underway.get(id) ?? newUnderway(id, bytes)
  const holders = new Map(state.holders).set(tab, owe(holder, transfer, 1, owed, nowMs))
  return putUnderway({ ...state, holders }, { ...entry, asks: [...entry.asks, ask], reads: new Set(entry.reads).add(key) })
}

/** A copy somebody urgently waits for comes in parts from several holders, each as long as its speed says. */
function stripesOf(state: FetchState, read: Read, nowMs: number): readonly { readonly tab: TabId; readonly part: Part }[] | undefined {
  const fragment = fragmentOf(read, 0)
  if (read.object.k > 1 || read.urgency !== 'urgent' || !read.isStriped || fragment === undefined) return undefined
  // What is read ahead comes whole, each chunk from another: in parts it would come no sooner, and each holder would read all of it.
  const isFirst = [...state.reads.values()].every(({ object, chunk }) => object.id !== read.object.id || chunk >= read.chunk)
  if (!isFirst) return undefined
  if (fragment.bytes < STRIPED_BYTES || state.underway.has(fragment.id)) return undefined
  const tabs = [...new Set(candidates(state, read, nowMs).map(({ tab }) => tab))]
  const holders = tabs.flatMap((tab) => state.holders.get(tab) ?? []).sort((a, b) => b.rate.bytesPerSecond - a.rate.bytesPerSecond)
  if (holders.length < 2 || holders.some(({ blames }) => blames > 0)) return undefined
  const chosen = holders.slice(0, STRIPE_HOLDERS)
  const isFar = chosen.some(({ rttMs }) => rttMs > FAR_MS)
  const weights = weightsOf(chosen, isFar)
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const stripes: { tab: TabId; part: Part }[] = []
  let offset = 0
  let shareBefore = 0
  for (const [at, holder] of chosen.entries()) {
    shareBefore += (weights[at] ?? 0) / sum
    const isLast = holder === chosen.at(-1)
    const end = isLast ? fragment.bytes : Math.round((shareBefore * fragment.bytes) / DATA_PAYLOAD_BYTES) * DATA_PAYLOAD_BYTES
    const tab = tabs.find((one) => state.holders.get(one) === holder)
    if (tab !== undefined && end > offset) stripes.push({ tab, part: { offset, bytes: end - offset } })
    offset = Math.max(offset, end)
  }
  return stripes.length < 2 ? undefined : stripes
}

/** Over a long path the rate of a short answer is mostly its round trips, and a shorter part would look slower still: equal parts, unless one is far slower. */
function weightsOf(holders: readonly Holder[], isFar: boolean): readonly number[] {
  const rates = holders.map(({ rate }) => rate.bytesPerSecond)
  if (!isFar) return rates
  const fastest = Math.max(...rates)
  return rates.map((rate) => (rate * FAR_SLOWER < fastest ? 1 / FAR_SLOWER : 1))
}

function askParts(
  state: FetchState,
  key: ReadKey,
  read: Read,
  stripes: readonly { readonly tab: TabId; readonly part: Part }[],
  nowMs: number,
  effects: FetchEffect[],
): FetchState {
  const fragment = fragmentOf(read, 0)
  if (fragment === undefined) return state
  return stripes.reduce((next, { tab, part }) => askFor(next, key, { ...fragment, tab, part, place: undefined }, nowMs, effects), state)
}
