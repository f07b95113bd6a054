/** Blocks on their way: who lacks each, what becomes of them when an ask fails or nobody wants them any more. */
import type { BlockId, TabId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { settle } from './fetch-holders.ts'
import type { Ask, FetchEffect, FetchState, Keep, Part, ReadKey, Underway } from './fetch-state.ts'

export function changeKeep(state: FetchState, object: ObjectId, change: (keep: Keep) => Keep): FetchState {
  const keep = state.keeps.get(object)
  if (keep === undefined) return state
  return { ...state, keeps: new Map(state.keeps).set(object, change(keep)) }
}

export function putUnderway(state: FetchState, entry: Underway): FetchState {
  return { ...state, underway: new Map(state.underway).set(entry.id, entry) }
}

/** As it is asked for, by nobody yet. */
export function newUnderway(id: BlockId, bytes: number): Underway {
  return { id, bytes, stage: 'asked', asks: [], isMarked: false, keeps: new Map(), reads: new Set(), isLoad: false }
}

export function newAsk(ask: Pick<Ask, 'from' | 'transfer' | 'askedAtMs' | 'isRead' | 'deadlineMs'>, part?: Part): Ask {
  return { ...ask, part, isLate: false, isThere: false }
}

export function isWanted({ keeps, reads, isLoad }: Underway): boolean {
  return isLoad || keeps.size > 0 || reads.size > 0
}

/** The block is under way no longer. What kept rows lack of it is asked for again, first of all. */
export function giveBack(state: FetchState, entry: Underway): FetchState {
  const underway = new Map(state.underway)
  underway.delete(entry.id)
  let next: FetchState = { ...state, underway }
  for (const [object, lack] of entry.keeps) {
    next = changeKeep(next, object, (keep) => ({ ...keep, underway: keep.underway - 1, again: [...keep.again, lack] }))
  }
  return next
}

/** The holder owes this block no longer: a want of nothing else is called off, from one of several it may still come. */
export function callOff(state: FetchState, entry: Underway, ask: Ask, effects: FetchEffect[]): FetchState {
  const isLast = state.holders.get(ask.from)?.wants.get(ask.transfer) === 1
  if (isLast) effects.push({ kind: 'cancel', holder: ask.from, transfer: ask.transfer })
  return { ...state, holders: settle(state.holders, ask.from, ask.transfer, owedOf(entry, ask)) }
}

export function owedOf(entry: Underway, ask: Ask): { readonly bytes: number; readonly isRead: boolean } {
  return { bytes: ask.part?.bytes ?? entry.bytes, isRead: ask.isRead }
}

/** Asks that came to nothing. With the last of them the block is given back. */
export function dropAsks(state: FetchState, isDropped: (entry: Underway, ask: Ask) => boolean): FetchState {
  let next = state
  for (const entry of state.underway.values()) {
    const dropped = entry.asks.filter((ask) => isDropped(entry, ask))
    if (dropped.length === 0) continue
    for (const ask of dropped) next = { ...next, holders: settle(next.holders, ask.from, ask.transfer, owedOf(entry, ask)) }
    const asks = entry.asks.filter((ask) => !dropped.includes(ask))
    next = asks.length === 0 && entry.stage === 'asked' ? giveBack(next, entry) : putUnderway(next, { ...entry, asks })
  }
  return next
}

/** Everything asked in these wants, which the holders are told to forget. */
export function cancelWants(state: FetchState, wants: ReadonlyMap<TabId, ReadonlySet<number>>, effects: FetchEffect[]): FetchState {
  for (const [holder, transfers] of wants) for (const transfer of transfers) effects.push({ kind: 'cancel', holder, transfer })
  return dropAsks(state, (_, ask) => wants.get(ask.from)?.has(ask.transfer) === true)
}

/** An object is not kept any more. */
export function withoutKeep(state: FetchState, object: ObjectId, effects: FetchEffect[]): FetchState {
  const keeps = new Map(state.keeps)
  if (!keeps.delete(object)) return state
  const underway = new Map(state.underway)
  for (const [id, entry] of state.underway) {
    if (!entry.keeps.has(object)) continue
    const others = new Map(entry.keeps)
    others.delete(object)
    underway.set(id, { ...entry, keeps: others })
  }
  return callOffUnwanted({ ...state, keeps, underway }, effects)
}

/** A chunk is not read any more. */
export function withoutRead(state: FetchState, key: ReadKey, effects: FetchEffect[]): FetchState {
  const reads = new Map(state.reads)
  if (!reads.delete(key)) return state
  const underway = new Map(state.underway)
  for (const [id, entry] of state.underway) {
    if (!entry.reads.has(key)) continue
    const others = new Set(entry.reads)
    others.delete(key)
    underway.set(id, { ...entry, reads: others })
  }
  return callOffUnwanted({ ...state, reads, underway }, effects)
}

/** Wants of which nobody lacks any block are cancelled; what is wanted with others is let come, and dropped then. */
function callOffUnwanted(state: FetchState, effects: FetchEffect[]): FetchState {
  const unwanted = new Map<TabId, Map<number, number>>()
  const gone: BlockId[] = []
  for (const entry of state.underway.values()) {
    if (entry.stage === 'storing' || isWanted(entry)) continue
    if (entry.stage === 'making') gone.push(entry.id)
    for (const { from, transfer, isThere } of entry.asks) {
      if (isThere) continue
      const transfers = unwanted.get(from) ?? new Map<number, number>()
      unwanted.set(from, transfers.set(transfer, 1 + (transfers.get(transfer) ?? 0)))
    }
  }
  const idle = new Map<TabId, Set<number>>()
  for (const [from, transfers] of unwanted) {
    const open = state.holders.get(from)?.wants
    idle.set(from, new Set([...transfers].filter(([transfer, blocks]) => open?.get(transfer) === blocks).map(([transfer]) => transfer)))
  }
  const underway = new Map(state.underway)
  for (const id of gone) underway.delete(id)
  return cancelWants({ ...state, underway }, idle, effects)
}

/** Its parts do not come together: the block is asked for as a whole. */
export function dropStripes(state: FetchState, entry: Underway, effects: FetchEffect[]): FetchState {
  let next = state
  for (const ask of entry.asks) if (ask.part !== undefined && !ask.isThere) next = callOff(next, entry, ask, effects)
  const reads = new Map(next.reads)
  for (const key of entry.reads) {
    const read = reads.get(key)
    if (read !== undefined) reads.set(key, { ...read, isStriped: false })
  }
  const asks = entry.asks.filter(({ part }) => part === undefined)
  const left = { ...entry, asks }
  return asks.length === 0 ? giveBack({ ...next, reads }, left) : putUnderway({ ...next, reads }, left)
}
