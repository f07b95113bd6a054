/**
 * Is this signal what it says it is? Everything that decides whom one talks to is signed by the sender's device, and the
 * SDP must say the same as the signed fields. The signature itself is checked by the adapter, last; until it stands
 * nothing is noted in the book.
 */
import { toBase64Url } from '../../protocol/bytes.ts'
import type { TabId } from '../../protocol/ids.ts'
import { RETIRED_SESSIONS } from '../../protocol/limits.ts'
import type { SignalMessage } from '../../protocol/signal.ts'
import { FIRST_ROUND, type NegotiationRole } from './negotiation.ts'
import { readCandidateUfrag, readSdp } from './sdp.ts'

export type SignalRefusal = 'signature-invalid' | 'fingerprint-mismatch' | 'signal-replayed' | 'signal-misdirected'

export type SignalVerdict =
  /** Belongs to the session that is open. */
  | { readonly kind: 'present' }
  /** The impolite side's first offer of a new session: the old connection is over. */
  | { readonly kind: 'fresh' }
  /** Honest, but of a session that is over. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly reason: SignalRefusal }

/** What this tab knows when a signal arrives. */
export type SignalScene = {
  readonly self: TabId
  readonly peer: TabId
  /** Role of this tab. */
  readonly role: NegotiationRole
  readonly epoch: number
  /** Of this tab's certificate. */
  readonly fingerprint: string
}

/** What was heard from one tab so far. */
export type SignalBook = {
  readonly session: string | undefined
  /** Highest sequence of the open session; -1 before the first. */
  readonly heard: number
  /** Sessions that are over, and how far each was heard; the newest RETIRED_SESSIONS. */
  readonly retired: ReadonlyMap<string, number>
  /** A tab has one certificate for all its life. */
  readonly peerFingerprint: string | undefined
}

export const EMPTY_BOOK: SignalBook = { session: undefined, heard: -1, retired: new Map(), peerFingerprint: undefined }

export function checkSignal(scene: SignalScene, book: SignalBook, signal: SignalMessage): SignalVerdict {
  if (signal.from !== scene.peer || signal.to !== scene.self) return refused('signal-misdirected')
  if (signal.epoch !== scene.epoch) return refused('signal-replayed')
  const contradiction = findContradiction(scene, book, signal)
  return contradiction === undefined ? placeInSession(scene, book, signal) : refused(contradiction)
}

/** The signed fields against each other, the SDP and what is known of both certificates. */
function findContradiction(scene: SignalScene, book: SignalBook, signal: SignalMessage): SignalRefusal | undefined {
  const { body } = signal
  const isAnswer = body.t === 'description' && body.type === 'answer'
  if (book.peerFingerprint !== undefined && signal.fingerprint !== book.peerFingerprint) return 'fingerprint-mismatch'
  if (signal.peerFingerprint !== scene.fingerprint && (isAnswer || signal.peerFingerprint !== '')) return 'fingerprint-mismatch'
  if (body.t === 'description') {
    const facts = readSdp(body.sdp)
    if (facts?.fingerprint !== signal.fingerprint) return 'fingerprint-mismatch'
    if (facts.ufrag !== signal.ufrag) return 'signature-invalid'
  }
  if (body.t === 'candidate') {
    const said = [body.ufrag, readCandidateUfrag(body.candidate)]
    if (said.some((ufrag) => ufrag !== null && ufrag !== undefined && ufrag !== signal.ufrag)) return 'signature-invalid'
  }
  return undefined
}

function placeInSession(scene: SignalScene, book: SignalBook, signal: SignalMessage): SignalVerdict {
  const session = toBase64Url(signal.session)
  if (session === book.session) return signal.sequence > book.heard ? { kind: 'present' } : refused('signal-replayed')
  const retiredAt = book.retired.get(session)
  if (retiredAt !== undefined) return signal.sequence > retiredAt ? { kind: 'stale' } : refused('signal-replayed')
  // Sessions are drawn by the impolite side; it knows all of its own.
  if (scene.role === 'impolite') return refused('signal-misdirected')
  // A later offer is about a connection that this tab, which has forgotten it, cannot go on with.
  const isFirstOffer = signal.body.t === 'description' && signal.body.type === 'offer' && signal.body.round === FIRST_ROUND
  return { kind: isFirstOffer ? 'fresh' : 'stale' }
}

/** A new session opens and the one before it is over. */
export function openSession(book: SignalBook, session: Uint8Array): SignalBook {
  return { ...closeSession(book), session: toBase64Url(session), heard: -1 }
}

export function closeSession(book: SignalBook): SignalBook {
  if (book.session === undefined) return book
  const kept = [...book.retired].slice(-(RETIRED_SESSIONS - 1))
  return { ...book, session: undefined, heard: -1, retired: new Map([...kept, [book.session, book.heard]]) }
}

/** Call once the signature stands. */
export function noteSignal(book: SignalBook, signal: SignalMessage): SignalBook {
  const session = toBase64Url(signal.session)
  const peerFingerprint = signal.fingerprint
  if (session === book.session) return { ...book, heard: signal.sequence, peerFingerprint }
  if (!book.retired.has(session)) return { ...book, peerFingerprint }
  return { ...book, retired: new Map([...book.retired, [session, signal.sequence]]), peerFingerprint }
}

function refused(reason: SignalRefusal): SignalVerdict {
  return { kind: 'refused', reason }
}
