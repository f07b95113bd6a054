/**
 * Chunks somebody reads. Any k rows will do: what the store has, then what comes fastest, data rows before parity. A row
 * that is late is left to come while another is asked for in its place, and with the k-th row the rest is called off.
 */
import type { BlockId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { FetchEffect, FetchEvent, FetchState, Lack, Read, ReadKey, RowHolders } from './fetch-state.ts'
import { readKey } from './fetch-state.ts'
import { giveBack, newUnderway, putUnderway, withoutRead } from './fetch-underway.ts'
import { fragmentBytesOf, type ObjectShape } from './layout.ts'

export function startRead(state: FetchState, event: Extract<FetchEvent, { kind: 'read' }>, effects: FetchEffect[]): FetchState {
  const { object, chunk, holders, urgent, found } = event
  const key = readKey(object.id, chunk)
  const before = state.reads.get(key)
  if (before === undefined && found === undefined) effects.push({ kind: 'look-read', object, chunk })
  const urgency = urgent || before?.urgency === 'urgent' ? 'urgent' : 'read'
  const read: Read = before === undefined ? freshRead(object, chunk, holders, urgency) : { ...before, holders, urgency }
  const next = { ...state, reads: new Map(state.reads).set(key, read) }
  return found === undefined ? next : foundRead(next, { kind: 'found-read', object: object.id, chunk, rows: found }, effects)
}

function freshRead(object: ObjectShape, chunk: number, holders: RowHolders, urgency: Read['urgency']): Read {
  return { object, chunk, holders, urgency, isLooking: true, have: new Set(), isStriped: true, makes: [] }
}

/** k rows are gathered to make one that nobody has. The block counts as being made from now on. */
export function startMake(state: FetchState, object: ObjectShape, holders: RowHolders, lack: Lack, effects: FetchEffect[]): FetchState {
  const key = readKey(object.id, lack.chunk)
  const before = state.reads.get(key)
  if (before === undefined) effects.push({ kind: 'look-read', object, chunk: lack.chunk })
  const read = before ?? freshRead(object, lack.chunk, holders, 'make')
  return { ...state, reads: new Map(state.reads).set(key, { ...read, makes: [...read.makes, lack] }) }
}

/** No reader is left; a row that is to be made goes on without hurry. */
export function stopRead(state: FetchState, key: ReadKey, effects: FetchEffect[]): FetchState {
  const read = state.reads.get(key)
  if (read === undefined) return state
  if (read.makes.length > 0) return { ...state, reads: new Map(state.reads).set(key, { ...read, urgency: 'make' }) }
  effects.push({ kind: 'read-over', key })
  return withoutRead(state, key, effects)
}

/** The object is not kept any more: nothing is made for it. */
export function withoutMakes(state: FetchState, object: ObjectId, effects: FetchEffect[]): FetchState {
  let next = state
  for (const [key, read] of state.reads) {
    if (read.object.id !== object || read.makes.length === 0) continue
    next = { ...next, reads: new Map(next.reads).set(key, { ...read, makes: [] }) }
    if (read.urgency === 'make') next = stopRead(next, key, effects)
  }
  return next
}

/** Rows that were to be made of tabs' rows, which are not to be had now. */
export function giveUpMakes(state: FetchState, key: ReadKey, effects: FetchEffect[]): FetchState {
  const read = state.reads.get(key)
  if (read === undefined) return state
  let next: FetchState = { ...state, reads: new Map(state.reads).set(key, { ...read, makes: [] }) }
  for (const { id } of read.makes) {
    const entry = next.underway.get(id)
    if (entry?.stage === 'making') next = giveBack(next, entry)
  }
  return read.urgency === 'make' ? stopRead(next, key, effects) : next
}

export function foundRead(state: FetchState, event: Extract<FetchEvent, { kind: 'found-read' }>, effects: FetchEffect[]): FetchState {
  const key = readKey(event.object, event.chunk)
  const read = state.reads.get(key)
  if (read === undefined) return state
  const next = {
    ...state,
    reads: new Map(state.reads).set(key, { ...read, isLooking: false, have: new Set([...read.have, ...event.rows]) }),
  }
  return finishRead(giveStoring(next, key, effects), key, effects)
}

/** Fragments that are here and on their way into the store. */
function giveStoring(state: FetchState, key: ReadKey, effects: FetchEffect[]): FetchState {
  const read = state.reads.get(key)
  const ids = new Set(read?.object.chunks[read.chunk]?.ids)
  let next = state
  for (const id of ids) if (state.underway.get(id)?.stage === 'storing') next = give(next, key, id, effects)
  return next
}

/** The block is in the adapter's hands: every row that it is, is there. */
export function give(state: FetchState, key: ReadKey, id: BlockId, effects: FetchEffect[]): FetchState {
  const read = state.reads.get(key)
  if (read === undefined) return state
  const have = new Set(read.have)
  for (const row of rowsOf(read.object, read.chunk, id)) {
    if (have.has(row)) continue
    have.add(row)
    effects.push({ kind: 'give', key, row, id })
  }
  return { ...state, reads: new Map(state.reads).set(key, { ...read, have }) }
}

/** Copies are one row. */
function rowsOf({ k, chunks }: ObjectShape, chunk: number, id: BlockId): readonly number[] {
  const ids = chunks[chunk]?.ids ?? []
  if (k === 1) return ids[0] === id ? [0] : []
  return ids.flatMap((of, row) => (of === id ? [row] : []))
}

export function finishRead(state: FetchState, key: ReadKey, effects: FetchEffect[]): FetchState {
  const read = state.reads.get(key)
  if (read === undefined || read.isLooking || read.have.size < read.object.k) return state
  const { object, chunk } = read
  for (const { row } of read.makes) effects.push({ kind: 'make', object, chunk, row, from: 'read' })
  effects.push({ kind: 'read-done', key })
  return withoutRead(state, key, effects)
}

/**
 * Whether something of the object is on its way to readers: a slow wire does not mean that nobody has the rest. A holder
 * that falls silent loses what was asked of it, and who goes does too.
 */
export function isComing({ reads, underway }: FetchState, key: ReadKey): boolean {
  const object = reads.get(key)?.object.id
  if (object === undefined) return false
  const isOfObject = (other: ReadKey) => reads.get(other)?.object.id === object
  return [...underway.values()].some((entry) => entry.asks.some(({ isThere }) => !isThere) && [...entry.reads].some(isOfObject))
}

/** Lacks of kept rows as they stand while they are being made. */
export function putMaking(state: FetchState, object: ObjectId, lack: Lack): FetchState {
  const { id, bytes } = lack
  return putUnderway(state, { ...newUnderway(id, bytes), stage: 'making', keeps: new Map([[object, lack]]) })
}

export function fragmentOf({ object, chunk }: Read, row: number): { readonly id: BlockId; readonly bytes: number } | undefined {
  const shape = object.chunks[chunk]
  const id = shape?.ids[row]
  return shape === undefined || id === undefined ? undefined : { id, bytes: fragmentBytesOf(shape.bytes, object.k) }
}
