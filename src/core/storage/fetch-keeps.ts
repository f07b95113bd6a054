/**
 * Rows this device keeps: the store is asked about a stretch of the object at a time, and what it lacks is queued in the
 * order of the object. Nothing counts as kept before the store has it.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { LACKING_FRAGMENTS, LOOK_FRAGMENTS } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { withoutMakes } from './fetch-reads.ts'
import type { FetchEffect, FetchEvent, FetchState, Hole, Keep, Lack, Underway } from './fetch-state.ts'
import { changeKeep, withoutKeep } from './fetch-underway.ts'
import { fragmentBytesOf, type ObjectShape } from './layout.ts'

type Found = Extract<FetchEvent, { kind: 'found' }>

export function startKeep(
  state: FetchState,
  { object, rows, holders }: Extract<FetchEvent, { kind: 'keep' }>,
  effects: FetchEffect[],
): FetchState {
  // Copies are all the same: one of them is kept.
  const kept = object.k === 1 ? [0] : [...new Set(rows)].sort((a, b) => a - b)
  const before = state.keeps.get(object.id)
  if (before !== undefined && before.rows.join() === kept.join()) return changeKeep(state, object.id, (keep) => ({ ...keep, holders }))
  const others = before === undefined ? state : stopKeep(state, object.id, effects)
  const totalBytes = object.chunks.reduce((sum, chunk) => sum + fragmentBytesOf(chunk.bytes, object.k), 0) * kept.length
  const keep: Keep = {
    object,
    rows: kept,
    holders,
    nextChunk: 0,
    looking: new Set(),
    queue: [],
    head: 0,
    again: [],
    underway: 0,
    doneBytes: 0,
    totalBytes,
  }
  return { ...others, keeps: new Map(others.keeps).set(object.id, keep) }
}

export function stopKeep(state: FetchState, object: ObjectId, effects: FetchEffect[]): FetchState {
  return withoutMakes(withoutKeep(state, object, effects), object, effects)
}

export function failKeep(state: FetchState, object: ObjectId, code: RoomErrorCode, effects: FetchEffect[]): FetchState {
  effects.push({ kind: 'failed', object, code })
  return stopKeep(state, object, effects)
}

/** The next stretch, when little of what is known to be lacking is left. */
export function lookOn(state: FetchState, effects: FetchEffect[]): FetchState {
  let next = state
  for (const { object, looking, nextChunk, queue, head, again } of state.keeps.values()) {
    const lacking = queue.length - head + again.length
    if (looking.size > 0 || nextChunk >= object.chunks.length || lacking > LACKING_FRAGMENTS / 2) continue
    const rows = object.k === 1 ? 1 : object.rows
    const end = Math.min(object.chunks.length, nextChunk + Math.max(1, Math.floor(LOOK_FRAGMENTS / rows)))
    const chunks = Array.from({ length: end - nextChunk }, (_, at) => nextChunk + at)
    effects.push({ kind: 'look', object: object.id, chunks })
    next = changeKeep(next, object.id, (keep) => ({ ...keep, nextChunk: end, looking: new Set(chunks) }))
  }
  return next
}

export function found(state: FetchState, { object, chunks }: Found, effects: FetchEffect[]): FetchState {
  const keep = state.keeps.get(object)
  if (keep === undefined) return state
  const looking = new Set(keep.looking)
  const lacking = new Map<BlockId, Lack>()
  const holes: Hole[] = []
  let { doneBytes } = keep
  for (const { chunk, rows } of chunks) {
    if (!looking.delete(chunk)) continue
    for (const row of keep.rows) {
      const lack = lackOf(keep.object, chunk, row, rows)
      if (lack === undefined) continue
      const before = lacking.get(lack.id)
      if (rows.includes(row)) doneBytes += lack.bytes
      else {
        holes.push({ row, chunk })
        lacking.set(lack.id, before === undefined ? lack : { ...before, sumBytes: before.sumBytes + lack.bytes })
      }
    }
  }
  if (holes.length > 0) effects.push({ kind: 'short', object, holes })
  const queue = [...keep.queue.slice(keep.head), ...lacking.values()]
  return changeKeep(state, object, () => ({ ...keep, looking, doneBytes, queue, head: 0 }))
}

/** A block that came for a reader: kept rows that lack it take it, and do not ask for it any more. */
export function claim(state: FetchState, entry: Underway, object: ObjectId): { readonly next: FetchState; readonly entry: Underway } {
  const keep = state.keeps.get(object)
  const isIt = ({ id }: Lack) => id === entry.id
  const lack = keep?.again.find(isIt) ?? keep?.queue.slice(keep.head).find(isIt)
  if (keep === undefined || lack === undefined || entry.keeps.has(object)) return { next: state, entry }
  const without = (lacks: readonly Lack[]) => lacks.filter((other) => other !== lack)
  const next = changeKeep(state, object, () => ({
    ...keep,
    again: without(keep.again),
    queue: without(keep.queue.slice(keep.head)),
    head: 0,
    underway: keep.underway + 1,
  }))
  return { next, entry: { ...entry, keeps: new Map(entry.keeps).set(object, lack) } }
}

function lackOf({ k, chunks }: ObjectShape, chunk: number, row: number, held: readonly number[]): Lack | undefined {
  const shape = chunks[chunk]
  const id = shape?.ids[row]
  if (shape === undefined || id === undefined) return undefined
  const bytes = fragmentBytesOf(shape.bytes, k)
  const makeFrom = k === 1 ? 'nowhere' : held.length >= k ? 'store' : 'tabs'
  return { id, chunk, row, bytes, sumBytes: bytes, held, makeFrom }
}

/** Objects of which every fragment is in the store. */
export function finish(state: FetchState, effects: FetchEffect[]): FetchState {
  const isDone = ({ object, nextChunk, looking, queue, head, again, underway }: Keep) =>
    nextChunk >= object.chunks.length && looking.size === 0 && head === queue.length && again.length === 0 && underway === 0
  const done = [...state.keeps.values()].filter(isDone)
  if (done.length === 0) return state
  const keeps = new Map(state.keeps)
  for (const { object } of done) {
    keeps.delete(object.id)
    effects.push({ kind: 'kept', object: object.id })
  }
  return { ...state, keeps }
}
