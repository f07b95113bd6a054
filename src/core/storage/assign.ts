/**
 * What is asked of whom. First what somebody waits for, each of whoever gives it soonest; then kept rows, object by
 * object from the beginning, spread over all holders. Bounds hold for wants and bytes open with one holder, and for
 * bytes in memory.
 */
import type { TabId } from '../../protocol/ids.ts'
import {
  ASK_BYTES,
  CREDIT_WINDOW_BYTES,
  FRAGMENTS_IN_FLIGHT,
  KEEP_BESIDE_READS_BYTES,
  READ_PAUSE_MS,
  STORE_QUEUE_BYTES,
  TRANSFERS_PER_PEER,
  WANT_BLOCKS,
} from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { assignLoads } from './assign-loads.ts'
import { isOnlyMakeable, makeFromStore, makeFromTabs } from './assign-makes.ts'
import { assignReads } from './assign-reads.ts'
import { isAble, makersOfRow, owe, tabsOfRow } from './fetch-holders.ts'
import { assignPeeks } from './fetch-peeks.ts'
import type { FetchEffect, FetchState, Keep, Lack, Place, Underway } from './fetch-state.ts'
import { changeKeep, newAsk, newUnderway } from './fetch-underway.ts'

/** Wants kept free for readers. */
const SPARE_WANTS = TRANSFERS_PER_PEER / 2

type Asked = { readonly object: ObjectId; readonly lack: Lack; readonly isMade: boolean }

export function assign(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
  let next = assignReads(assignLoads(assignPeeks(state, nowMs, effects), nowMs, effects), nowMs, effects)
  if (next.keeps.size === 0) return next
  next = makeFromStore(next, effects)
  for (;;) {
    const before = next
    for (const tab of next.holders.keys()) next = askHolder(next, tab, nowMs, effects)
    if (next === before) break
  }
  return assignReads(makeFromTabs(next, nowMs, effects), nowMs, effects)
}

/** One want for this holder, if it has room for one and there is something it can give. */
function askHolder(state: FetchState, tab: TabId, nowMs: number, effects: FetchEffect[]): FetchState {
  const holder = state.holders.get(tab)
  if (holder === undefined || holder.wants.size >= SPARE_WANTS || holder.blocks >= FRAGMENTS_IN_FLIGHT) return state
  const beside = isRead(state, nowMs) ? KEEP_BESIDE_READS_BYTES - keepBytes(state) : STORE_QUEUE_BYTES
  const roomBytes = Math.min(CREDIT_WINDOW_BYTES - holder.keepBytes, STORE_QUEUE_BYTES - underwayBytes(state), beside)
  // Small asks come only when nothing is open: else they wait until they are worth a message.
  const isWorthwhile = roomBytes >= ASK_BYTES / 2 && holder.blocks <= FRAGMENTS_IN_FLIGHT / 2
  if (!isWorthwhile && (holder.keepBytes > 0 || roomBytes <= 0)) return state
  const mostBytes = Math.min(roomBytes, ASK_BYTES)
  let next = state
  const asked: Asked[] = []
  for (const object of state.keeps.keys()) {
    if (isFull(asked, mostBytes)) break
    next = take(next, object, tab, mostBytes, asked, nowMs)
  }
  return asked.length === 0 ? next : ask(next, tab, asked, nowMs, effects)
}

function isRead(state: FetchState, nowMs: number): boolean {
  return nowMs - state.readAtMs < READ_PAUSE_MS || [...state.reads.values()].some(({ urgency }) => urgency !== 'make')
}

function keepBytes(state: FetchState): number {
  let sum = 0
  for (const holder of state.holders.values()) sum += holder.keepBytes
  return sum
}

function underwayBytes(state: FetchState): number {
  let sum = 0
  for (const { bytes } of state.underway.values()) sum += bytes
  return sum
}

function isFull(asked: readonly Asked[], mostBytes: number): boolean {
  return asked.length >= WANT_BLOCKS || asked.reduce((sum, { lack }) => sum + lack.bytes, 0) >= mostBytes
}

/** Moves what one object lacks and the holder can give from its lists into `asked`. */
function take(state: FetchState, object: ObjectId, tab: TabId, mostBytes: number, asked: Asked[], nowMs: number): FetchState {
  const keep = state.keeps.get(object)
  if (keep === undefined) return state
  const again: Lack[] = []
  let { underway } = state
  let { head } = keep
  let joined = 0
  /** False: to be considered again, later or for another holder. */
  const consider = (lack: Lack): boolean => {
    const entry = underway.get(lack.id)
    if (entry !== undefined) {
      joined += entry.keeps.has(object) ? 0 : 1
      underway = new Map(underway).set(lack.id, joinKeep(entry, object, lack))
      return true
    }
    if (asked.some((other) => other.lack.id === lack.id)) return false
    const giving = abilityOf(state, keep, lack, tab, nowMs)
    if (giving === 'none') return false
    // The places of one want are all in one object.
    const isMade = giving === 'makes'
    if (asked.length > 0 && (isMade || asked[0]?.isMade) && asked[0]?.object !== object) return false
    if (isMade && asked.some((other) => other.object !== object)) return false
    asked.push({ object, lack, isMade: isMade || asked[0]?.isMade === true })
    return true
  }
  for (const lack of keep.again) if (isFull(asked, mostBytes) || !consider(lack)) again.push(lack)
  while (!isFull(asked, mostBytes) && head < keep.queue.length) {
    const lack = keep.queue[head++] as Lack
    if (!consider(lack)) again.push(lack)
  }
  if (head === keep.head && again.length === keep.again.length) return state
  return changeKeep({ ...state, underway }, object, (is) => ({ ...is, head, again, underway: is.underway + joined }))
}

/** The same fragment may stand in several stretches of one object. */
function joinKeep(entry: Underway, object: ObjectId, lack: Lack): Underway {
  const before = entry.keeps.get(object)
  const both = before === undefined ? lack : { ...before, sumBytes: before.sumBytes + lack.sumBytes }
  return { ...entry, keeps: new Map(entry.keeps).set(object, both) }
}

/** Who has a fragment gives it; only when none of them is able, those that can make it are asked to. */
function abilityOf(state: FetchState, { object, holders }: Keep, lack: Lack, tab: TabId, nowMs: number): 'has' | 'makes' | 'none' {
  const isHere = (other: TabId) => isAble(state, lack.id, other, nowMs)
  const having = tabsOfRow(holders, object.k, lack.row)
  if (having.includes(tab)) return isHere(tab) ? 'has' : 'none'
  if (!makersOfRow(holders, object.k, lack.row).includes(tab) || !isHere(tab)) return 'none'
  return having.some(isHere) ? 'none' : 'makes'
}

function ask(state: FetchState, tab: TabId, asked: readonly Asked[], nowMs: number, effects: FetchEffect[]): FetchState {
  const holder = state.holders.get(tab)
  if (holder === undefined) return state
  const transfer = holder.nextTransfer
  const underway = new Map(state.underway)
  const one = newAsk({ from: tab, transfer, askedAtMs: nowMs, isRead: false, deadlineMs: Number.POSITIVE_INFINITY })
  let next = state
  for (const { object, lack } of asked) {
    const { id, bytes } = lack
    underway.set(id, { ...newUnderway(id, bytes), asks: [one], keeps: new Map([[object, lack]]) })
    next = changeKeep(next, object, (is) => ({ ...is, underway: is.underway + 1 }))
  }
  const blocks = asked.map(({ lack }) => lack.id)
  const places = asked.some(({ isMade }) => isMade)
    ? asked.map(({ object, lack }): Place => ({ object, chunk: lack.chunk, row: lack.row }))
    : undefined
  effects.push({ kind: 'ask', holder: tab, transfer, blocks, urgent: false, part: undefined, places })
  const bytes = asked.reduce((sum, { lack }) => sum + lack.bytes, 0)
  const owing = owe(holder, transfer, blocks.length, { bytes, isRead: false }, nowMs)
  return { ...next, underway, holders: new Map(next.holders).set(tab, owing) }
}

/** Nothing of the object can be fetched now: no holder is here, or each has said it lacks what is left. */
export function isStuck(state: FetchState, object: ObjectId, nowMs: number): boolean {
  const keep = state.keeps.get(object)
  if (keep === undefined || keep.looking.size > 0 || keep.underway > 0) return false
  const lacking: readonly Lack[] = [...keep.again, ...keep.queue.slice(keep.head)]
  const isObtainable = (lack: Lack) =>
    state.underway.has(lack.id) ||
    lack.makeFrom === 'store' ||
    (lack.makeFrom === 'tabs' && isOnlyMakeable(state, keep, lack, nowMs)) ||
    [...state.holders.keys()].some((tab) => abilityOf(state, keep, lack, tab, nowMs) !== 'none')
  return lacking.length > 0 && !lacking.some(isObtainable)
}
