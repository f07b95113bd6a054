/**
 * A few segments ahead of their chunk, for whoever begins to read somewhere: over a long path they are there in two or
 * three round trips, a whole chunk in six. They come in small pieces from all who have them; a piece that is late or lacking
 * is asked of the next. When a segment is wrong the chunk is read whole, and that tells whose bytes were: nobody is blamed
 * for a segment, as its digest is the word of who added the object, and he may lie as well.
 */
import type { TabId } from '../../protocol/ids.ts'
import { LANES, PEEK_LAST_MS, PEEK_LATE_MS, PEEKED_CHUNKS, TRANSFERS_PER_PEER } from '../../protocol/limits.ts'
import { isAble, owe, refuse, settle, tabsOfRow } from './fetch-holders.ts'
import type { FetchEffect, FetchEvent, FetchState, Peek, PeekAsk } from './fetch-state.ts'
import { readKey } from './fetch-state.ts'
import { piecesOf } from './segments.ts'

type Piece = Peek['pieces'][number]

const BLAME_MS = 1_000

/** A chunk that was peeked at before is better fetched whole: somebody reads about in it. */
export function startPeek(state: FetchState, event: Extract<FetchEvent, { kind: 'peek' }>, effects: FetchEffect[]): FetchState {
  const { peek, object, chunk, segments, holders } = event
  const shape = object.chunks[chunk]
  const key = readKey(object.id, chunk)
  if (shape?.segments === undefined || state.peeked.has(key) || state.reads.has(key)) {
    effects.push({ kind: 'peek-failed', peek })
    return state
  }
  const pieces = piecesOf(shape, object.k, segments).map((piece): Piece => ({ ...piece, asks: [] }))
  const peeked = [...state.peeked, key].slice(-PEEKED_CHUNKS)
  const started: Peek = { object, chunk, segments, holders, pieces, right: new Set() }
  return { ...state, peeked: new Set(peeked), peeks: new Map(state.peeks).set(peek, started) }
}

/** Every piece that is neither here nor on its way in time is asked of somebody. */
export function assignPeeks(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
  let next = state
  for (const [peek, { pieces }] of state.peeks) {
    for (const at of pieces.keys()) next = assignPiece(next, peek, at, nowMs, effects)
  }
  return next
}

function assignPiece(state: FetchState, peek: number, at: number, nowMs: number, effects: FetchEffect[]): FetchState {
  const is = state.peeks.get(peek)
  const piece = is?.pieces[at]
  if (is === undefined || piece === undefined || piece.asks.some(({ stage }) => stage === 'open' || stage === 'there')) return state
  const [best, ...others] = soonest(state, is, piece, nowMs)
  const holder = best === undefined ? undefined : state.holders.get(best)
  if (best === undefined || holder === undefined) return endPeek(state, peek, 'peek-failed', effects)
  const transfer = holder.nextTransfer
  effects.push({ kind: 'ask', holder: best, transfer, blocks: [piece.id], urgent: true, part: piece.part, places: undefined })
  const deadlineMs = nowMs + (others.length === 0 ? PEEK_LAST_MS : 2 * holder.rttMs + PEEK_LATE_MS)
  const ask: PeekAsk = { from: best, transfer, deadlineMs, stage: 'open' }
  const holders = new Map(state.holders).set(best, owe(holder, transfer, 1, owedOf(piece), nowMs))
  return putAsks({ ...state, holders }, peek, at, [...piece.asks, ask])
}

/** Tabs with the piece's row that were not asked for it. A piece is a round trip or two, and a holder's lanes carry as many at once. */
function soonest(state: FetchState, { object, holders }: Peek, { row, id, asks }: Piece, nowMs: number): readonly TabId[] {
  const costMs = (tab: TabId): number => {
    const holder = state.holders.get(tab)
    if (holder === undefined) return Number.POSITIVE_INFINITY
    return holder.rttMs * (1 + holder.wants.size / LANES) + BLAME_MS * holder.blames
  }
  return tabsOfRow(holders, object.k, row)
    .filter((tab) => isAble(state, id, tab, nowMs) && !asks.some(({ from }) => from === tab))
    .filter((tab) => (state.holders.get(tab)?.wants.size ?? 0) < TRANSFERS_PER_PEER)
    .sort((a, b) => costMs(a) - costMs(b))
}

/** undefined: the part is not a piece of any peek. */
export function takePiece(
  state: FetchState,
  { from, transfer }: { readonly from: TabId; readonly transfer: number },
  effects: FetchEffect[],
): FetchState | undefined {
  const found = findAsk(state, from, transfer)
  if (found === undefined) return undefined
  const { peek, is, at, piece, ask } = found
  let next: FetchState = { ...state, holders: settle(state.holders, from, transfer, owedOf(piece)) }
  const asks = piece.asks.map((one): PeekAsk => {
    if (one === ask) return { ...one, stage: 'there' }
    if (one.stage !== 'open' && one.stage !== 'late') return one
    next = callOff(next, piece, one, effects)
    return { ...one, stage: 'spent' }
  })
  next = putAsks(next, peek, at, asks)
  effects.push({ kind: 'take-piece', peek, piece: at })
  const { pieces } = next.peeks.get(peek) ?? is
  const ofSegment = [...pieces.keys()].filter((index) => pieces[index]?.segment === piece.segment)
  const [begin, digests] = [ofSegment[0], is.object.chunks[is.chunk]?.segments]
  const isAll = ofSegment.every((index) => pieces[index]?.asks.some(({ stage }) => stage === 'there'))
  if (isAll && begin !== undefined && digests !== undefined) {
    effects.push({ kind: 'check', peek, digests, segment: piece.segment, begin, end: begin + ofSegment.length })
  }
  return next
}

export function checkedSegment(
  state: FetchState,
  { peek, segment, isRight }: Extract<FetchEvent, { kind: 'checked' }>,
  effects: FetchEffect[],
): FetchState {
  const is = state.peeks.get(peek)
  if (is === undefined) return state
  if (!isRight) return endPeek(state, peek, 'peek-failed', effects)
  const right = new Set(is.right).add(segment)
  const next = { ...state, peeks: new Map(state.peeks).set(peek, { ...is, right }) }
  return right.size === is.segments.count ? endPeek(next, peek, 'peek-done', effects) : next
}

/** A tab lacks what it was asked for in this want; undefined: not for a peek. */
export function missingPiece(state: FetchState, from: TabId, transfer: number, nowMs: number): FetchState | undefined {
  const found = findAsk(state, from, transfer)
  if (found === undefined) return undefined
  const { peek, at, piece, ask } = found
  const holders = settle(state.holders, from, transfer, owedOf(piece))
  const refusals = refuse(state.refusals, piece.id, from, nowMs)
  return putAsks(
    { ...state, holders, refusals },
    peek,
    at,
    piece.asks.map((one) => (one === ask ? { ...one, stage: 'spent' } : one)),
  )
}

/** What this tab owes will not come: it went, or a lane of it broke. */
export function withoutPieces(state: FetchState, tab: TabId): FetchState {
  let { holders } = state
  const next = changeAsks(state, (ask, piece) => {
    if (ask.from !== tab || (ask.stage !== 'open' && ask.stage !== 'late')) return ask
    holders = settle(holders, tab, ask.transfer, owedOf(piece))
    return { ...ask, stage: 'spent' }
  })
  return { ...next, holders }
}

export function notePeekLateness(state: FetchState, nowMs: number): FetchState {
  return changeAsks(state, (ask) => (ask.stage === 'open' && nowMs >= ask.deadlineMs ? { ...ask, stage: 'late' } : ask))
}

/** With its reader gone, or at its end: what is still on its way for it is called off. */
export function endPeek(state: FetchState, peek: number, how: 'peek-done' | 'peek-failed' | undefined, effects: FetchEffect[]): FetchState {
  const is = state.peeks.get(peek)
  if (is === undefined) return state
  let next = state
  for (const piece of is.pieces) {
    for (const ask of piece.asks) if (ask.stage === 'open' || ask.stage === 'late') next = callOff(next, piece, ask, effects)
  }
  const peeks = new Map(next.peeks)
  peeks.delete(peek)
  if (how !== undefined) effects.push({ kind: how, peek })
  return { ...next, peeks }
}

/** When the next ask is late. */
export function peekDeadlineMs({ peeks }: FetchState): number {
  const open = [...peeks.values()].flatMap(({ pieces }) => pieces.flatMap(({ asks }) => asks.filter(({ stage }) => stage === 'open')))
  return Math.min(...open.map(({ deadlineMs }) => deadlineMs))
}

function findAsk(state: FetchState, from: TabId, transfer: number) {
  for (const [peek, is] of state.peeks) {
    for (const [at, piece] of is.pieces.entries()) {
      const ask = piece.asks.find((one) => one.from === from && one.transfer === transfer && one.stage !== 'spent')
      if (ask !== undefined) return { peek, is, at, piece, ask }
    }
  }
  return undefined
}

function callOff(state: FetchState, piece: Piece, { from, transfer }: PeekAsk, effects: FetchEffect[]): FetchState {
  effects.push({ kind: 'cancel', holder: from, transfer })
  return { ...state, holders: settle(state.holders, from, transfer, owedOf(piece)) }
}

function owedOf({ part }: Piece): { readonly bytes: number; readonly isRead: true } {
  return { bytes: part.bytes, isRead: true }
}

function putAsks(state: FetchState, peek: number, at: number, asks: readonly PeekAsk[]): FetchState {
  const is = state.peeks.get(peek)
  if (is === undefined) return state
  const pieces = is.pieces.map((piece, index) => (index === at ? { ...piece, asks } : piece))
  return { ...state, peeks: new Map(state.peeks).set(peek, { ...is, pieces }) }
}

function changeAsks(state: FetchState, change: (ask: PeekAsk, piece: Piece) => PeekAsk): FetchState {
  if (state.peeks.size === 0) return state
  const changed = ([peek, is]: [number, Peek]): [number, Peek] => [
    peek,
    { ...is, pieces: is.pieces.map((piece) => ({ ...piece, asks: piece.asks.map((ask) => change(ask, piece)) })) },
  ]
  return { ...state, peeks: new Map([...state.peeks].map(changed)) }
}
