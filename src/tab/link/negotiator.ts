/** Carries the effects of the negotiation out on an RTCPeerConnection: one event at a time, each to its end. */
import {
  beginNegotiation,
  type IceCandidate,
  type NegotiationEffect,
  type NegotiationEvent,
  type NegotiationRole,
  type NegotiationTimer,
  stepNegotiation,
} from '../../core/call/negotiation.ts'
import { readCandidateUfrag, readSdp, withFirstGuess } from '../../core/call/sdp.ts'
import type { Clock } from '../../ports/clock.ts'
import { assert } from '../../protocol/errors.ts'
import { PATH_FIRST_GUESS_KBPS } from '../../protocol/limits.ts'
import type { SignalBody } from '../../protocol/signal.ts'
import type { LinkTracks } from './tracks.ts'

export type NegotiatorParts = {
  readonly role: NegotiationRole
  readonly connection: RTCPeerConnection
  readonly tracks: LinkTracks
  readonly clock: Clock
  /** Drops the message when signaling is away; the negotiation says it again when it is back. */
  readonly send: (body: SignalBody, ufrag: string) => Promise<void>
  readonly onTracks: () => void
  readonly onRenew: () => void
}

type Description = SignalBody & { readonly t: 'description' }

export class Negotiator {
  /** Events not dealt with yet. */
  backlog = 0
  readonly #parts: NegotiatorParts
  readonly #timers = new Map<NegotiationTimer, () => void>()
  readonly #said: { offer?: Description; answer?: Description } = {}
  #state
  #queue: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: NegotiatorParts) {
    this.#parts = parts
    this.#state = beginNegotiation(parts.role)
    const { connection } = parts
    connection.addEventListener('negotiationneeded', () => this.handle({ kind: 'negotiation-needed' }))
    connection.addEventListener('icecandidate', ({ candidate }) => {
      const gathered = candidate === null ? undefined : this.#read(candidate)
      if (gathered !== undefined) this.handle({ kind: 'candidate-gathered', candidate: gathered })
    })
  }

  /** Events are dealt with in order. Nobody may wait for one: what a closed RTCPeerConnection was asked for never settles. */
  handle(event: NegotiationEvent): void {
    this.backlog++
    this.#queue = this.#queue
      .then(() => this.#step(event))
      .then(() => {
        this.backlog--
      })
  }

  close(): void {
    this.#isClosed = true
    for (const stop of this.#timers.values()) stop()
    this.#timers.clear()
  }

  async #step(event: NegotiationEvent): Promise<void> {
    if (this.#isClosed) return
    const { next, effects } = stepNegotiation(this.#state, event)
    this.#state = next
    for (const effect of effects) {
      try {
        await this.#carryOut(effect)
      } catch (error) {
        if (this.#isClosed) return
        console.debug('link: effect failed', effect.kind, error)
        this.handle({ kind: 'effect-failed' })
        return
      }
      if (this.#isClosed) return
    }
  }

  async #carryOut(effect: NegotiationEffect): Promise<void> {
    const { connection } = this.#parts
    if (connection.signalingState === 'closed' && touchesConnection(effect)) throw new Error('the connection is closed')
    switch (effect.kind) {
      case 'offer':
        if (effect.restartIce) connection.restartIce()
        await connection.setLocalDescription()
        return this.#describe('offer', effect.round)
      case 'rollback':
        return connection.setLocalDescription({ type: 'rollback' })
      case 'accept-offer':
        return this.#accept('offer', effect.offer)
      case 'answer':
        await connection.setLocalDescription()
        return this.#describe('answer', effect.round)
      case 'accept-answer':
        return this.#accept('answer', effect.answer)
      case 'resend':
        return this.#resend(effect.what)
      case 'add-candidate':
        return this.#add(effect.candidate)
      case 'send-candidate':
        return this.#parts.send({ t: 'candidate', ...effect.candidate }, effect.candidate.ufrag)
      case 'send-bye':
        return this.#parts.send({ t: 'bye' }, '')
      case 'renew':
        return this.#parts.onRenew()
      case 'wait':
        return this.#wait(effect.timer, effect.delayMs)
      case 'stop':
        return this.#stop(effect.timer)
      default:
        return effect satisfies never
    }
  }

  async #describe(type: 'offer' | 'answer', round: number): Promise<void> {
    const { connection, tracks } = this.#parts
    const local = connection.localDescription
    assert(local?.type === type, `the local description is an ${type}`)
    const body: Description = { t: 'description', type, round, sdp: local.sdp, tracks: tracks.describe() }
    this.#said[type] = body
    await this.#parts.send(body, readSdp(local.sdp)?.ufrag ?? '')
  }

  async #resend(what: 'offer' | 'answer'): Promise<void> {
    const body = this.#said[what]
    if (body !== undefined) await this.#parts.send(body, readSdp(body.sdp)?.ufrag ?? '')
  }

  async #accept(type: 'offer' | 'answer', { sdp, tracks }: { sdp: string; tracks: Description['tracks'] }): Promise<void> {
    await this.#parts.connection.setRemoteDescription({ type, sdp: withFirstGuess(sdp, PATH_FIRST_GUESS_KBPS) })
    if (this.#parts.tracks.setDeclared(tracks)) this.#parts.onTracks()
  }

  /** A candidate that the browser cannot use is one path less, no failure. */
  async #add({ candidate, mid, ufrag }: IceCandidate): Promise<void> {
    try {
      await this.#parts.connection.addIceCandidate({ candidate, sdpMid: mid, usernameFragment: ufrag })
    } catch (error) {
      console.debug('link: candidate not added', error)
    }
  }

  #read(candidate: RTCIceCandidate): IceCandidate | undefined {
    const ufrag = candidate.usernameFragment ?? readCandidateUfrag(candidate.candidate)
    if (ufrag === undefined || ufrag === null || candidate.candidate === '') return undefined
    return { candidate: candidate.candidate, mid: candidate.sdpMid, ufrag }
  }

  #wait(timer: NegotiationTimer, delayMs: number): void {
    this.#stop(timer)
    const ring = () => {
      this.#timers.delete(timer)
      this.handle({ kind: 'timer-rang', timer })
    }
    this.#timers.set(timer, this.#parts.clock.after(delayMs, ring))
  }

  #stop(timer: NegotiationTimer): void {
    this.#timers.get(timer)?.()
    this.#timers.delete(timer)
  }
}

function touchesConnection({ kind }: NegotiationEffect): boolean {
  return kind === 'offer' || kind === 'rollback' || kind === 'accept-offer' || kind === 'answer' || kind === 'accept-answer'
}
