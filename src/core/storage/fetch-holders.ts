/** What a fetch knows of its holders: who can give what, how much each owes, and how long the next block would take. */
import type { BlockId, TabId } from '../../protocol/ids.ts'
import { HOLDER_BLAMES, LATE_MS, REFUSED_FOR_MS } from '../../protocol/limits.ts'
import type { FetchState, Holder, RowHolders } from './fetch-state.ts'
import { beginOwing, noteArrival, noteLate, RATE_START } from './holder-rate.ts'

const RTT_AT_FIRST_MS = 50
/** Blocks for readers go before those for keeping, but what fills the channel already is not overtaken. */
const BEHIND_KEEPS_MS = 150
/** Making a fragment means reading k others. */
const MAKING_MS = 60

export function startHolder(rttMs: number | undefined): Holder {
  return {
    nextTransfer: 0,
    wants: new Map(),
    blocks: 0,
    keepBytes: 0,
    readBytes: 0,
    rate: RATE_START,
    rttMs: rttMs ?? RTT_AT_FIRST_MS,
    blames: 0,
    restsUntilMs: 0,
  }
}

/** Tabs with this row. Copies (k = 1) are all the same. */
export function tabsOfRow({ rows, whole }: RowHolders, k: number, row: number): readonly TabId[] {
  if (k > 1) return rows.get(row) ?? []
  return [...new Set([...rows.values(), whole].flat())]
}

/** Those that would make it. */
export function makersOfRow(holders: RowHolders, k: number, row: number): readonly TabId[] {
  if (k === 1) return []
  const having = holders.rows.get(row) ?? []
  return holders.whole.filter((tab) => !having.includes(tab))
}

export function isAble(state: FetchState, id: BlockId, tab: TabId, nowMs: number): boolean {
  const holder = state.holders.get(tab)
  if (holder === undefined || holder.blames >= HOLDER_BLAMES || nowMs < holder.restsUntilMs) return false
  const atMs = state.refusals.get(id)?.get(tab)
  return atMs === undefined || nowMs - atMs >= REFUSED_FOR_MS
}

export function expectedMs(holder: Holder, bytes: number, isMade: boolean): number {
  const queuedMs = holder.keepBytes > 0 ? BEHIND_KEEPS_MS : 0
  const transferMs = ((holder.readBytes + bytes) * 1000) / holder.rate.bytesPerSecond
  return holder.rttMs + queuedMs + transferMs + (isMade ? MAKING_MS : 0)
}

export function deadlineOf(holder: Holder, bytes: number, isMade: boolean, nowMs: number): number {
  return nowMs + 2 * expectedMs(holder, bytes, isMade) + LATE_MS
}

export type Owed = { readonly bytes: number; readonly isRead: boolean }

export function owe(holder: Holder, transfer: number, blocks: number, { bytes, isRead }: Owed, nowMs: number): Holder {
  return {
    ...holder,
    nextTransfer: transfer + 1,
    wants: new Map(holder.wants).set(transfer, blocks),
    blocks: holder.blocks + blocks,
    keepBytes: holder.keepBytes + (isRead ? 0 : bytes),
    readBytes: holder.readBytes + (isRead ? bytes : 0),
    rate: beginOwing(holder.rate, nowMs),
  }
}

/** One block less is expected of the holder in this want; `arrivedAtMs` when it came. */
export function settle(
  holders: FetchState['holders'],
  tab: TabId,
  transfer: number,
  { bytes, isRead }: Owed,
  arrivedAtMs?: number,
): FetchState['holders'] {
  const holder = holders.get(tab)
  const open = holder?.wants.get(transfer)
  if (holder === undefined || open === undefined) return holders
  const wants = new Map(holder.wants)
  if (open === 1) wants.delete(transfer)
  else wants.set(transfer, open - 1)
  const isIdle = wants.size === 0
  const idleRate = isIdle ? { ...holder.rate, sinceMs: undefined, bytes: 0 } : holder.rate
  const next: Holder = {
    ...holder,
    wants,
    blocks: holder.blocks - 1,
    keepBytes: holder.keepBytes - (isRead ? 0 : bytes),
    readBytes: holder.readBytes - (isRead ? bytes : 0),
    rate: arrivedAtMs === undefined ? idleRate : noteArrival(holder.rate, arrivedAtMs, bytes, isIdle),
  }
  return new Map(holders).set(tab, next)
}

export function slowDown(holders: FetchState['holders'], tab: TabId): FetchState['holders'] {
  const holder = holders.get(tab)
  return holder === undefined ? holders : new Map(holders).set(tab, { ...holder, rate: noteLate(holder.rate) })
}

export function refuse(refusals: FetchState['refusals'], id: BlockId, tab: TabId, nowMs: number): FetchState['refusals'] {
  return new Map(refusals).set(id, new Map(refusals.get(id)).set(tab, nowMs))
}

export function forgetRefusals(refusals: FetchState['refusals'], tab: TabId): FetchState['refusals'] {
  const next = new Map<BlockId, ReadonlyMap<TabId, number>>()
  for (const [id, by] of refusals) {
    const others = new Map(by)
    others.delete(tab)
    if (others.size > 0) next.set(id, others)
  }
  return next
}
