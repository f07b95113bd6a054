/**
 * One side of a link without a browser: the real negotiation on a connection that knows only signaling states and is
 * stricter about them than RTCPeerConnection. What it sends goes into `sent`; the test decides what arrives, and when.
 */
import {
  beginNegotiation,
  type IceCandidate,
  type NegotiationEffect,
  type NegotiationEvent,
  type NegotiationRole,
  type NegotiationState,
  type NegotiationTimer,
  type RemoteDescription,
  stepNegotiation,
} from '../../src/core/call/negotiation.ts'

export type SideMessage =
  | { readonly t: 'offer' | 'answer'; readonly description: RemoteDescription }
  | { readonly t: 'candidate'; readonly candidate: IceCandidate }
  | { readonly t: 'bye' }

export type Agreement = { readonly offer: string; readonly answer: string }

export class NegotiationSide {
  readonly name: string
  state: NegotiationState
  readonly sent: SideMessage[] = []
  readonly timers = new Set<NegotiationTimer>()
  readonly added = new Set<string>()
  agreement: Agreement | undefined
  isRenewed = false
  #changes = 0
  #published = 0
  #ice = 1
  #remoteUfrag = ''
  #pendingLocal: RemoteDescription | undefined
  #pendingRemote: RemoteDescription | undefined
  #lastSent: { offer?: RemoteDescription; answer?: RemoteDescription } = {}

  readonly #step: typeof stepNegotiation

  constructor(name: string, role: NegotiationRole, step = stepNegotiation) {
    this.name = name
    this.#step = step
    this.state = beginNegotiation(role)
  }

  get ufrag(): string {
    return `${this.name}${this.#ice}`
  }

  /** A change to be negotiated, such as a new track. */
  change(): void {
    this.#changes++
    this.#askIfDirty()
  }

  receive(message: SideMessage): void {
    if (message.t === 'offer') this.handle({ kind: 'offer-received', offer: message.description })
    if (message.t === 'answer') this.handle({ kind: 'answer-received', answer: message.description })
    if (message.t === 'candidate') this.handle({ kind: 'candidate-received', candidate: message.candidate })
    if (message.t === 'bye') this.handle({ kind: 'bye-received' })
  }

  ring(timer: NegotiationTimer): void {
    if (this.timers.delete(timer)) this.handle({ kind: 'timer-rang', timer })
  }

  handle(event: NegotiationEvent): void {
    const before = this.state.phase
    const { next, effects } = this.#step(this.state, event)
    this.state = next
    for (const effect of effects) this.#carryOut(effect)
    const becameStable = next.phase === 'stable' && (before === 'offering' || event.kind === 'offer-received')
    if (becameStable) this.#askIfDirty()
  }

  #askIfDirty(): void {
    const isStable = this.#pendingLocal === undefined && this.#pendingRemote === undefined
    if (isStable && this.#changes > this.#published) this.handle({ kind: 'negotiation-needed' })
  }

  #carryOut(effect: NegotiationEffect): void {
    if (effect.kind === 'offer') this.#offer(effect.round, effect.restartIce)
    else if (effect.kind === 'rollback') this.#rollBack()
    else if (effect.kind === 'accept-offer') this.#acceptOffer(effect.offer)
    else if (effect.kind === 'answer') this.#answer(effect.round)
    else if (effect.kind === 'accept-answer') this.#acceptAnswer(effect.answer)
    else if (effect.kind === 'resend') this.#resend(effect.what)
    else if (effect.kind === 'add-candidate') this.#add(effect.candidate)
    else if (effect.kind === 'send-candidate') this.sent.push({ t: 'candidate', candidate: effect.candidate })
    else if (effect.kind === 'send-bye') this.sent.push({ t: 'bye' })
    else if (effect.kind === 'renew') this.isRenewed = true
    else if (effect.kind === 'wait') this.timers.add(effect.timer)
    else if (effect.kind === 'stop') this.timers.delete(effect.timer)
    else effect satisfies never
  }

  #offer(round: number, restartIce: boolean): void {
    this.#mustBeStable()
    if (restartIce) this.#ice++
    this.#pendingLocal = this.#describe('offer', round)
    this.#send('offer', this.#pendingLocal)
  }

  #rollBack(): void {
    this.#must(this.#pendingLocal !== undefined, 'rolls back nothing')
    this.#pendingLocal = undefined
  }

  #acceptOffer(offer: RemoteDescription): void {
    this.#mustBeStable()
    this.#pendingRemote = offer
    this.#remoteUfrag = offer.ufrag
  }

  #answer(round: number): void {
    const offer = this.#pendingRemote
    this.#must(offer !== undefined && offer.round === round, 'answers an offer that is not set')
    const isSameIce = this.agreement === undefined || Object.values(this.agreement).some((sdp) => sdp.includes(`${offer.ufrag},`))
    if (!isSameIce) this.#ice++
    const answer = this.#describe('answer', round)
    this.agreement = { offer: offer.sdp, answer: answer.sdp }
    this.#pendingRemote = undefined
    this.#send('answer', answer)
  }

  #acceptAnswer(answer: RemoteDescription): void {
    const offer = this.#pendingLocal
    this.#must(offer !== undefined && offer.round === answer.round, 'takes an answer to nothing')
    this.agreement = { offer: offer.sdp, answer: answer.sdp }
    this.#published = Number(/changes=(\d+)/.exec(offer.sdp)?.[1])
    this.#remoteUfrag = answer.ufrag
    this.#pendingLocal = undefined
  }

  #resend(what: 'offer' | 'answer'): void {
    const description = this.#lastSent[what]
    if (description !== undefined) this.sent.push({ t: what, description })
  }

  #add(candidate: IceCandidate): void {
    this.#must(candidate.ufrag === this.#remoteUfrag, 'adds a candidate of another description')
    this.added.add(candidate.candidate)
  }

  #describe(type: 'offer' | 'answer', round: number): RemoteDescription {
    return { round, ufrag: this.ufrag, sdp: `${type} of ${this.ufrag}, round ${round}, changes=${this.#changes}`, tracks: {} }
  }

  #send(t: 'offer' | 'answer', description: RemoteDescription): void {
    this.#lastSent = { ...this.#lastSent, [t]: description }
    this.sent.push({ t, description })
  }

  #mustBeStable(): void {
    this.#must(this.#pendingLocal === undefined && this.#pendingRemote === undefined, 'starts a round while not stable')
  }

  #must(condition: boolean, claim: string): asserts condition {
    if (!condition) throw new Error(`${this.name} ${claim}`)
  }
}
