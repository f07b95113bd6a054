/** Rows that nobody has are made of k others: of those in the store, or else of those that tabs give. */
import { MAKES_AT_ONCE } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { isAble, makersOfRow, tabsOfRow } from './fetch-holders.ts'
import { putMaking, startMake } from './fetch-reads.ts'
import type { FetchEffect, FetchState, Keep, Lack } from './fetch-state.ts'
import { changeKeep } from './fetch-underway.ts'

/** What is needed to make these is on this device: no other is asked. */
export function makeFromStore(state: FetchState, effects: FetchEffect[]): FetchState {
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
export function makeFromTabs(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
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

export function isOnlyMakeable(state: FetchState, { object, holders }: Keep, lack: Lack, nowMs: number): boolean {
  const givers = [...tabsOfRow(holders, object.k, lack.row), ...makersOfRow(holders, object.k, lack.row)]
  if (givers.some((tab) => isAble(state, lack.id, tab, nowMs))) return false
  const rows = new Set(lack.held)
  for (const [row, tabs] of holders.rows) {
    const id = object.chunks[lack.chunk]?.ids[row]
    if (row !== lack.row && id !== undefined && tabs.some((tab) => isAble(state, id, tab, nowMs))) rows.add(row)
  }
  return rows.size >= object.k
}
