/** Manifest blocks somebody waits for: each of the tab that answers soonest, and of the next when that one lacks it or is late. */
import type { TabId } from '../../protocol/ids.ts'
import { TRANSFERS_PER_PEER } from '../../protocol/limits.ts'
import { deadlineOf, expectedMs, isAble, owe } from './fetch-holders.ts'
import type { FetchEffect, FetchState } from './fetch-state.ts'
import { newAsk, newUnderway, putUnderway } from './fetch-underway.ts'

export function assignLoads(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
  let next = state
  for (const id of state.loads) {
    const entry = next.underway.get(id)
    if (entry?.asks.some(({ isLate }) => !isLate)) continue
    // Every member has manifests.
    const able = [...next.holders.keys()].filter((tab) => isAble(next, id, tab, nowMs) && !entry?.asks.some(({ from }) => from === tab))
    const [best] = able.sort((a, b) => soonness(next, a) - soonness(next, b))
    const holder = best === undefined ? undefined : next.holders.get(best)
    if (best === undefined || holder === undefined) {
      if (entry !== undefined) continue
      const loads = new Set(next.loads)
      loads.delete(id)
      effects.push({ kind: 'unavailable', id })
      next = { ...next, loads }
      continue
    }
    if (holder.wants.size >= TRANSFERS_PER_PEER) continue
    const transfer = holder.nextTransfer
    const ask = newAsk({ from: best, transfer, askedAtMs: nowMs, isRead: true, deadlineMs: deadlineOf(holder, 0, false, nowMs) })
    effects.push({ kind: 'ask', holder: best, transfer, blocks: [id], urgent: true, part: undefined, places: undefined })
    const holders = new Map(next.holders).set(best, owe(holder, transfer, 1, { bytes: 0, isRead: true }, nowMs))
    const loading = entry ?? { ...newUnderway(id, 0), isLoad: true }
    next = putUnderway({ ...next, holders }, { ...loading, asks: [...loading.asks, ask] })
  }
  return next
}

function soonness(state: FetchState, tab: TabId): number {
  const holder = state.holders.get(tab)
  return holder === undefined ? Number.POSITIVE_INFINITY : expectedMs(holder, 0, false) + 1000 * holder.blames
}
