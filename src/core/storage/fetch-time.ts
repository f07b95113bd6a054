/** What time tells while a fetch is under way: who is far, who is silent, what is late, and when to look again. */
import type { TabId } from '../../protocol/ids.ts'
import { HOLDER_SILENT_MS, LATE_MS, READ_PAUSE_MS, REFUSED_FOR_MS } from '../../protocol/limits.ts'
import { expectedMs, isAble, slowDown, tabsOfRow } from './fetch-holders.ts'
import { notePeekLateness, peekDeadlineMs } from './fetch-peeks.ts'
import { fragmentOf } from './fetch-reads.ts'
import type { Ask, FetchEffect, FetchState, LinkFacts, Underway } from './fetch-state.ts'
import { cancelWants, dropStripes, isWanted, putUnderway } from './fetch-underway.ts'

export function tick(state: FetchState, links: ReadonlyMap<TabId, LinkFacts>, nowMs: number, effects: FetchEffect[]): FetchState {
  const heard = giveUpOnSilent(noteLinks(state, links), links, nowMs, effects)
  return notePeekLateness(noteLateness(heard, nowMs), nowMs)
}

function noteLinks(state: FetchState, links: ReadonlyMap<TabId, LinkFacts>): FetchState {
  const holders = new Map(state.holders)
  for (const [tab, holder] of state.holders) {
    const rttMs = links.get(tab)?.rttMs
    if (rttMs !== undefined && rttMs !== holder.rttMs) holders.set(tab, { ...holder, rttMs })
  }
  return { ...state, holders }
}

function giveUpOnSilent(state: FetchState, links: ReadonlyMap<TabId, LinkFacts>, nowMs: number, effects: FetchEffect[]): FetchState {
  const silent = new Map<TabId, Set<number>>()
  let next = state
  for (const entry of state.underway.values()) {
    for (const { from, transfer, askedAtMs, isThere, part } of entry.asks) {
      if (isThere || nowMs - Math.max(askedAtMs, links.get(from)?.heardAtMs ?? 0) <= HOLDER_SILENT_MS) continue
      silent.set(from, (silent.get(from) ?? new Set()).add(transfer))
      if (part !== undefined) next = dropStripes(next, entry, effects)
    }
  }
  if (silent.size === 0) return state
  const holders = new Map(next.holders)
  for (const tab of silent.keys()) {
    const holder = holders.get(tab)
    if (holder !== undefined) holders.set(tab, { ...holder, restsUntilMs: nowMs + REFUSED_FOR_MS })
  }
  return cancelWants({ ...next, holders }, silent, effects)
}

/** What a reader waits for and is not here in its time: another is asked too, and this holder counts as slower. */
function noteLateness(state: FetchState, nowMs: number): FetchState {
  let next = state
  for (const entry of state.underway.values()) {
    if (entry.stage !== 'asked' || (entry.reads.size === 0 && !entry.isLoad)) continue
    const isOverdue = (ask: Ask) => !ask.isThere && !ask.isLate && nowMs >= lateAtMs(next, entry, ask, nowMs)
    if (!entry.asks.some(isOverdue)) continue
    for (const ask of entry.asks) if (isOverdue(ask)) next = { ...next, holders: slowDown(next.holders, ask.from) }
    next = putUnderway(next, { ...entry, asks: entry.asks.map((ask) => (isOverdue(ask) ? { ...ask, isLate: true } : ask)) })
  }
  return next
}

/**
 * Past its own time, or when another would long have brought it: the slower a holder seems the more time it would be given, and
 * one that is silent seems very slow.
 */
function lateAtMs(state: FetchState, entry: Underway, { askedAtMs, deadlineMs }: Ask, nowMs: number): number {
  const outrunMs = 2 * soonestOtherMs(state, entry, nowMs) + LATE_MS
  return Math.min(deadlineMs, askedAtMs + outrunMs)
}

/** Until somebody who was not asked yet would have brought it to its readers. */
function soonestOtherMs(state: FetchState, { id, bytes, asks, reads }: Underway, nowMs: number): number {
  let soonestMs = Number.POSITIVE_INFINITY
  for (const tab of othersWithIt(state, id, reads)) {
    const holder = state.holders.get(tab)
    const isFree = asks.every(({ from }) => from !== tab) && isAble(state, id, tab, nowMs)
    if (holder !== undefined && isFree) soonestMs = Math.min(soonestMs, expectedMs(holder, bytes, false))
  }
  return soonestMs
}

function othersWithIt(state: FetchState, id: Underway['id'], keys: Underway['reads']): readonly TabId[] {
  const reads = [...keys].flatMap((key) => state.reads.get(key) ?? [])
  return reads.flatMap((read) => {
    const { k, rows } = read.object
    const row = Array.from({ length: rows }, (_, at) => at).find((at) => fragmentOf(read, at)?.id === id)
    return row === undefined ? [] : tabsOfRow(read.holders, k, row)
  })
}

/** When to tick next; undefined: nothing is waited for. */
export function nextTickMs(state: FetchState, nowMs: number): number | undefined {
  const isBusy = state.keeps.size + state.reads.size + state.peeks.size + state.loads.size + state.underway.size > 0
  if (!isBusy) return undefined
  // What is kept goes on at full speed when readers are done.
  const resumesMs = state.readAtMs + READ_PAUSE_MS
  let atMs = Math.min(nowMs + HOLDER_SILENT_MS / 3, resumesMs > nowMs ? resumesMs : Number.POSITIVE_INFINITY, peekDeadlineMs(state))
  for (const entry of state.underway.values()) {
    if (!isWanted(entry) || (entry.reads.size === 0 && !entry.isLoad)) continue
    for (const ask of entry.asks) if (!ask.isLate && !ask.isThere) atMs = Math.min(atMs, lateAtMs(state, entry, ask, nowMs))
  }
  return atMs
}
