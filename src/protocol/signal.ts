/**
 * `/asterism/signal/1`: how two tabs set up their link, the RTCPeerConnection for media and bulk bytes. Each message
 * is signed by the sender's device over everything that decides whom one talks to, and the SDP must say the same as the
 * signed fields; a carrier on the way can drop messages but change none.
 */
import * as v from 'valibot'
import type { Bytes } from './bytes.ts'
import { bytesOf, countOf, encodeFrame, idOf } from './frame.ts'
import { parseTabId } from './ids.ts'
import { SDP_BYTES } from './limits.ts'

export const SIGNAL_PROTOCOL = '/asterism/signal/1'

/** What a track shows; the receiver learns it by the transceiver's mid. */
export const PLAIN_KINDS = ['microphone', 'camera', 'screen', 'screen-audio'] as const
export type PlainKind = (typeof PLAIN_KINDS)[number]

/** Lines of a meeting: without a track at the sender, for frames that were encoded and sealed elsewhere. */
export const LINE_KINDS = ['frames', 'voice', 'screen-voice', 'slot-1', 'slot-2', 'slot-3'] as const
export type LineKind = (typeof LINE_KINDS)[number]

export const TRACK_KINDS = [...PLAIN_KINDS, ...LINE_KINDS] as const
export type TrackKind = PlainKind | LineKind

const text = (max: number) => v.pipe(v.string(), v.maxLength(max))

const description = v.object({
  t: v.literal('description'),
  type: v.picklist(['offer', 'answer']),
  /** Number of the offer, rising with each fresh one of its maker; an answer repeats the number of the offer it answers. */
  round: countOf(),
  sdp: text(SDP_BYTES),
  /** mid to kind, for the sender's own outgoing tracks. Kinds of a newer tab are passed over by who reads them. */
  tracks: v.record(text(16), text(24)),
})
const candidate = v.object({
  t: v.literal('candidate'),
  candidate: text(1024),
  mid: v.nullable(text(16)),
  ufrag: v.nullable(text(256)),
})
export const signalBody = v.variant('t', [description, candidate, v.object({ t: v.literal('bye') })])
export type SignalBody = v.InferOutput<typeof signalBody>

export const signalMessage = v.object({
  t: v.literal('signal'),
  from: idOf(parseTabId),
  to: idOf(parseTabId),
  /** Epoch of the room keys. */
  epoch: countOf(),
  /**
   * Names the two RTCPeerConnections that belong together. The impolite side (lower tab id) draws it for each fresh
   * one and the polite side repeats it, so the two can never pair up crosswise.
   */
  session: bytesOf(16),
  /** Rises by at least one per message of its sender in a session. */
  sequence: countOf(),
  /** DTLS fingerprint of the sender's certificate, `sha-256 AA:BB...`, lower-case algorithm, upper-case hex. */
  fingerprint: text(128),
  /** Fingerprint of the receiver as the sender knows it; empty until the sender has seen one. */
  peerFingerprint: text(128),
  /** ICE user fragment of the sender's description; empty when there is none yet. */
  ufrag: text(256),
  body: signalBody,
  /** Ed25519 by the sender's device over `signalClaim`. */
  signature: bytesOf(64),
})
/** For the door: a union tells unknown messages from broken ones. */
export const signalFrame = v.variant('t', [signalMessage])
export type SignalMessage = v.InferOutput<typeof signalMessage>
export type UnsignedSignal = Omit<SignalMessage, 'signature'>

/** What the device signs: the whole message but the signature. */
export function signalClaim(signal: UnsignedSignal): Bytes {
  const { from, to, epoch, session, sequence, fingerprint, peerFingerprint, ufrag, body } = signal
  return encodeFrame(['asterism signal 1', from, to, epoch, session, sequence, fingerprint, peerFingerprint, ufrag, body])
}
