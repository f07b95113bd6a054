/**
 * What this tab has with one other, for as long as both are in the room: the signal stream, the book of what was heard,
 * and one link at a time. The lower tab id opens the stream and draws the sessions; the other follows.
 */
import {
  checkSignal,
  closeSession,
  EMPTY_BOOK,
  noteSignal,
  openSession,
  type SignalBook,
  type SignalScene,
  type SignalVerdict,
} from '../../core/call/check-signal.ts'
import type { NegotiationEvent, NegotiationRole } from '../../core/call/negotiation.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceKey, VerifySignature } from '../../ports/keys.ts'
import type { FrameStream, Wire } from '../../ports/wire.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import {
  CONTROL_FRAME_BYTES,
  CONTROL_FRAMES_PER_SECOND,
  DIAL_TIMEOUT_MS,
  LINK_BACKLOG,
  SIGNAL_REOPEN_MS,
  UNKNOWN_FRAMES,
} from '../../protocol/limits.ts'
import { SIGNAL_PROTOCOL, type SignalBody, type SignalMessage, signalClaim, signalFrame } from '../../protocol/signal.ts'
import { PeerLink } from './peer-link.ts'

export type PairParts = {
  readonly wire: Wire
  readonly device: DeviceKey
  readonly verify: VerifySignature
  readonly epoch: number
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  readonly fingerprint: string
  /** Rises for as long as the tab is here: whoever was forgotten and is met again may still count in a session of before. */
  readonly nextSequence: () => number
  /** undefined when this tab holds as many connections as it may. */
  readonly connect: () => RTCPeerConnection | undefined
  readonly connectLane: () => RTCPeerConnection | undefined
  readonly notify: (code: RoomErrorCode, detail: string) => void
  readonly onLink: () => void
}

export class Pair {
  link: PeerLink | undefined
  readonly peer: TabId
  readonly device: DeviceId
  readonly #parts: PairParts
  readonly #role: NegotiationRole
  readonly #closing = new AbortController()
  #book: SignalBook = EMPTY_BOOK
  #session: Bytes | undefined
  #stream: FrameStream | undefined
  #outbox: Promise<void> = Promise.resolve()
  #isRefused = false
  #isOpening = false
  #frames = { sinceMs: 0, count: 0, unknown: 0 }

  constructor(peer: TabId, device: DeviceId, parts: PairParts) {
    this.peer = peer
    this.device = device
    this.#parts = parts
    this.#role = parts.wire.self < peer ? 'impolite' : 'polite'
  }

  /** The two have met (again): whatever was refused before gets another chance. */
  meet(): void {
    this.#isRefused = false
    if (this.#role === 'polite') return
    if (this.link === undefined) this.#beginSession()
    void this.#open()
  }

  /** A signal stream that the other side opened. */
  take(stream: FrameStream): void {
    if (this.#role === 'impolite' || this.#isRefused) stream.abort(new RoomError('signal-misdirected', 'signal stream not expected'))
    else void this.#serve(stream)
  }

  close(): void {
    const stream = this.#stream
    const goodbye = this.#session === undefined ? Promise.resolve() : this.#say(this.#session, { t: 'bye' }, '')
    this.#endLink()
    this.#closing.abort()
    void goodbye.then(() => stream?.close())
  }

  async #open(): Promise<void> {
    if (this.#isOpening || this.#stream !== undefined || this.#isRefused || this.#closing.signal.aborted) return
    this.#isOpening = true
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)])
      const stream = await this.#parts.wire.open(this.peer, SIGNAL_PROTOCOL, { maxFrameBytes: CONTROL_FRAME_BYTES, signal })
      this.#isOpening = false
      await this.#serve(stream)
    } catch {
      this.#isOpening = false
      this.#openLater()
    }
  }

  #openLater(): void {
    if (this.#role === 'impolite') this.#parts.clock.after(SIGNAL_REOPEN_MS, () => void this.#open())
  }

  /** Reads to the end of the stream; a newer stream takes the place of this one. */
  async #serve(stream: FrameStream): Promise<void> {
    if (this.#closing.signal.aborted) return stream.close()
    this.#stream?.abort(new RoomError('aborted', 'a newer signal stream replaced this one'))
    this.#stream = stream
    this.link?.handle({ kind: 'signaling-opened' })
    try {
      for await (const frame of stream.frames) {
        if (this.#stream !== stream || this.#closing.signal.aborted) return
        await this.#read(frame)
      }
    } catch (error) {
      if (error instanceof RoomError && error.code === 'frame-too-large') this.#breach(error.code, 'signal')
    }
    if (this.#stream !== stream) return
    this.#stream = undefined
    this.link?.handle({ kind: 'signaling-lost' })
    this.#openLater()
  }

  async #read(frame: Bytes): Promise<void> {
    if (this.#isFlood()) return this.#breach('flooded', 'signals')
    const parsed = parseFrame(frame, signalFrame)
    if (parsed.kind === 'ok') return this.#hear(parsed.message)
    this.#frames.unknown++
    if (parsed.reason !== 'frame-unknown' || this.#frames.unknown > UNKNOWN_FRAMES) this.#breach(parsed.reason, 'signal')
  }

  async #hear(signal: SignalMessage): Promise<void> {
    const before = this.#judge(signal)
    if (before.kind === 'refused') return this.#breach(before.reason, 'signal')
    const isSigned = await this.#parts.verify(this.device, signalClaim(signal), signal.signature)
    if (this.#closing.signal.aborted || this.#isRefused) return
    if (!isSigned) return this.#breach('signature-invalid', 'signal')
    // The session may have ended while the signature was checked.
    const verdict = this.#judge(signal)
    if (verdict.kind === 'refused') return this.#breach(verdict.reason, 'signal')
    if (verdict.kind === 'fresh') this.#followSession(signal.session)
    this.#book = noteSignal(this.#book, signal)
    if (verdict.kind === 'stale') return this.#askToRenew(signal)
    if ((this.link?.backlog ?? 0) > LINK_BACKLOG) return this.#breach('flooded', 'signals')
    this.link?.handle(toEvent(signal))
  }

  #judge(signal: SignalMessage): SignalVerdict {
    const { wire, epoch, fingerprint } = this.#parts
    const scene: SignalScene = { self: wire.self, peer: this.peer, role: this.#role, epoch, fingerprint }
    return checkSignal(scene, this.#book, signal)
  }

  /** The impolite side still negotiates for a connection that is gone here. */
  #askToRenew(signal: SignalMessage): void {
    const isOffer = signal.body.t === 'description' && signal.body.type === 'offer'
    if (this.#role === 'polite' && isOffer) void this.#say(signal.session, { t: 'bye' }, '')
  }

  #beginSession(): void {
    this.#startLink(this.#parts.random(16))
  }

  #followSession(session: Bytes): void {
    this.#endLink()
    this.#startLink(session)
  }

  #startLink(session: Bytes): void {
    const { clock, connect, connectLane } = this.#parts
    const connection = connect()
    if (connection === undefined) return
    this.#session = session
    this.#book = openSession(this.#book, session)
    const link = new PeerLink({
      peer: this.peer,
      device: this.device,
      role: this.#role,
      connection,
      connectLane,
      clock,
      send: (body, ufrag) => this.#say(session, body, ufrag),
      onRenew: () => this.#renew(link),
      onBreach: (code, detail) => this.#breach(code, detail),
      onCut: (reason) => this.#cut(reason),
    })
    this.link = link
    if (this.#stream !== undefined) link.handle({ kind: 'signaling-opened' })
    this.#parts.onLink()
  }

  #endLink(): void {
    const { link } = this
    this.link = undefined
    this.#session = undefined
    this.#book = closeSession(this.#book)
    link?.close()
    if (link !== undefined) this.#parts.onLink()
  }

  #renew(link: PeerLink): void {
    if (this.link !== link) return
    this.#endLink()
    if (this.#role === 'impolite') this.#beginSession()
  }

  #breach(code: RoomErrorCode, detail: string): void {
    if (!this.#isRefused) this.#parts.notify(code, detail)
    this.#refuse(new RoomError(code, detail))
  }

  #cut(reason: Error): void {
    this.#parts.notify(reason instanceof RoomError ? reason.code : 'frame-malformed', reason.message)
    this.#refuse(reason)
  }

  #refuse(reason: Error): void {
    this.#isRefused = true
    const stream = this.#stream
    this.#stream = undefined
    this.#endLink()
    stream?.abort(reason)
  }

  /** One after the other: a message signed sooner but sent later would look like a replay. */
  #say(session: Bytes, body: SignalBody, ufrag: string): Promise<void> {
    this.#outbox = this.#outbox.then(() => this.#send(session, body, ufrag)).catch(() => {})
    return this.#outbox
  }

  async #send(session: Bytes, body: SignalBody, ufrag: string): Promise<void> {
    const { wire, device, epoch, fingerprint } = this.#parts
    const stream = this.#stream
    if (stream === undefined) return
    const peerFingerprint = this.#book.peerFingerprint ?? ''
    const unsigned = {
      from: wire.self,
      to: this.peer,
      epoch,
      session,
      sequence: this.#parts.nextSequence(),
      fingerprint,
      peerFingerprint,
      ufrag,
      body,
    }
    const signature = await device.sign(signalClaim({ t: 'signal', ...unsigned }))
    await stream.send(encodeFrame({ t: 'signal', ...unsigned, signature }))
  }

  #isFlood(): boolean {
    const nowMs = this.#parts.clock.monotonicMs()
    if (nowMs - this.#frames.sinceMs >= 1000) this.#frames = { ...this.#frames, sinceMs: nowMs, count: 0 }
    return ++this.#frames.count > CONTROL_FRAMES_PER_SECOND
  }
}

function toEvent({ body, ufrag }: SignalMessage): NegotiationEvent {
  switch (body.t) {
    case 'description': {
      const { type, round, sdp, tracks } = body
      const description = { round, ufrag, sdp, tracks }
      return type === 'offer' ? { kind: 'offer-received', offer: description } : { kind: 'answer-received', answer: description }
    }
    case 'candidate':
      return { kind: 'candidate-received', candidate: { candidate: body.candidate, mid: body.mid, ufrag: body.ufrag ?? ufrag } }
    case 'bye':
      return { kind: 'bye-received' }
    default:
      return body satisfies never
  }
}
