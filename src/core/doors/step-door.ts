/**
 * One door and the program at it, one at a time. A program that went without a word holds the door for as long as it may come
 * back by itself; whoever comes in that time takes its place, since it is most often the same program started anew.
 */
import { DOOR_CONNECT_MS, DOOR_SILENT_MS } from '../../protocol/limits.ts'

/** Why an offer came to nothing. It is told until a program connects, so that it does not flicker under one that tries again and again. */
export type OfferRefusal = 'unreadable' | 'nothing-in-common'

export type DoorState =
  | { readonly kind: 'waiting'; readonly refused?: OfferRefusal | undefined }
  /** The last program could not be reached, or was lost; the next one may come. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'connecting'; readonly session: string; readonly untilMs: number; readonly refused?: OfferRefusal | undefined }
  | { readonly kind: 'connected'; readonly session: string }
  | { readonly kind: 'silent'; readonly session: string; readonly untilMs: number }

export type DoorEvent =
  | { readonly kind: 'offered'; readonly session: string; readonly nowMs: number }
  | { readonly kind: 'connected'; readonly session: string }
  | { readonly kind: 'fell-silent'; readonly session: string; readonly nowMs: number }
  | { readonly kind: 'lost'; readonly session: string }
  /** The program said so. */
  | { readonly kind: 'ended'; readonly session: string }
  | { readonly kind: 'refused'; readonly session: string; readonly reason: OfferRefusal }
  | { readonly kind: 'looked'; readonly nowMs: number }

export type DoorEffect =
  | { readonly kind: 'accept'; readonly session: string }
  | { readonly kind: 'decline' }
  /** From now on pictures and sounds go through. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'hang-up' }

export type DoorStep = { readonly next: DoorState; readonly effects: readonly DoorEffect[] }

export const CLOSED_DOOR: DoorState = { kind: 'waiting' }

export function stepDoor(state: DoorState, event: DoorEvent): DoorStep {
  if (event.kind === 'offered') return offered(state, event.session, event.nowMs)
  if (event.kind === 'looked') return looked(state, event.nowMs)
  // Whatever is said of an earlier session comes too late.
  if (sessionAt(state) !== event.session) return stay(state)
  switch (event.kind) {
    case 'connected':
      if (state.kind === 'connected') return stay(state)
      return { next: { kind: 'connected', session: event.session }, effects: state.kind === 'connecting' ? [{ kind: 'begin' }] : [] }
    case 'fell-silent':
      if (state.kind !== 'connected') return stay(state)
      return { next: { kind: 'silent', session: event.session, untilMs: event.nowMs + DOOR_SILENT_MS }, effects: [] }
    case 'lost':
      return { next: { kind: 'failed' }, effects: [{ kind: 'hang-up' }] }
    case 'ended':
      return { next: { kind: 'waiting' }, effects: [{ kind: 'hang-up' }] }
    case 'refused':
      return { next: { kind: 'waiting', refused: event.reason }, effects: [{ kind: 'hang-up' }] }
    default:
      return event satisfies never
  }
}

/** Who is at the door. */
export function sessionAt(state: DoorState): string | undefined {
  return 'session' in state ? state.session : undefined
}

/** Why the last offer came to nothing, until a program connects. */
export function refusedAt(state: DoorState): OfferRefusal | undefined {
  return 'refused' in state ? state.refused : undefined
}

/** When to look again, whatever happens until then. */
export function looksAtMs(state: DoorState): number | undefined {
  return 'untilMs' in state ? state.untilMs : undefined
}

function offered(state: DoorState, session: string, nowMs: number): DoorStep {
  if (state.kind === 'connecting' || state.kind === 'connected') return { next: state, effects: [{ kind: 'decline' }] }
  const next: DoorState = { kind: 'connecting', session, untilMs: nowMs + DOOR_CONNECT_MS, refused: refusedAt(state) }
  const accept: DoorEffect = { kind: 'accept', session }
  return { next, effects: state.kind === 'silent' ? [{ kind: 'hang-up' }, accept] : [accept] }
}

function looked(state: DoorState, nowMs: number): DoorStep {
  if (!('untilMs' in state) || nowMs < state.untilMs) return stay(state)
  return { next: { kind: 'failed' }, effects: [{ kind: 'hang-up' }] }
}

function stay(state: DoorState): DoorStep {
  return { next: state, effects: [] }
}
