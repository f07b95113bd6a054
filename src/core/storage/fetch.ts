/**
 * Fetches fragments from all their holders at once, for rows this device keeps and for chunks somebody reads. The store
 * is asked first; what one holder could not give, gave wrong or gives too slowly is asked of another. Nothing counts as
 * kept before the store has it.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId, TabId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { assign } from './assign.ts'
import { forgetRefusals, refuse, settle, startHolder } from './fetch-holders.ts'
import { claim, failKeep, finish, found, lookOn, startKeep, stopKeep } from './fetch-keeps.ts'
import { checkedSegment, endPeek, missingPiece, startPeek, takePiece, withoutPieces } from './fetch-peeks.ts'
import { finishRead, foundRead, give, startRead, stopRead } from './fetch-reads.ts'
import {
  type FetchEffect,
  type FetchEvent,
  type FetchState,
  type FetchStep,
  type Lack,
  type Read,
  readKey,
  type Underway,
} from './fetch-state.ts'
import { tick } from './fetch-time.ts'
import { callOff, cancelWants, changeKeep, dropAsks, dropStripes, giveBack, owedOf, putUnderway } from './fetch-underway.ts'

export function fetchStep(state: FetchState, event: FetchEvent, nowMs: number): FetchStep {
  const effects: FetchEffect[] = []
  const changed = finish(lookOn(change(state, event, nowMs, effects), effects), effects)
  const isReading =
    event.kind === 'read' ||
    event.kind === 'peek' ||
    effects.some((effect) => effect.kind === 'read-done' && state.reads.get(effect.key)?.urgency !== 'make')
  const next = assign(isReading ? { ...changed, readAtMs: nowMs } : changed, nowMs, effects)
  return { next, effects }
}

function change(state: FetchState, event: FetchEvent, nowMs: number, effects: FetchEffect[]): FetchState {
  switch (event.kind) {
    case 'keep':
      return startKeep(state, event, effects)
    case 'holders':
      return changeHolders(state, event)
    case 'stop':
      return stopKeep(state, event.object, effects)
    case 'read':
      return startRead(state, event, effects)
    case 'unread':
      return stopRead(state, readKey(event.object, event.chunk), effects)
    case 'peek':
      return startPeek(state, event, effects)
    case 'unpeek':
      return endPeek(state, event.peek, undefined, effects)
    case 'checked':
      return checkedSegment(state, event, effects)
    case 'load':
      return { ...state, loads: new Set(state.loads).add(event.id) }
    case 'unload':
      return unload(state, event.id, effects)
    case 'found':
      return found(state, event, effects)
    case 'found-read':
      return foundRead(state, event, effects)
    case 'holder-here': {
      const holders = new Map(state.holders).set(event.tab, startHolder(event.rttMs))
      return { ...state, holders, refusals: forgetRefusals(state.refusals, event.tab) }
    }
    case 'holder-gone': {
      const holders = new Map(state.holders)
      holders.delete(event.tab)
      const left = withoutPieces({ ...state, holders }, event.tab)
      return dropAsks(withoutStripes(left, event.tab, effects), (_, { from }) => from === event.tab)
    }
    case 'lane-lost':
      return cancelWants(
        withoutPieces(state, event.tab),
        new Map([[event.tab, new Set(state.holders.get(event.tab)?.wants.keys())]]),
        effects,
      )
    case 'arrived':
      return arrived(state, event, nowMs, effects)
    case 'part':
      return takePiece(state, event, effects) ?? partArrived(state, event, nowMs, effects)
    case 'refused':
      return refused(state, event, nowMs, effects)
    case 'blamed':
      return blame(state, event.from, event.id, effects)
    case 'made':
      return made(state, event.id, event.isMade, effects)
    case 'stored':
      return event.ids.reduce((next, id) => stored(next, id, effects), state)
    case 'store-failed':
      return storeFailed(state, event.ids, event.code, effects)
    case 'tick':
      return tick(state, event.links, nowMs, effects)
    default:
      return event satisfies never
  }
}

function changeHolders(state: FetchState, { object, holders }: Extract<FetchEvent, { kind: 'holders' }>): FetchState {
  const next = changeKeep(state, object, (keep) => ({ ...keep, holders }))
  const reads = [...next.reads].filter(([, read]) => read.object.id === object)
  if (reads.length === 0) return next
  return { ...next, reads: new Map([...next.reads, ...reads.map(([key, read]): [typeof key, Read] => [key, { ...read, holders }])]) }
}

function unload(state: FetchState, id: BlockId, effects: FetchEffect[]): FetchState {
  const loads = new Set(state.loads)
  loads.delete(id)
  const entry = state.underway.get(id)
  if (!entry?.isLoad) return { ...state, loads }
  const next = entry.asks.reduce<FetchState>((before, ask) => callOff(before, entry, ask, effects), { ...state, loads })
  return giveBack(next, entry)
}

/** The block is here and right. */
function arrived(
  state: FetchState,
  { id, from }: Extract<FetchEvent, { kind: 'arrived' }>,
  nowMs: number,
  effects: FetchEffect[],
): FetchState {
  const entry = state.underway.get(id)
  const isAwaited = entry !== undefined && entry.stage === 'asked' && (from === undefined || entry.asks.some((ask) => ask.from === from))
  if (!isAwaited) {
    effects.push({ kind: 'drop', id })
    return state
  }
  let next = state
  for (const ask of entry.asks) {
    if (ask.isThere) continue
    if (ask.from === from) next = { ...next, holders: settle(next.holders, ask.from, ask.transfer, owedOf(entry, ask), nowMs) }
    else next = callOff(next, entry, ask, effects)
  }
  const refusals = new Map(next.refusals)
  refusals.delete(id)
  return here({ ...next, refusals }, { ...entry, asks: [] }, effects)
}

/** Given to those who read it, and to the store for those who keep it; copies that readers leave may go again. */
function here(before: FetchState, arrived: Underway, effects: FetchEffect[]): FetchState {
  let [state, entry] = [before, arrived]
  for (const key of arrived.reads) {
    const object = state.reads.get(key)?.object.id
    if (object !== undefined) ({ next: state, entry } = claim(state, entry, object))
  }
  const { id, keeps } = entry
  if (entry.isLoad) {
    effects.push({ kind: 'loaded', id })
    const loads = new Set(state.loads)
    loads.delete(id)
    return giveBack({ ...state, loads }, entry)
  }
  const isRead = [...entry.reads].some((key) => state.reads.get(key)?.urgency !== 'make')
  const isStored = keeps.size > 0 || isRead
  const isMarked = keeps.size === 0
  let next = isStored ? putUnderway(state, { ...entry, stage: 'storing', isMarked }) : giveBack(state, entry)
  // A reader may wait for a row that was being made for keeping.
  const keys = new Set([...entry.reads, ...[...keeps].map(([object, { chunk }]) => readKey(object, chunk))])
  for (const key of keys) next = finishRead(give(next, key, id, effects), key, effects)
  effects.push(isStored ? { kind: 'store', id, marked: isMarked } : { kind: 'drop', id })
  return next
}

function partArrived(
  state: FetchState,
  { id, from }: Extract<FetchEvent, { kind: 'part' }>,
  nowMs: number,
  effects: FetchEffect[],
): FetchState {
  const entry = state.underway.get(id)
  const ask = entry?.asks.find((one) => one.from === from && one.part !== undefined && !one.isThere)
  if (entry === undefined || ask === undefined) return state
  const holders = settle(state.holders, from, ask.transfer, owedOf(entry, ask), nowMs)
  effects.push({ kind: 'take-part', id, from })
  const asks = entry.asks.map((one) => (one === ask ? { ...one, isThere: true } : one))
  if (asks.filter(({ part }) => part !== undefined).every(({ isThere }) => isThere)) effects.push({ kind: 'join', id })
  return putUnderway({ ...state, holders }, { ...entry, asks })
}

function refused(state: FetchState, event: Extract<FetchEvent, { kind: 'refused' }>, nowMs: number, effects: FetchEffect[]): FetchState {
  const { id, from, reason, transfer } = event
  const peeked = from === undefined || transfer === undefined ? undefined : missingPiece(state, from, transfer, nowMs)
  if (peeked !== undefined) return peeked
  const entry = state.underway.get(id)
  if (entry === undefined) return state
  // The parts of several were wrong together: the whole of one will tell whose.
  if (from === undefined) return dropStripes(state, entry, effects)
  const ask = entry.asks.find((one) => one.from === from && !one.isThere)
  if (ask === undefined) return state
  const blamed = reason === 'mismatch' ? blame(state, from, id, effects) : state
  const next = { ...blamed, refusals: refuse(blamed.refusals, id, from, nowMs) }
  if (ask.part !== undefined) return dropStripes(next, entry, effects)
  return dropAsks(next, (other, one) => other.id === id && one === ask)
}

function blame(state: FetchState, from: TabId, id: BlockId, effects: FetchEffect[]): FetchState {
  effects.push({ kind: 'mismatch', id, from })
  const holder = state.holders.get(from)
  if (holder === undefined) return state
  return { ...state, holders: new Map(state.holders).set(from, { ...holder, blames: holder.blames + 1 }) }
}

function withoutStripes(state: FetchState, tab: TabId, effects: FetchEffect[]): FetchState {
  const broken = [...state.underway.values()].filter(({ asks }) =>
    asks.some(({ from, part, isThere }) => from === tab && part !== undefined && !isThere),
  )
  return broken.reduce((next, entry) => dropStripes(next, entry, effects), state)
}

function made(state: FetchState, id: BlockId, isMade: boolean, effects: FetchEffect[]): FetchState {
  const entry = state.underway.get(id)
  if (entry?.stage !== 'making') {
    if (isMade) effects.push({ kind: 'drop', id })
    return state
  }
  if (isMade) return here(state, entry, effects)
  // What the store gave did not do: the rows of others are tried, and if those did not either, it waits for who has it.
  const worse = (lack: Lack): Lack => ({ ...lack, held: [], makeFrom: lack.makeFrom === 'store' ? 'tabs' : 'nowhere' })
  const keeps = new Map([...entry.keeps].map(([object, lack]): [ObjectId, Lack] => [object, worse(lack)]))
  return giveBack(state, { ...entry, keeps })
}

function stored(state: FetchState, id: BlockId, effects: FetchEffect[]): FetchState {
  const entry = state.underway.get(id)
  if (entry?.stage !== 'storing') return state
  const underway = new Map(state.underway)
  underway.delete(id)
  if (entry.isMarked && entry.keeps.size > 0) effects.push({ kind: 'unmark', id })
  let next: FetchState = { ...state, underway }
  for (const [object, lack] of entry.keeps) {
    next = changeKeep(next, object, (is) => ({ ...is, underway: is.underway - 1, doneBytes: is.doneBytes + lack.sumBytes }))
  }
  return next
}

function storeFailed(state: FetchState, ids: readonly BlockId[], code: RoomErrorCode, effects: FetchEffect[]): FetchState {
  const entries = ids.flatMap((id) => state.underway.get(id) ?? [])
  const failed = new Set(entries.flatMap(({ keeps }) => [...keeps.keys()]))
  const underway = new Map(state.underway)
  for (const { id } of entries) underway.delete(id)
  let next: FetchState = { ...state, underway }
  for (const object of failed) next = failKeep(next, object, code, effects)
  return next
}
