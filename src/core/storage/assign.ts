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
  MAKES_AT_ONCE,
  STORE_QUEUE_BYTES,
  TRANSFERS_PER_PEER,
  WANT_BLOCKS,
} from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { assignReads } from './assign-reads.ts'
import { deadlineOf, expectedMs, isAble, makersOfRow, owe, tabsOfRow } from './fetch-holders.ts'
import { putMaking, startMake } from './fetch-reads.ts'
import type { FetchEffect, FetchState, Keep, Lack, Place, Underway } from './fetch-state.ts'
import { changeKeep, putUnderway } from './fetch-underway.ts'

/** Wants kept free for readers. */
const SPARE_WANTS = TRANSFERS_PER_PEER / 2

type Asked = { readonly object: ObjectId; readonly lack: Lack; readonly isMade: boolean }

export function assign(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
  let next = assignReads(assignLoads(state, nowMs, effects), nowMs, effects)
  if (next.keeps.size === 0) return next
  next = makeFromStore(next, effects)
  for (;;) {
    const before = next
    for (const tab of next.holders.keys()) next = askHolder(next, tab, nowMs, effects)
    if (next === before) break
  }
  return assignReads(makeFromTabs(next, nowMs, effects), nowMs, effects)
}

function assignLoads(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
  let next = state
  for (const { id, tabs } of state.loads.values()) {
    const entry = next.underway.get(id)
    if (entry?.asks.some(({ isLate }) => !isLate)) continue
    const able = tabs.filter((tab) => isAble(next, id, tab, nowMs) && !entry?.asks.some(({ from }) => from === tab))
    const [best] = [...able].sort((a, b) => soonness(next, a) - soonness(next, b))
    const holder = best === undefined ? undefined : next.holders.get(best)
    if (best === undefined || holder === undefined) {
      if (entry !== undefined) continue
      const loads = new Map(next.loads)
      loads.delete(id)
      effects.push({ kind: 'unavailable', id })
      next = { ...next, loads }
      continue
    }
    if (holder.wants.size >= TRANSFERS_PER_PEER) continue
    const transfer = holder.nextTransfer
    const ask = {
      from: best,
      transfer,
      askedAtMs: nowMs,
      isRead: true,
      deadlineMs: deadlineOf(holder, 0, false, nowMs),
      isLate: false,
      part: undefined,
      isThere: false,
    }
    effects.push({ kind: 'ask', holder: best, transfer, blocks: [id], urgent: true, part: undefined, places: undefined })
    const holders = new Map(next.holders).set(best, owe(holder, transfer, 1, { bytes: 0, isRead: true }, nowMs))
    const loading: Underway = entry ?? {
      id,
      bytes: 0,
      stage: 'asked',
      asks: [],
      isMarked: false,
      keeps: new Map(),
      reads: new Set(),
      isLoad: true,
    }
    next = putUnderway({ ...next, holders }, { ...loading, asks: [...loading.asks, ask] })
  }
  return next
}

function soonness(state: FetchState, tab: TabId): number {
  const holder = state.holders.get(tab)
  return holder === undefined ? Number.POSITIVE_INFINITY : expectedMs(holder, 0, false) + 1000 * holder.blames
}

/** One want for this holder, if it has room for one and there is something it can give. */
function askHolder(state: FetchState, tab: TabId, nowMs: number, effects: FetchEffect[]): FetchState {
  const holder = state.holders.get(tab)
  if (holder === undefined || holder.wants.size >= SPARE_WANTS || holder.blocks >= FRAGMENTS_IN_FLIGHT) return state
  const beside = isRead(state) ? KEEP_BESIDE_READS_BYTES - keepBytes(state) : STORE_QUEUE_BYTES
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

function isRead(state: FetchState): boolean {
  return [...state.reads.values()].some(({ urgency }) => urgency !== 'make')
}

function keepBytes(state: FetchState): number {
  let sum = 0
  for (const holder of state.holders.values()) sum += holder.keepBytes
  return sum
}

export function underwayBytes(state: FetchState): number {
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
  const one = {
    from: tab,
    transfer,
    askedAtMs: nowMs,
    isRead: false,
    deadlineMs: Number.POSITIVE_INFINITY,
    isLate: false,
    part: undefined,
    isThere: false,
  }
  let next = state
  for (const { object, lack } of asked) {
    const { id, bytes } = lack
    underway.set(id, {
      id,
      bytes,
      stage: 'asked',
      asks: [one],
      isMarked: false,
      keeps: new Map([[object, lack]]),
      reads: new Set(),
      isLoad: false,
    })
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

/** What is needed to make these is on this device: no other is asked. */
function makeFromStore(state: FetchState, effects: FetchEffect[]): FetchState {
  let next = state
  for (const { object } of state.keeps.values()) {
    if (object.k > 1) {
      next = takeOut(
        next,
        object.id,
        (lack) => lack.makeFrom === 'store' && making(next) < MAKES_AT_ONCE,
        (taken, lack) => {
          effects.push({ kind: 'make', object, chunk: lack.chunk, row: lack.row, from: 'store' })
          next = putMaking(taken, object.id, lack)
          return next
        },
      )
    }
  }
  return next
}

/** Nobody has it and nobody who is here makes it: k other rows are fetched to make it here. */
function makeFromTabs(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
  let next = state
  for (const keep of state.keeps.values()) {
    if (keep.object.k === 1) continue
    const isForUs = (lack: Lack) => lack.makeFrom === 'tabs' && making(next) < 2 * MAKES_AT_ONCE && isOnlyMakeable(next, keep, lack, nowMs)
    next = takeOut(next, keep.object.id, isForUs, (taken, lack) => {
      next = startMake(putMaking(taken, keep.object.id, lack), keep.object, keep.holders, lack, effects)
      return next
    })
  }
  return next
}

function making(state: FetchState): number {
  let count = 0
  for (const { stage } of state.underway.values()) if (stage === 'making') count++
  return count
}

/** Takes lacks that are nowhere under way out of a keep's lists. */
function takeOut(
  state: FetchState,
  object: ObjectId,
  isTaken: (lack: Lack) => boolean,
  put: (state: FetchState, lack: Lack) => FetchState,
): FetchState {
  const keep = state.keeps.get(object)
  if (keep === undefined) return state
  let next = state
  for (const lack of [...keep.again, ...keep.queue.slice(keep.head)]) {
    if (next.underway.has(lack.id) || !isTaken(lack)) continue
    next = put(
      changeKeep(next, object, (is) => ({
        ...is,
        again: is.again.filter((other) => other !== lack),
        queue: is.queue.slice(is.head).filter((other) => other !== lack),
        head: 0,
        underway: is.underway + 1,
      })),
      lack,
    )
  }
  return next
}

function isOnlyMakeable(state: FetchState, { object, holders }: Keep, lack: Lack, nowMs: number): boolean {
  const givers = [...tabsOfRow(holders, object.k, lack.row), ...makersOfRow(holders, object.k, lack.row)]
  if (givers.some((tab) => isAble(state, lack.id, tab, nowMs))) return false
  const rows = new Set(lack.held)
  for (const [row, tabs] of holders.rows) {
    const id = object.chunks[lack.chunk]?.ids[row]
    if (row !== lack.row && id !== undefined && tabs.some((tab) => isAble(state, id, tab, nowMs))) rows.add(row)
  }
  return rows.size >= object.k
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
