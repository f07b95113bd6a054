/**
 * The asker's side of one link. Data is welcome only for a block that was asked for and not yet answered, in frames of
 * the agreed size, one block after another, within the credit granted; anything else ends the link. A cancelled want is
 * remembered for a while, because its data may still be under way: it is let in, thrown away, and its credit handed back.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { BLOCK_BYTES, CANCELLED_WANTS, DATA_PAYLOAD_BYTES } from '../../protocol/limits.ts'
import { type Allowance, arrive, grant, NO_ALLOWANCE, release } from './credit.ts'

type Want = { readonly blocks: readonly BlockId[]; readonly answered: ReadonlySet<number>; readonly cancelled: boolean }
type Incoming = { readonly transfer: number; readonly index: number; readonly offset: number; readonly blockBytes: number }

export type ReceiveState = {
  readonly allowance: Allowance
  readonly isOpen: boolean
  readonly wants: ReadonlyMap<number, Want>
  /** The block whose frames are arriving. */
  readonly incoming: Incoming | undefined
}

export type ReceiveEvent =
  | { readonly kind: 'asked'; readonly transfer: number; readonly blocks: readonly BlockId[] }
  | {
      readonly kind: 'frame'
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

export type ReceiveEffect =
  | { readonly kind: 'grant'; readonly bytes: number }
  /** Put the payload into the block's buffer; `first` makes the buffer, `last` completes it. */
  | {
      readonly kind: 'write'
      readonly id: BlockId
      readonly offset: number
      readonly blockBytes: number
      readonly first: boolean
      readonly last: boolean
    }
  /** The buffer of the block under way is no longer wanted. */
  | { readonly kind: 'discard' }
  | { readonly kind: 'missing'; readonly id: BlockId }
  | { readonly kind: 'cut'; readonly code: RoomErrorCode; readonly detail: string }

type Step = { readonly next: ReceiveState; readonly effects: readonly ReceiveEffect[] }

export const RECEIVE_START: ReceiveState = { allowance: NO_ALLOWANCE, isOpen: false, wants: new Map(), incoming: undefined }

export function receiveStep(state: ReceiveState, event: ReceiveEvent): Step {
  switch (event.kind) {
    case 'asked': {
      const wants = new Map(state.wants).set(event.transfer, { blocks: event.blocks, answered: new Set<number>(), cancelled: false })
      if (state.isOpen) return { next: { ...state, wants }, effects: [] }
      // The window opens with the first want: a tab that never asks never has to take anything.
      return granted({ ...state, wants, isOpen: true }, [])
    }
    case 'frame':
      return frameStep(state, event)
    case 'missing': {
      const want = state.wants.get(event.transfer)
      const id = want?.blocks[event.index]
      if (want === undefined || id === undefined || want.answered.has(event.index))
        return cut(state, 'credit-exceeded', 'missing for no want')
      const next = { ...state, wants: answer(state.wants, event.transfer, want, event.index) }
      return { next, effects: want.cancelled ? [] : [{ kind: 'missing', id }] }
    }
    case 'cancelled': {
      const want = state.wants.get(event.transfer)
      if (want === undefined) return { next: state, effects: [] }
      const wants = withoutOldCancelled(new Map(state.wants).set(event.transfer, { ...want, cancelled: true }))
      const next = { ...state, wants }
      if (want.cancelled || state.incoming?.transfer !== event.transfer) return { next, effects: [] }
      const returned = receiveStep(next, { kind: 'accepted', bytes: state.incoming.offset })
      return { next: returned.next, effects: [{ kind: 'discard' }, ...returned.effects] }
    }
    case 'accepted':
      return granted({ ...state, allowance: release(state.allowance, event.bytes) }, [])
    default:
      return event satisfies never
  }
}

function frameStep(state: ReceiveState, frame: Extract<ReceiveEvent, { kind: 'frame' }>): Step {
  const want = state.wants.get(frame.transfer)
  const id = want?.blocks[frame.index]
  if (want === undefined || id === undefined || want.answered.has(frame.index))
    return cut(state, 'credit-exceeded', 'data nobody asked for')
  const breach = breachOf(state, frame)
  if (breach !== undefined) return cut(state, 'frame-malformed', breach)
  const arrival = arrive(state.allowance, frame.payloadBytes)
  if (arrival.kind === 'refused') return cut(state, arrival.reason, 'data beyond the credit')

  const end = frame.offset + frame.payloadBytes
  const last = end === frame.blockBytes
  const { transfer, index, blockBytes } = frame
  const next: ReceiveState = {
    ...state,
    allowance: arrival.next,
    incoming: last ? undefined : { transfer, index, blockBytes, offset: end },
    wants: last ? answer(state.wants, transfer, want, index) : state.wants,
  }
  if (want.cancelled) return receiveStep(next, { kind: 'accepted', bytes: frame.payloadBytes })
  const { offset } = frame
  return granted(next, [{ kind: 'write', id, offset, blockBytes, first: offset === 0, last }])
}

function granted(state: ReceiveState, before: readonly ReceiveEffect[]): Step {
  const { next, grantBytes } = grant(state.allowance)
  if (grantBytes === 0) return { next: state, effects: before }
  return { next: { ...state, allowance: next }, effects: [...before, { kind: 'grant', bytes: grantBytes }] }
}

/** What is wrong with the frame's place or size, if anything. */
function breachOf(state: ReceiveState, frame: Extract<ReceiveEvent, { kind: 'frame' }>): string | undefined {
  const { incoming } = state
  if (frame.blockBytes > BLOCK_BYTES) return 'block too long'
  if (frame.payloadBytes !== Math.min(DATA_PAYLOAD_BYTES, frame.blockBytes - frame.offset)) return 'frame of a wrong size'
  if (frame.payloadBytes === 0 && frame.blockBytes !== 0) return 'frame without data'
  const continues = incoming !== undefined && incoming.transfer === frame.transfer && incoming.index === frame.index
  if (continues) return incoming.offset === frame.offset && incoming.blockBytes === frame.blockBytes ? undefined : 'frame out of order'
  if (frame.offset !== 0) return 'block without a beginning'
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
