/**
 * Perfect negotiation: two sides may change their link at any moment and still agree. The impolite side (lower tab id)
 * wins a collision, the polite side takes its own offer back. Messages may be lost, doubled or late: each fresh offer
 * has a round above all rounds its maker has seen, so whatever belongs to a settled round is known to be stale.
 *
 * The adapter carries out the effects of one event, in order and to their end, before it hands in the next event. A
 * connection that is stable and has an unsent change says `negotiation-needed` again, as RTCPeerConnection does.
 */
import {
  ANSWER_OVERDUE_MS,
  EARLY_CANDIDATES,
  ICE_RESTART_AFTER_MS,
  ICE_RESTART_AGAIN_MS,
  LINK_RENEW_AFTER_MS,
  LINK_RENEW_PAUSE_MS,
} from '../../protocol/limits.ts'

export type NegotiationRole = 'polite' | 'impolite'

/** Of the first offer of a connection. */
export const FIRST_ROUND = 1

export type RemoteDescription = {
  readonly round: number
  readonly ufrag: string
  readonly sdp: string
  /** mid to kind, also kinds of a newer tab. */
  readonly tracks: Readonly<Record<string, string>>
}

export type IceCandidate = { readonly candidate: string; readonly mid: string | null; readonly ufrag: string }

export type NegotiationTimer = 'answer' | 'restart' | 'renew'

export type NegotiationEvent =
  | { readonly kind: 'negotiation-needed' }
  | { readonly kind: 'offer-received'; readonly offer: RemoteDescription }
  | { readonly kind: 'answer-received'; readonly answer: RemoteDescription }
  | { readonly kind: 'candidate-received'; readonly candidate: IceCandidate }
  | { readonly kind: 'candidate-gathered'; readonly candidate: IceCandidate }
  | { readonly kind: 'bye-received' }
  | { readonly kind: 'connection-changed'; readonly to: 'connected' | 'disconnected' | 'failed' }
  | { readonly kind: 'signaling-opened' }
  | { readonly kind: 'signaling-lost' }
  | { readonly kind: 'timer-rang'; readonly timer: NegotiationTimer }
  /** An effect could not be carried out. */
  | { readonly kind: 'effect-failed' }

export type NegotiationEffect =
  /** Makes an offer, sets it locally, sends it under this round. */
  | { readonly kind: 'offer'; readonly round: number; readonly restartIce: boolean }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'accept-offer'; readonly offer: RemoteDescription }
  /** Makes the answer, sets it locally, sends it under the offer's round. */
  | { readonly kind: 'answer'; readonly round: number }
  | { readonly kind: 'accept-answer'; readonly answer: RemoteDescription }
  /** Sends the last offer or answer once more, under its own round. */
  | { readonly kind: 'resend'; readonly what: 'offer' | 'answer' }
  | { readonly kind: 'add-candidate'; readonly candidate: IceCandidate }
  | { readonly kind: 'send-candidate'; readonly candidate: IceCandidate }
  | { readonly kind: 'send-bye' }
  /** Closes this connection for good. The impolite side begins a fresh session, the polite side waits for it. */
  | { readonly kind: 'renew' }
  /** Replaces a running timer of this name. */
  | { readonly kind: 'wait'; readonly timer: NegotiationTimer; readonly delayMs: number }
  | { readonly kind: 'stop'; readonly timer: NegotiationTimer }

export type NegotiationState = {
  readonly role: NegotiationRole
  readonly phase: 'stable' | 'offering'
  readonly isConnected: boolean
  readonly canSignal: boolean
  /** A change waits for signaling to come back. */
  readonly isOfferDue: boolean
  readonly isRestartDue: boolean
  /** An effect failed, or the polite side said bye: only a fresh connection helps. */
  readonly isBroken: boolean
  /** Last round whose offer and answer are both set here; an offer that is out has the round after it. */
  readonly agreedRound: number
  /** Last of them that the other side offered: its answer may have to be sent again. */
  readonly answeredRound: number
  /** ICE user fragment of the remote description that is set. */
  readonly remoteUfrag: string | undefined
  /** Candidates whose description has not come yet. */
  readonly early: readonly IceCandidate[]
  /** Own candidates of the present ICE generation, told again when signaling comes back before the link does. */
  readonly gathered: readonly IceCandidate[]
}

export type NegotiationStep = { readonly next: NegotiationState; readonly effects: readonly NegotiationEffect[] }

export function beginNegotiation(role: NegotiationRole): NegotiationState {
  return {
    role,
    phase: 'stable',
    isConnected: false,
    canSignal: false,
    isOfferDue: false,
    isRestartDue: false,
    isBroken: false,
    agreedRound: FIRST_ROUND - 1,
    answeredRound: 0,
    remoteUfrag: undefined,
    early: [],
    gathered: [],
  }
}

export function stepNegotiation(state: NegotiationState, event: NegotiationEvent): NegotiationStep {
  if (state.isBroken) return stepBroken(state, event)
  switch (event.kind) {
    case 'negotiation-needed':
      // While an offer is out the connection is not stable; it will ask again when it is.
      return state.phase === 'offering' ? still(state) : offerIfDue({ ...state, isOfferDue: true }, [])
    case 'offer-received':
      return takeOffer(state, event.offer)
    case 'answer-received':
      return takeAnswer(state, event.answer)
    case 'candidate-received':
      return takeCandidate(state, event.candidate)
    case 'candidate-gathered':
      return tellCandidate(state, event.candidate)
    case 'connection-changed':
      return event.to === 'connected' ? connected(state) : cut(state, event.to)
    case 'signaling-opened':
      return resume({ ...state, canSignal: true })
    case 'signaling-lost':
      return { next: { ...state, canSignal: false }, effects: [stop('answer'), stop('renew')] }
    case 'bye-received':
      // The impolite side has left or begins anew by itself: nothing to say to it.
      return state.role === 'polite' ? { next: state, effects: [{ kind: 'renew' }] } : breakDown(state)
    case 'effect-failed':
      return breakDown(state)
    case 'timer-rang':
      return ring(state, event.timer)
    default:
      return event satisfies never
  }
}

function breakDown(state: NegotiationState): NegotiationStep {
  return { next: { ...state, isBroken: true }, effects: [stop('answer'), stop('restart'), wait('renew', LINK_RENEW_PAUSE_MS)] }
}

/**
 * Nothing is negotiated any more; the connection is replaced as soon as the other side can be told. Signaling that comes
 * back took its pause already.
 */
function stepBroken(state: NegotiationState, event: NegotiationEvent): NegotiationStep {
  switch (event.kind) {
    case 'signaling-opened':
      return ring({ ...state, canSignal: true }, 'renew')
    case 'signaling-lost':
      return { next: { ...state, canSignal: false }, effects: [stop('renew')] }
    case 'bye-received':
      return state.role === 'polite' ? { next: state, effects: [{ kind: 'renew' }] } : still(state)
    case 'timer-rang':
      return event.timer === 'renew' ? ring(state, 'renew') : still(state)
    default:
      return still(state)
  }
}

function takeOffer(state: NegotiationState, offer: RemoteDescription): NegotiationStep {
  if (offer.round === state.answeredRound) return { next: state, effects: [{ kind: 'resend', what: 'answer' }] }
  if (offer.round <= state.agreedRound) return still(state)
  if (state.phase === 'offering' && state.role === 'impolite') return still(state) // the other side yields

  const yields: NegotiationEffect[] = state.phase === 'offering' ? [{ kind: 'rollback' }, stop('answer')] : []
  const hasOtherSideRestarted = state.remoteUfrag !== undefined && state.remoteUfrag !== offer.ufrag
  const next: NegotiationState = {
    ...state,
    phase: 'stable',
    agreedRound: offer.round,
    answeredRound: offer.round,
    isRestartDue: state.isRestartDue && !hasOtherSideRestarted,
  }
  const accept: NegotiationEffect[] = [
    { kind: 'accept-offer', offer },
    { kind: 'answer', round: offer.round },
  ]
  return addEarly(next, offer.ufrag, [...yields, ...accept])
}

function takeAnswer(state: NegotiationState, answer: RemoteDescription): NegotiationStep {
  if (state.phase !== 'offering' || answer.round !== state.agreedRound + 1) return still(state)
  return addEarly({ ...state, phase: 'stable', agreedRound: answer.round }, answer.ufrag, [
    stop('answer'),
    { kind: 'accept-answer', answer },
  ])
}

/** A description is set: candidates that came before it are added, those of other descriptions go on waiting. */
function addEarly(state: NegotiationState, ufrag: string, effects: readonly NegotiationEffect[]): NegotiationStep {
  const fitting = state.early.filter((candidate) => candidate.ufrag === ufrag)
  const early = state.early.filter((candidate) => candidate.ufrag !== ufrag)
  const adds = fitting.map((candidate): NegotiationEffect => ({ kind: 'add-candidate', candidate }))
  return offerIfDue({ ...state, remoteUfrag: ufrag, early }, [...effects, ...adds])
}

function takeCandidate(state: NegotiationState, candidate: IceCandidate): NegotiationStep {
  if (candidate.ufrag === state.remoteUfrag) return { next: state, effects: [{ kind: 'add-candidate', candidate }] }
  return { next: { ...state, early: [...state.early, candidate].slice(-EARLY_CANDIDATES) }, effects: [] }
}

function tellCandidate(state: NegotiationState, candidate: IceCandidate): NegotiationStep {
  const sameGeneration = state.gathered.filter((known) => known.ufrag === candidate.ufrag)
  const gathered = [...sameGeneration, candidate].slice(-EARLY_CANDIDATES)
  return { next: { ...state, gathered }, effects: state.canSignal ? [{ kind: 'send-candidate', candidate }] : [] }
}

function connected(state: NegotiationState): NegotiationStep {
  return { next: { ...state, isConnected: true, isRestartDue: false }, effects: [stop('restart'), stop('renew')] }
}

/** The impolite side restarts ICE; the polite side leaves it time, and steps in if nothing comes. */
function cut(state: NegotiationState, to: 'disconnected' | 'failed'): NegotiationStep {
  const next = { ...state, isConnected: false }
  const renew = state.canSignal && state.isConnected ? [wait('renew', LINK_RENEW_AFTER_MS)] : []
  if (to === 'failed' && state.role === 'impolite') return restart(next, renew)
  const patience = state.role === 'impolite' ? 1 : 2
  return { next, effects: [...renew, wait('restart', patience * ICE_RESTART_AFTER_MS)] }
}

function restart(state: NegotiationState, effects: readonly NegotiationEffect[]): NegotiationStep {
  return offerIfDue({ ...state, isRestartDue: true }, [...effects, wait('restart', ICE_RESTART_AGAIN_MS)])
}

/** Signaling is back: whatever may have been lost is said again. */
function resume(state: NegotiationState): NegotiationStep {
  const again: NegotiationEffect[] =
    state.phase === 'offering' ? [{ kind: 'resend', what: 'offer' }, wait('answer', ANSWER_OVERDUE_MS)] : []
  if (state.isConnected) return offerIfDue(state, again)
  const candidates = state.gathered.map((candidate): NegotiationEffect => ({ kind: 'send-candidate', candidate }))
  return offerIfDue(state, [...again, ...candidates, wait('renew', LINK_RENEW_AFTER_MS)])
}

function ring(state: NegotiationState, timer: NegotiationTimer): NegotiationStep {
  switch (timer) {
    case 'answer':
      if (state.phase !== 'offering' || !state.canSignal) return still(state)
      return { next: state, effects: [{ kind: 'resend', what: 'offer' }, wait('answer', ANSWER_OVERDUE_MS)] }
    case 'restart':
      return state.isConnected ? still(state) : restart(state, [])
    case 'renew':
      if (!state.canSignal) return still(state)
      return { next: state, effects: state.role === 'polite' ? [{ kind: 'send-bye' }, { kind: 'renew' }] : [{ kind: 'renew' }] }
    default:
      return timer satisfies never
  }
}

function offerIfDue(state: NegotiationState, effects: readonly NegotiationEffect[]): NegotiationStep {
  if (state.phase === 'offering' || !state.canSignal || !(state.isOfferDue || state.isRestartDue)) return { next: state, effects }
  const offer: NegotiationEffect = { kind: 'offer', round: state.agreedRound + 1, restartIce: state.isRestartDue }
  const next: NegotiationState = { ...state, phase: 'offering', isOfferDue: false, isRestartDue: false }
  return { next, effects: [...effects, offer, wait('answer', ANSWER_OVERDUE_MS)] }
}

function still(state: NegotiationState): NegotiationStep {
  return { next: state, effects: [] }
}

function wait(timer: NegotiationTimer, delayMs: number): NegotiationEffect {
  return { kind: 'wait', timer, delayMs }
}

function stop(timer: NegotiationTimer): NegotiationEffect {
  return { kind: 'stop', timer }
}
