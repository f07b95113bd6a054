/**
 * The hello of two tabs, the same on both sides. Order on the stream: hello, proof, entries; a message out of its place
 * ends it. Checks are deeds of the adapter, which carries out the effects of one event, and feeds what came of them,
 * before it reads the next message.
 */

import type { Bytes } from '../../protocol/bytes.ts'
import { assert } from '../../protocol/errors.ts'
import type { Refused } from '../../protocol/frame.ts'
import { type HelloMessage, type HelloRefusal, type HelloSide, proofClaim, tabClaim } from '../../protocol/hello.ts'
import type { DeviceId, RoomId, TabId } from '../../protocol/ids.ts'
import { MEMBERSHIP_ENTRIES } from '../../protocol/limits.ts'
import type { MembershipEntry } from '../../protocol/membership.ts'
import { agreeOnWire, type WireRange } from '../../protocol/wire-version.ts'

/** What this tab says of itself. The nonce is fresh for every hello. */
export type HelloSelf = HelloSide & { readonly room: RoomId; readonly wire: WireRange; readonly certificate: Bytes }

export type HelloState = {
  readonly self: HelloSelf
  /** Whom the connection's own handshake named; a hello may not speak for another tab. */
  readonly peerTab: TabId
  readonly phase: 'idle' | 'greeting' | 'certificate' | 'proving' | 'proof' | 'checking' | 'entries' | 'done' | 'refused'
  readonly peer: HelloSide | undefined
  readonly wireVersion: number
  readonly entriesTaken: number
  readonly ourEntriesSent: boolean
  readonly theirEntriesDone: boolean
}

export type HelloEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'message-received'; readonly message: HelloMessage }
  | { readonly kind: 'frame-refused'; readonly reason: Refused }
  | { readonly kind: 'certificate-checked'; readonly ok: boolean }
  | { readonly kind: 'proof-made'; readonly mac: Bytes }
  | { readonly kind: 'proof-checked'; readonly ok: boolean }
  /** Our whole log is on the stream, the last frame marked. */
  | { readonly kind: 'entries-done' }
  /** The room decided: full, this tab is leaving, or the entries taken do not make the peer a member. */
  | { readonly kind: 'turned-away'; readonly reason: HelloRefusal }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'stream-closed' }

export type HelloEnd = HelloRefusal | Refused | 'timeout' | 'closed'

export type HelloEffect =
  | { readonly kind: 'send'; readonly message: HelloMessage }
  | { readonly kind: 'check-certificate'; readonly claim: Bytes; readonly device: DeviceId; readonly certificate: Bytes }
  | { readonly kind: 'make-proof'; readonly claim: Bytes }
  | { readonly kind: 'check-proof'; readonly claim: Bytes; readonly mac: Bytes }
  | { readonly kind: 'send-entries' }
  | { readonly kind: 'take-entries'; readonly entries: readonly MembershipEntry[] }
  | { readonly kind: 'done'; readonly device: DeviceId; readonly wireVersion: number }
  /** Ends the connection. `by` tells whose verdict the reason is. */
  | { readonly kind: 'refused'; readonly reason: HelloEnd; readonly by: 'us' | 'them' }

export type HelloStep = { readonly next: HelloState; readonly effects: readonly HelloEffect[] }

export function startHello(self: HelloSelf, peerTab: TabId): HelloState {
  const progress = { wireVersion: 0, entriesTaken: 0, ourEntriesSent: false, theirEntriesDone: false }
  return { self, peerTab, phase: 'idle', peer: undefined, ...progress }
}

export function stepHello(state: HelloState, event: HelloEvent): HelloStep {
  if (state.phase === 'refused') return { next: state, effects: [] }
  switch (event.kind) {
    case 'started':
      return { next: { ...state, phase: 'greeting' }, effects: [{ kind: 'send', message: ownHello(state.self) }] }
    case 'message-received':
      return receive(state, event.message)
    case 'frame-refused':
      return end(state, event.reason)
    case 'certificate-checked':
      assert(state.phase === 'certificate', 'a certificate was being checked')
      if (!event.ok) return refuse(state, 'proof-refused')
      return {
        next: { ...state, phase: 'proving' },
        effects: [{ kind: 'make-proof', claim: proofClaim(state.self.room, state.self, peerOf(state)) }],
      }
    case 'proof-made':
      assert(state.phase === 'proving', 'a proof was being made')
      return { next: { ...state, phase: 'proof' }, effects: [{ kind: 'send', message: { t: 'proof', mac: event.mac } }] }
    case 'proof-checked':
      assert(state.phase === 'checking', 'a proof was being checked')
      if (!event.ok) return refuse(state, 'proof-refused')
      return { next: { ...state, phase: 'entries' }, effects: [{ kind: 'send-entries' }] }
    case 'entries-done':
      return finishWhenBoth({ ...state, ourEntriesSent: true }, [])
    case 'turned-away':
      return refuse(state, event.reason)
    case 'timeout':
      return state.phase === 'done' ? { next: state, effects: [] } : end(state, 'timeout')
    case 'stream-closed':
      return state.phase === 'done' ? { next: state, effects: [] } : end(state, 'closed')
    default:
      return event satisfies never
  }
}

function receive(state: HelloState, message: HelloMessage): HelloStep {
  const isChecking = state.phase === 'certificate' || state.phase === 'proving' || state.phase === 'checking'
  assert(!isChecking, 'no message is read while a check is out')

  if (message.t === 'refused' && state.phase !== 'done') return end(state, message.reason, 'them')
  if (message.t === 'hello' && state.phase === 'greeting') return greet(state, message)
  if (message.t === 'proof' && state.phase === 'proof') {
    const claim = proofClaim(state.self.room, peerOf(state), state.self)
    return { next: { ...state, phase: 'checking' }, effects: [{ kind: 'check-proof', claim, mac: message.mac }] }
  }
  if (message.t === 'entries' && state.phase === 'entries' && !state.theirEntriesDone) return takeEntries(state, message)
  return end(state, 'frame-malformed')
}

/** The room is compared first: a stranger learns that we are not in his room and nothing else. */
function greet(state: HelloState, hello: HelloMessage & { t: 'hello' }): HelloStep {
  const { self, peerTab } = state
  if (hello.room !== self.room) return refuse(state, 'proof-refused')
  const agreement = agreeOnWire(self.wire, hello.wire)
  if (agreement.kind === 'refused') return refuse(state, agreement.reason, agreement.reason === 'wire-newer' ? 'wire-older' : 'wire-newer')
  const peer: HelloSide = { tab: peerTab, device: hello.device, nonce: hello.nonce }
  const claim = tabClaim({ room: self.room, tab: peerTab, device: hello.device })
  const check: HelloEffect = { kind: 'check-certificate', claim, device: hello.device, certificate: hello.certificate }
  return { next: { ...state, phase: 'certificate', peer, wireVersion: agreement.version }, effects: [check] }
}

/** An empty frame that is not the last would let a peer talk for ever without saying anything. */
function takeEntries(state: HelloState, { entries, last }: HelloMessage & { t: 'entries' }): HelloStep {
  const entriesTaken = state.entriesTaken + entries.length
  if (entriesTaken > MEMBERSHIP_ENTRIES || (entries.length === 0 && !last)) return end(state, 'frame-malformed')
  const take: HelloEffect[] = entries.length === 0 ? [] : [{ kind: 'take-entries', entries }]
  return finishWhenBoth({ ...state, entriesTaken, theirEntriesDone: last }, take)
}

function finishWhenBoth(state: HelloState, effects: readonly HelloEffect[]): HelloStep {
  if (!state.ourEntriesSent || !state.theirEntriesDone) return { next: state, effects }
  const done: HelloEffect = { kind: 'done', device: peerOf(state).device, wireVersion: state.wireVersion }
  return { next: { ...state, phase: 'done' }, effects: [...effects, done] }
}

/** `told` is the reason as the other side's people should read it. */
function refuse(state: HelloState, reason: HelloRefusal, told: HelloRefusal = reason): HelloStep {
  const tell: HelloEffect = { kind: 'send', message: { t: 'refused', reason: told } }
  return { next: { ...state, phase: 'refused' }, effects: [tell, { kind: 'refused', reason, by: 'us' }] }
}

/** Without a word: the other side breaks the protocol, has spoken already, or is not there. */
function end(state: HelloState, reason: HelloEnd, by: 'us' | 'them' = 'us'): HelloStep {
  return { next: { ...state, phase: 'refused' }, effects: [{ kind: 'refused', reason, by }] }
}

function ownHello({ room, wire, device, certificate, nonce }: HelloSelf): HelloMessage {
  return { t: 'hello', room, wire, device, certificate, nonce }
}

function peerOf(state: HelloState): HelloSide {
  assert(state.peer !== undefined, 'the peer has said hello')
  return state.peer
}
