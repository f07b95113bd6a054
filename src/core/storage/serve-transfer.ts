/**
 * The holder's side of one link. Wants are answered in the order they came, urgent ones first, block by block: once a
 * block has begun it is finished, unless its want is cancelled. A few blocks are read ahead so that the wire never waits
 * for the store, and no byte leaves without credit.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { DATA_PAYLOAD_BYTES, READ_AHEAD_BLOCKS, TRANSFERS_PER_PEER } from '../../protocol/limits.ts'
import { addCredit } from './credit.ts'

type Want = {
  readonly transfer: number
  readonly urgent: boolean
  readonly blocks: readonly BlockId[]
  readonly nextRead: number
  readonly nextSend: number
}
type Piece = { readonly transfer: number; readonly index: number }
/** A block read from the store and not yet wholly sent; `bytes` undefined: the store has it not. */
type Ready = Piece & { readonly bytes: number | undefined }
type Outgoing = Piece & { readonly offset: number; readonly bytes: number; readonly isBusy: boolean }

export type ServeState = {
  readonly creditBytes: number
  readonly wants: readonly Want[]
  /** Reads under way and blocks ready; together at most READ_AHEAD_BLOCKS. */
  readonly reading: readonly Piece[]
  readonly ready: readonly Ready[]
  readonly outgoing: Outgoing | undefined
}

export type ServeEvent =
  | { readonly kind: 'want'; readonly transfer: number; readonly blocks: readonly BlockId[]; readonly urgent: boolean }
  | { readonly kind: 'cancel'; readonly transfer: number }
  | { readonly kind: 'credit'; readonly bytes: number }
  | ({ readonly kind: 'read'; readonly bytes: number | undefined } & Piece)
  /** The last `send` is on the channel. */
  | { readonly kind: 'sent' }

export type ServeEffect =
  /** Answer with `read`. The adapter keeps the bytes until `release`. */
  | ({ readonly kind: 'read'; readonly id: BlockId } & Piece)
  /** Send `bytes` of the block from `offset`, in frames of DATA_PAYLOAD_BYTES, then answer with `sent`. */
  | ({ readonly kind: 'send'; readonly offset: number; readonly bytes: number; readonly blockBytes: number } & Piece)
  | ({ readonly kind: 'release' } & Piece)
  | ({ readonly kind: 'missing' } & Piece)
  | { readonly kind: 'cut'; readonly code: RoomErrorCode; readonly detail: string }

type Step = { readonly next: ServeState; readonly effects: readonly ServeEffect[] }

export const SERVE_START: ServeState = { creditBytes: 0, wants: [], reading: [], ready: [], outgoing: undefined }

export function serveStep(state: ServeState, event: ServeEvent): Step {
  switch (event.kind) {
    case 'want': {
      if (state.wants.length >= TRANSFERS_PER_PEER)
        return { next: state, effects: [{ kind: 'cut', code: 'flooded', detail: 'too many wants' }] }
      const isReused = state.wants.some(({ transfer }) => transfer === event.transfer)
      if (isReused) return { next: state, effects: [{ kind: 'cut', code: 'frame-malformed', detail: 'want id used twice' }] }
      const want: Want = { transfer: event.transfer, urgent: event.urgent, blocks: event.blocks, nextRead: 0, nextSend: 0 }
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
      return sent(state)
    default:
      return event satisfies never
  }
}

function cancel(state: ServeState, transfer: number): Step {
  const gone = state.ready.filter((ready) => ready.transfer === transfer)
  const effects = gone
    .filter((ready) => ready.index !== state.outgoing?.index || !isBusyWith(state, transfer))
    .map(({ index }) => ({ kind: 'release', transfer, index }) as const)
  const next = {
    ...state,
    wants: state.wants.filter((want) => want.transfer !== transfer),
    ready: state.ready.filter((ready) => ready.transfer !== transfer),
    // A send under way cannot be called back; what follows it is given up when it is reported sent.
    outgoing: state.outgoing?.transfer === transfer && !state.outgoing.isBusy ? undefined : state.outgoing,
  }
  return advance(next, effects)
}

function isBusyWith(state: ServeState, transfer: number): boolean {
  return state.outgoing?.transfer === transfer && state.outgoing.isBusy
}

function sent(state: ServeState): Step {
  const { outgoing } = state
  if (outgoing === undefined) return { next: state, effects: [] }
  const { transfer, index } = outgoing
  const isCancelled = !state.wants.some((want) => want.transfer === transfer)
  if (isCancelled) return advance({ ...state, outgoing: undefined }, [{ kind: 'release', transfer, index }])
  if (outgoing.offset < outgoing.bytes) return advance({ ...state, outgoing: { ...outgoing, isBusy: false } })
  return advance(answered({ ...state, outgoing: undefined }, outgoing), [{ kind: 'release', transfer, index }])
}

/** Everything that can be done now: tell what is missing, send what is ready, read ahead. */
function advance(state: ServeState, before: readonly ServeEffect[] = []): Step {
  const effects = [...before]
  let next = state
  for (;;) {
    if (next.outgoing === undefined) {
      const first = next.ready.find((ready) => isNext(next, ready))
      if (first === undefined) break
      const { transfer, index, bytes } = first
      if (bytes === undefined) {
        effects.push({ kind: 'missing', transfer, index })
        next = answered(next, first)
        continue
      }
      next = { ...next, outgoing: { transfer, index, bytes, offset: 0, isBusy: false } }
    }
    break
  }
  const { outgoing } = next
  if (outgoing !== undefined && !outgoing.isBusy) {
    const bytes = sendable(outgoing.bytes - outgoing.offset, next.creditBytes)
    if (bytes !== undefined) {
      const { transfer, index, offset } = outgoing
      effects.push({ kind: 'send', transfer, index, offset, bytes, blockBytes: outgoing.bytes })
      next = { ...next, creditBytes: next.creditBytes - bytes, outgoing: { ...outgoing, offset: offset + bytes, isBusy: true } }
    }
  }
  return readAhead(next, effects)
}

/** Whole frames, or the end of the block; undefined: not enough credit for one frame. */
function sendable(restBytes: number, creditBytes: number): number | undefined {
  if (restBytes <= creditBytes) return restBytes
  const frames = Math.floor(creditBytes / DATA_PAYLOAD_BYTES)
  return frames === 0 ? undefined : frames * DATA_PAYLOAD_BYTES
}

function readAhead(state: ServeState, effects: ServeEffect[]): Step {
  let { wants, reading } = state
  while (reading.length + state.ready.length < READ_AHEAD_BLOCKS) {
    const at = wants.findIndex((want) => want.nextRead < want.blocks.length)
    const want = wants[at]
    if (want === undefined) break
    const { transfer, nextRead: index } = want
    effects.push({ kind: 'read', transfer, index, id: want.blocks[index] as BlockId })
    wants = wants.with(at, { ...want, nextRead: index + 1 })
    reading = [...reading, { transfer, index }]
  }
  return { next: { ...state, wants, reading }, effects }
}

/** The next block of the first want that has anything ready: a want whose read is slow does not hold up the others. */
function isNext(state: ServeState, piece: Piece): boolean {
  const isReady = ({ transfer, nextSend }: Want) => state.ready.some((ready) => ready.transfer === transfer && ready.index === nextSend)
  const want = state.wants.find(isReady)
  return want?.transfer === piece.transfer && want.nextSend === piece.index
}

function answered(state: ServeState, piece: Piece): ServeState {
  const wants = state.wants
    .map((want) => (want.transfer === piece.transfer ? { ...want, nextSend: piece.index + 1 } : want))
    .filter((want) => want.nextSend < want.blocks.length)
  return { ...state, wants, ready: state.ready.filter((ready) => !isSame(ready, piece)) }
}

function isSame(one: Piece, other: Piece): boolean {
  return one.transfer === other.transfer && one.index === other.index
}
