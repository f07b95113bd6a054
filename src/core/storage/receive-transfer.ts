/**
 * The asker's side of one link. Data is welcome only for a block that was asked for and not yet answered, in frames of
 * the agreed size, on each lane one block after another, urgent ones between the frames of the others, within the credit
 * granted; anything else ends the link. A cancelled want is remembered for a while, because its data may still be under
 * way: it is let in, thrown away, and its credit handed back.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { BLOCK_BYTES, CANCELLED_WANTS, DATA_PAYLOAD_BYTES } from '../../protocol/limits.ts'
import { type Allowance, arrive, grant, isFar, NO_ALLOWANCE, release } from './credit.ts'
import type { Part } from './fetch-state.ts'

type Want = {
  readonly blocks: readonly BlockId[]
  readonly isUrgent: boolean
  readonly part: Part | undefined
  readonly answered: ReadonlySet<number>
  readonly cancelled: boolean
}
/** `from`: where in the block the want begins; `offset`: what comes next. */
type Incoming = {
  readonly transfer: number
  readonly index: number
  readonly from: number
  readonly offset: number
  readonly blockBytes: number
}

export type ReceiveState = {
  readonly allowance: Allowance
  readonly isOpen: boolean
  readonly wants: ReadonlyMap<number, Want>
  /** Blocks whose frames are arriving, by slot: of each lane one for urgent blocks and one for others. */
  readonly incoming: ReadonlyMap<number, Incoming>
}

export type ReceiveEvent =
  /** `part`: only these bytes of the one block. */
  | {
      readonly kind: 'asked'
      readonly transfer: number
      readonly blocks: readonly BlockId[]
      readonly urgent?: boolean
      readonly part?: Part | undefined
      /** Of the link, as long as nothing was queued on it. */
      readonly rttMs?: number | undefined
    }
  | {
      readonly kind: 'frame'
      readonly lane: number
      readonly transfer: number
      readonly index: number
      readonly offset: number
      readonly blockBytes: number
      readonly payloadBytes: number
    }
  | { readonly kind: 'missing'; readonly transfer: number; readonly index: number }
  | { readonly kind: 'cancelled'; readonly transfer: number }
  /** The store took this many bytes, or they were thrown away. */
  | { readonly kind: 'accepted'; readonly bytes: number }
  /** A lane closed, and of what the holder put on it so much never arrived. */
  | { readonly kind: 'lane-closed'; readonly lane: number; readonly lostBytes: number }

export type ReceiveEffect =
  | { readonly kind: 'grant'; readonly bytes: number }
  /** Put the payload into the buffer of the slot; `first` makes it, `bufferBytes` long, `last` completes it. */
  | {
      readonly kind: 'write'
      readonly slot: number
      readonly id: BlockId
      readonly transfer: number
      readonly offset: number
      readonly bufferBytes: number
      readonly part: Part | undefined
      readonly first: boolean
      readonly last: boolean
    }
  /** The buffer of the slot is no longer wanted. */
  | { readonly kind: 'discard'; readonly slot: number }
  | { readonly kind: 'missing'; readonly id: BlockId; readonly transfer: number }
  | { readonly kind: 'cut'; readonly code: RoomErrorCode; readonly detail: string }

type Step = { readonly next: ReceiveState; readonly effects: readonly ReceiveEffect[] }

export const RECEIVE_START: ReceiveState = { allowance: NO_ALLOWANCE, isOpen: false, wants: new Map(), incoming: new Map() }

export function receiveStep(state: ReceiveState, event: ReceiveEvent): Step {
  switch (event.kind) {
    case 'asked': {
      const { blocks, urgent = false, part } = event
      const want: Want = { blocks, isUrgent: urgent, part, answered: new Set(), cancelled: false }
      const wants = new Map(state.wants).set(event.transfer, want)
      if (state.isOpen) return { next: { ...state, wants }, effects: [] }
      // The window opens with the first want: a tab that never asks never has to take anything.
      return granted({ ...state, wants, isOpen: true, allowance: { ...state.allowance, isFar: isFar(event.rttMs) } }, [])
    }
    case 'frame':
      return frameStep(state, event)
    case 'missing': {
      const want = state.wants.get(event.transfer)
      const id = want?.blocks[event.index]
      if (want === undefined || id === undefined || want.answered.has(event.index))
        return cut(state, 'credit-exceeded', 'missing for no want')
      const next = { ...state, wants: answer(state.wants, event.transfer, want, event.index) }
      return { next, effects: want.cancelled ? [] : [{ kind: 'missing', id, transfer: event.transfer }] }
    }
    case 'cancelled': {
      const want = state.wants.get(event.transfer)
      if (want === undefined) return { next: state, effects: [] }
      const wants = withoutOldCancelled(new Map(state.wants).set(event.transfer, { ...want, cancelled: true }))
      if (want.cancelled) return { next: state, effects: [] }
      const abandoned = [...state.incoming].filter(([, { transfer }]) => transfer === event.transfer)
      const heldBytes = abandoned.reduce((sum, [, { offset, from }]) => sum + offset - from, 0)
      const discards = abandoned.map(([slot]) => ({ kind: 'discard', slot }) as const)
      if (heldBytes === 0) return { next: { ...state, wants }, effects: discards }
      return granted({ ...state, wants, allowance: release(state.allowance, heldBytes) }, discards)
    }
    case 'accepted':
      return granted({ ...state, allowance: release(state.allowance, event.bytes) }, [])
    case 'lane-closed':
      return closeLane(state, event.lane, event.lostBytes)
    default:
      return event satisfies never
  }
}

type Frame = Extract<ReceiveEvent, { kind: 'frame' }>

function frameStep(state: ReceiveState, frame: Frame): Step {
  const want = state.wants.get(frame.transfer)
  const id = want?.blocks[frame.index]
  if (want === undefined || id === undefined || want.answered.has(frame.index))
    return cut(state, 'credit-exceeded', 'data nobody asked for')
  const breach = breachOf(state, want, frame)
  if (breach !== undefined) return cut(state, 'frame-malformed', breach)
  const arrival = arrive(state.allowance, frame.payloadBytes)
  if (arrival.kind === 'refused') return cut(state, arrival.reason, 'data beyond the credit')

  const { transfer, index, offset, blockBytes } = frame
  const slot = slotOf(want, frame.lane)
  const { begin, end } = spanOf(want, blockBytes)
  const to = offset + frame.payloadBytes
  const last = to === end
  const first = offset === begin
  const before = first
    ? withoutElsewhere({ ...state, allowance: arrival.next }, frame)
    : { next: { ...state, allowance: arrival.next }, effects: [] }
  const incoming = new Map(before.next.incoming)
  if (last) incoming.delete(slot)
  else incoming.set(slot, { transfer, index, blockBytes, from: begin, offset: to })
  const wants = last ? answer(state.wants, transfer, want, index) : state.wants
  const next: ReceiveState = { ...before.next, incoming, wants }
  if (want.cancelled) return receiveStep(next, { kind: 'accepted', bytes: frame.payloadBytes })
  const write = {
    kind: 'write',
    slot,
    id,
    transfer,
    offset: offset - begin,
    bufferBytes: end - begin,
    part: want.part,
    first,
    last,
  } as const
  return granted(next, [...before.effects, write])
}

function slotOf({ isUrgent }: Want, lane: number): number {
  return 2 * lane + (isUrgent ? 1 : 0)
}

/** A block that begins here began on a lane that broke: the holder knew it before we did. */
function withoutElsewhere(state: ReceiveState, frame: Frame): Step {
  const begun = [...state.incoming].filter(([, { transfer, index }]) => transfer === frame.transfer && index === frame.index)
  return begun.reduce<Step>(
    ({ next, effects }, [slot]) => {
      const step = closeSlot(next, slot)
      return { next: step.next, effects: [...effects, ...step.effects] }
    },
    { next: state, effects: [] },
  )
}

/** What a want asks of a block of this length. */
function spanOf({ part }: Want, blockBytes: number): { readonly begin: number; readonly end: number } {
  return part === undefined ? { begin: 0, end: blockBytes } : { begin: part.offset, end: part.offset + part.bytes }
}

/** Its blocks are begun anew, or asked for again; what was lost on it is as good as arrived and thrown away. */
function closeLane(state: ReceiveState, lane: number, lostBytes: number): Step {
  const patient = closeSlot(state, 2 * lane)
  const urgent = closeSlot(patient.next, 2 * lane + 1)
  const { allowance } = urgent.next
  const openBytes = Math.max(0, allowance.openBytes - lostBytes)
  return granted({ ...urgent.next, allowance: { ...allowance, openBytes } }, [...patient.effects, ...urgent.effects])
}

function closeSlot(state: ReceiveState, slot: number): Step {
  const begun = state.incoming.get(slot)
  if (begun === undefined) return { next: state, effects: [] }
  const incoming = new Map(state.incoming)
  incoming.delete(slot)
  // Of a cancelled want nothing is held.
  const isHeld = state.wants.get(begun.transfer)?.cancelled === false
  const allowance = isHeld ? release(state.allowance, begun.offset - begun.from) : state.allowance
  return { next: { ...state, incoming, allowance }, effects: isHeld ? [{ kind: 'discard', slot }] : [] }
}

function granted(state: ReceiveState, before: readonly ReceiveEffect[]): Step {
  const { next, grantBytes } = grant(state.allowance)
  if (grantBytes === 0) return { next: state, effects: before }
  return { next: { ...state, allowance: next }, effects: [...before, { kind: 'grant', bytes: grantBytes }] }
}

/** What is wrong with the frame's place or size, if anything. */
function breachOf(state: ReceiveState, want: Want, frame: Frame): string | undefined {
  const incoming = state.incoming.get(slotOf(want, frame.lane))
  const { begin, end } = spanOf(want, frame.blockBytes)
  if (frame.blockBytes > BLOCK_BYTES) return 'block too long'
  if (end > frame.blockBytes) return 'part beyond the block'
  if (frame.payloadBytes !== Math.min(DATA_PAYLOAD_BYTES, end - frame.offset)) return 'frame of a wrong size'
  if (frame.payloadBytes === 0 && frame.blockBytes !== 0) return 'frame without data'
  const continues = incoming !== undefined && incoming.transfer === frame.transfer && incoming.index === frame.index
  if (continues) return incoming.offset === frame.offset && incoming.blockBytes === frame.blockBytes ? undefined : 'frame out of order'
  if (frame.offset !== begin) return 'block without a beginning'
  // A holder stops in the middle of a block only when its want was cancelled.
  const isAbandoned = incoming === undefined || state.wants.get(incoming.transfer)?.cancelled !== false
  return isAbandoned ? undefined : 'block without an end'
}

function answer(wants: ReceiveState['wants'], transfer: number, want: Want, index: number): ReceiveState['wants'] {
  const next = new Map(wants)
  const answered = new Set(want.answered).add(index)
  if (answered.size === want.blocks.length) next.delete(transfer)
  else next.set(transfer, { ...want, answered })
  return next
}

function withoutOldCancelled(wants: Map<number, Want>): ReadonlyMap<number, Want> {
  const cancelled = [...wants].filter(([, want]) => want.cancelled).map(([transfer]) => transfer)
  for (const transfer of cancelled.slice(0, Math.max(0, cancelled.length - CANCELLED_WANTS))) wants.delete(transfer)
  return wants
}

function cut(state: ReceiveState, code: RoomErrorCode, detail: string): Step {
  return { next: state, effects: [{ kind: 'cut', code, detail }] }
}
