/**
 * The holder's side of one link. Wants are answered in the order they came, urgent ones first, block by block, each block
 * on one lane and on whichever is idle. Once begun it is finished, unless its want is cancelled or its lane breaks; an
 * urgent one goes between the frames of another. A few blocks are read ahead so that the wire never waits for the store,
 * and no byte leaves without credit.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { DATA_PAYLOAD_BYTES, READ_AHEAD_BLOCKS, SEND_BYTES, TRANSFERS_PER_PEER } from '../../protocol/limits.ts'
import { addCredit } from './credit.ts'
import type { Part, Place } from './fetch-state.ts'

type Want = {
  readonly transfer: number
  readonly urgent: boolean
  readonly blocks: readonly BlockId[]
  readonly part: Part | undefined
  readonly places: readonly Place[] | undefined
  readonly nextRead: number
  /** Blocks before it were begun. */
  readonly nextSend: number
}
type Piece = { readonly transfer: number; readonly index: number }
/** A block read from the store and not yet wholly sent; `bytes` undefined: the store has it not. */
type Ready = Piece & { readonly bytes: number | undefined }
/** A block on its way: `offset` is sent next, `end` is where the want ends in it. */
type Outgoing = Piece & {
  readonly begin: number
  readonly offset: number
  readonly end: number
  readonly bytes: number
  readonly isBusy: boolean
}

export type ServeState = {
  readonly creditBytes: number
  readonly wants: readonly Want[]
  /** Reads under way and blocks ready; together at most READ_AHEAD_BLOCKS, and one for each further lane. */
  readonly reading: readonly Piece[]
  readonly ready: readonly Ready[]
  readonly lanes: readonly number[]
  /** Where the last urgent block began. */
  readonly urgentLane: number
  /** By slot: of each lane one for urgent blocks and one for others. */
  readonly outgoing: ReadonlyMap<number, Outgoing>
}

export type ServeEvent =
  | {
      readonly kind: 'want'
      readonly transfer: number
      readonly blocks: readonly BlockId[]
      readonly urgent: boolean
      readonly part?: Part | undefined
      readonly places?: readonly Place[] | undefined
    }
  | { readonly kind: 'cancel'; readonly transfer: number }
  | { readonly kind: 'credit'; readonly bytes: number }
  | ({ readonly kind: 'read'; readonly bytes: number | undefined } & Piece)
  /** The last `send` on this lane is on its channel. */
  | { readonly kind: 'sent'; readonly lane: number }
  /** Lanes that are open now. */
  | { readonly kind: 'lanes'; readonly lanes: readonly number[] }

export type ServeEffect =
  /** Answer with `read`, from the store or, where a place is named, made of others. The adapter keeps the bytes until `release`. */
  | ({ readonly kind: 'read'; readonly id: BlockId; readonly place: Place | undefined } & Piece)
  /** Send `bytes` of the block from `offset`, in frames of DATA_PAYLOAD_BYTES, then answer with `sent`. */
  | ({ readonly kind: 'send'; readonly lane: number; readonly offset: number; readonly bytes: number; readonly blockBytes: number } & Piece)
  | ({ readonly kind: 'release' } & Piece)
  | ({ readonly kind: 'missing' } & Piece)
  | { readonly kind: 'cut'; readonly code: RoomErrorCode; readonly detail: string }

type Step = { readonly next: ServeState; readonly effects: readonly ServeEffect[] }

export const SERVE_START: ServeState = { creditBytes: 0, wants: [], reading: [], ready: [], lanes: [0], urgentLane: 0, outgoing: new Map() }

export function serveStep(state: ServeState, event: ServeEvent): Step {
  switch (event.kind) {
    case 'want': {
      if (state.wants.length >= TRANSFERS_PER_PEER)
        return { next: state, effects: [{ kind: 'cut', code: 'flooded', detail: 'too many wants' }] }
      const isReused = state.wants.some(({ transfer }) => transfer === event.transfer)
      if (isReused) return { next: state, effects: [{ kind: 'cut', code: 'frame-malformed', detail: 'want id used twice' }] }
      const { transfer, urgent, blocks, part, places } = event
      if (part !== undefined && blocks.length > 1)
        return { next: state, effects: [{ kind: 'cut', code: 'frame-malformed', detail: 'part of several blocks' }] }
      const want: Want = { transfer, urgent, blocks, part, places, nextRead: 0, nextSend: 0 }
      const firstPatient = state.wants.findIndex(({ urgent }) => !urgent)
      const at = want.urgent && firstPatient >= 0 ? firstPatient : state.wants.length
      return advance({ ...state, wants: state.wants.toSpliced(at, 0, want) })
    }
    case 'cancel':
      return cancel(state, event.transfer)
    case 'credit':
      return advance({ ...state, creditBytes: addCredit(state.creditBytes, event.bytes) })
    case 'read': {
      const reading = state.reading.filter((piece) => !isSame(piece, event))
      const isWanted = reading.length < state.reading.length && state.wants.some(({ transfer }) => transfer === event.transfer)
      const { transfer, index, bytes } = event
      if (!isWanted) return advance({ ...state, reading }, [{ kind: 'release', transfer, index }])
      return advance({ ...state, reading, ready: [...state.ready, { transfer, index, bytes }] })
    }
    case 'sent':
      return sent(state, event.lane)
    case 'lanes':
      return changeLanes(state, event.lanes)
    default:
      return event satisfies never
  }
}

function cancel(state: ServeState, transfer: number): Step {
  const effects: ServeEffect[] = state.ready
    .filter((ready) => ready.transfer === transfer)
    .map(({ index }) => ({ kind: 'release', transfer, index }) as const)
  const outgoing = new Map(state.outgoing)
  for (const [slot, { transfer: of, index, isBusy }] of state.outgoing) {
    // A send under way cannot be called back; what follows it is given up when it is reported sent.
    if (of !== transfer || isBusy) continue
    outgoing.delete(slot)
    effects.push({ kind: 'release', transfer, index })
  }
  const next = {
    ...state,
    outgoing,
    wants: state.wants.filter((want) => want.transfer !== transfer),
    ready: state.ready.filter((ready) => ready.transfer !== transfer),
  }
  return advance(next, effects)
}

function sent(state: ServeState, lane: number): Step {
  const slot = slotsOf(lane).find((one) => state.outgoing.get(one)?.isBusy)
  const was = slot === undefined ? undefined : state.outgoing.get(slot)
  if (slot === undefined || was === undefined) return { next: state, effects: [] }
  const { transfer, index } = was
  const outgoing = new Map(state.outgoing)
  const isCancelled = !state.wants.some((want) => want.transfer === transfer)
  if (!isCancelled && was.offset < was.end) return advance({ ...state, outgoing: outgoing.set(slot, { ...was, isBusy: false }) })
  outgoing.delete(slot)
  return advance(ended({ ...state, outgoing }), [{ kind: 'release', transfer, index }])
}

/** A want is over when every block of it was begun and none is on its way, or to be sent again. */
function ended(state: ServeState): ServeState {
  const isSending = (transfer: number) => [...state.outgoing.values(), ...state.ready].some((piece) => piece.transfer === transfer)
  const isOver = ({ transfer, blocks, nextSend }: Want) => nextSend >= blocks.length && !isSending(transfer)
  return { ...state, wants: state.wants.filter((want) => !isOver(want)) }
}

/** What was on its way over a lane that is gone is sent again over another, from its beginning. */
function changeLanes(state: ServeState, lanes: readonly number[]): Step {
  const outgoing = new Map(state.outgoing)
  const ready = [...state.ready]
  const effects: ServeEffect[] = []
  for (const [slot, { transfer, index, bytes }] of state.outgoing) {
    if (lanes.includes(Math.floor(slot / 2))) continue
    outgoing.delete(slot)
    if (state.wants.some((want) => want.transfer === transfer)) ready.unshift({ transfer, index, bytes })
    else effects.push({ kind: 'release', transfer, index })
  }
  return advance({ ...state, lanes, outgoing, ready }, effects)
}

/** Everything that can be done now: tell what is missing, send what is ready on every idle lane, read ahead. */
function advance(state: ServeState, before: readonly ServeEffect[] = []): Step {
  const effects = [...before]
  let next = state
  const isBusy = (lane: number) => slotsOf(lane).some((slot) => next.outgoing.get(slot)?.isBusy)
  for (const lane of inTurn(state)) {
    if (isBusy(lane)) continue
    const [slot] = slotsOf(lane)
    if (!next.outgoing.has(slot)) {
      next = begin(next, slot, effects)
      if (next.outgoing.has(slot)) next = { ...next, urgentLane: lane }
    }
    next = sendMore(next, slot, effects)
  }
  for (const lane of state.lanes) {
    const [urgentSlot, slot] = slotsOf(lane)
    // Urgent bytes that wait for credit let no others by.
    if (isBusy(lane) || next.outgoing.has(urgentSlot)) continue
    if (!next.outgoing.has(slot)) next = begin(next, slot, effects)
    next = sendMore(next, slot, effects)
  }
  return readAhead(next, effects)
}

/** A channel takes a block long before the wire does: the next urgent one goes to the lane after, where less stands before it. */
function inTurn({ lanes, urgentLane }: ServeState): readonly number[] {
  const at = lanes.indexOf(urgentLane) + 1
  return [...lanes.slice(at), ...lanes.slice(0, at)]
}

/** Urgent first. */
function slotsOf(lane: number): readonly [number, number] {
  return [2 * lane + 1, 2 * lane]
}

/** The next block there is to send goes into this slot. */
function begin(state: ServeState, slot: number, effects: ServeEffect[]): ServeState {
  let next = state
  for (;;) {
    const first = next.ready.find((ready) => isNext(next, ready, slot % 2 === 1))
    if (first === undefined) return next
    const { transfer, index, bytes } = first
    const part = next.wants.find((want) => want.transfer === transfer)?.part
    const span = spanOf(part, bytes)
    next = begun(next, first)
    if (bytes !== undefined && span !== undefined) {
      const outgoing = { transfer, index, bytes, begin: span.begin, offset: span.begin, end: span.end, isBusy: false }
      return { ...next, outgoing: new Map(next.outgoing).set(slot, outgoing) }
    }
    effects.push({ kind: 'missing', transfer, index })
    if (bytes !== undefined) effects.push({ kind: 'release', transfer, index })
    next = ended(next)
  }
}

/** undefined: there is no such part. */
function spanOf(part: Part | undefined, bytes = 0): { readonly begin: number; readonly end: number } | undefined {
  if (part === undefined) return { begin: 0, end: bytes }
  return part.offset + part.bytes <= bytes ? { begin: part.offset, end: part.offset + part.bytes } : undefined
}

function sendMore(state: ServeState, slot: number, effects: ServeEffect[]): ServeState {
  const outgoing = state.outgoing.get(slot)
  if (outgoing === undefined) return state
  const isUrgent = slot % 2 === 1
  const restBytes = outgoing.end - outgoing.offset
  const bytes = sendable(isUrgent ? restBytes : Math.min(restBytes, SEND_BYTES), state.creditBytes)
  if (bytes === undefined) return state
  const { transfer, index, offset } = outgoing
  effects.push({ kind: 'send', lane: Math.floor(slot / 2), transfer, index, offset, bytes, blockBytes: outgoing.bytes })
  const busy = { ...outgoing, offset: offset + bytes, isBusy: true }
  return { ...state, creditBytes: state.creditBytes - bytes, outgoing: new Map(state.outgoing).set(slot, busy) }
}

/** Whole frames, or the end of the block; undefined: not enough credit for one frame. */
function sendable(restBytes: number, creditBytes: number): number | undefined {
  if (restBytes <= creditBytes) return restBytes
  const frames = Math.floor(creditBytes / DATA_PAYLOAD_BYTES)
  return frames === 0 ? undefined : frames * DATA_PAYLOAD_BYTES
}

function readAhead(state: ServeState, effects: ServeEffect[]): Step {
  let { wants, reading } = state
  while (reading.length + state.ready.length < READ_AHEAD_BLOCKS + state.lanes.length - 1) {
    const at = wants.findIndex((want) => want.nextRead < want.blocks.length)
    const want = wants[at]
    if (want === undefined) break
    const { transfer, nextRead: index, places } = want
    effects.push({ kind: 'read', transfer, index, id: want.blocks[index] as BlockId, place: places?.[index] })
    wants = wants.with(at, { ...want, nextRead: index + 1 })
    reading = [...reading, { transfer, index }]
  }
  return { next: { ...state, wants, reading }, effects }
}

/** The next block of the first want that has anything ready: a want whose read is slow does not hold up the others. */
function isNext(state: ServeState, piece: Piece, isUrgent: boolean): boolean {
  const isReady = ({ transfer, urgent, nextSend }: Want) =>
    urgent === isUrgent && state.ready.some((ready) => ready.transfer === transfer && ready.index <= nextSend)
  const want = state.wants.find(isReady)
  return want?.transfer === piece.transfer && piece.index <= want.nextSend
}

/** A block whose lane broke is begun twice. */
function begun(state: ServeState, piece: Piece): ServeState {
  const forward = (want: Want) =>
    want.transfer === piece.transfer ? { ...want, nextSend: Math.max(want.nextSend, piece.index + 1) } : want
  return { ...state, wants: state.wants.map(forward), ready: state.ready.filter((ready) => !isSame(ready, piece)) }
}

function isSame(one: Piece, other: Piece): boolean {
  return one.transfer === other.transfer && one.index === other.index
}
