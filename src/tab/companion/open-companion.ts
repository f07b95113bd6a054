/** The other device of this tab's person: found by a code, named in the session, steered and obeyed over the link of the two. */
import { readCode } from '../../core/companion/code.ts'
import { becomesSilent, type Deed, isPartedBy, obey, type Standing } from '../../core/companion/obey.ts'
import type { Call } from '../../ports/asterism.ts'
import type { ToolsSession } from '../../ports/meeting.ts'
import type { Companion, Steering } from '../../ports/tools.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { SCREEN_ASKED_MS } from '../../protocol/limits.ts'
import type { ToolParts } from '../tools/parts.ts'
import { Pairing } from './pairing.ts'

export type CompanionParts = Pick<ToolParts, 'links' | 'presence' | 'side' | 'clock' | 'random' | 'signal'> & {
  readonly call: Pick<Call, 'state' | 'self' | 'setMicrophone' | 'setCamera' | 'setScreen' | 'leave' | 'subscribe'>
  readonly session: Pick<ToolsSession, 'state' | 'raiseHand' | 'pairWith'>
}

const ALONE: Standing = { other: undefined, isSecond: false }

export class RoomCompanion implements Companion {
  look: Companion['look']
  isScreenAsked = false
  #standing: Standing = ALONE
  #isInCall = false
  #stopAsking: (() => void) | undefined
  readonly #parts: CompanionParts
  readonly #pairing: Pairing
  readonly #listeners = new Set<() => void>()

  constructor(parts: CompanionParts) {
    this.#parts = parts
    this.#pairing = new Pairing({
      ...parts,
      me: parts.presence.self.device,
      accepted: (device) => void parts.session.pairWith(device, false),
      changed: () => this.#changed(),
    })
    const stops = [
      // The call calls back for the session too.
      parts.call.subscribe(() => this.#follow()),
      parts.side.onMessage((from, message) => {
        if (message.t === 'steer') this.#obey(message.steering, from.device)
        else void this.#pairing.hear(from, message)
      }),
    ]
    parts.signal.addEventListener('abort', () => {
      for (const stop of stops) stop()
      this.#pairing.withdraw()
    })
    this.#follow()
  }

  get code(): string | undefined {
    return this.#pairing.code
  }
  get other(): DeviceId | undefined {
    return this.#standing.other
  }
  get isSecond(): boolean {
    return this.#standing.isSecond
  }

  offer(): string {
    return this.#pairing.offer()
  }

  withdraw(): void {
    this.#pairing.withdraw()
  }

  async pair(typed: string): Promise<boolean> {
    const code = readCode(typed)
    const device = code && (await this.#pairing.ask(code))
    if (device === undefined || device === '') return false
    await this.#parts.session.pairWith(device, true)
    return true
  }

  part(): Promise<void> {
    return this.#parts.session.pairWith(undefined)
  }

  async setSecond(isSecond: boolean): Promise<void> {
    const { other } = this
    if (other === undefined) return
    this.steer({ what: 'part', isSecond: !isSecond })
    await this.#parts.session.pairWith(other, isSecond)
  }

  refuseScreen(): void {
    this.#askScreen(false)
  }

  /** Every tab of the other device that is in the call: which of them its person looks at is not known. */
  steer(steering: Steering): boolean {
    const { presence, side } = this.#parts
    const { other } = this
    if (other === undefined) return false
    const tabs = [...presence.all()].filter(([, { device, call }]) => device === other && call !== null)
    return tabs.map(([tab]) => side.tell(tab, { t: 'steer', steering })).includes(true)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #follow(): void {
    const { call, session } = this.#parts
    const me = session.state.participants.find(({ isMe }) => isMe)
    const [before, wasInCall] = [this.#standing, this.#isInCall]
    this.#isInCall = me !== undefined && call.state === 'in'
    const now = this.#isInCall && me !== undefined ? { other: me.companion, isSecond: me.isSecond } : ALONE
    this.#standing = now
    if (becomesSilent(before, now)) for (const off of [call.setMicrophone(false), call.setCamera(false)]) void off
    if (isPartedBy(before, now, wasInCall && this.#isInCall)) void session.pairWith(undefined)
    if (this.isScreenAsked && (call.self.screen.kind === 'on' || now.other === undefined)) this.#askScreen(false)
    if (before.other !== now.other || before.isSecond !== now.isSecond) this.#changed()
  }

  #obey(steering: Steering, from: DeviceId): void {
    const deed = obey(steering, from, this.other)
    if (deed !== undefined) void this.#do(deed)
  }

  async #do(deed: Deed): Promise<void> {
    const { call, session } = this.#parts
    switch (deed.kind) {
      case 'microphone':
        return call.setMicrophone(deed.on)
      case 'camera':
        return call.setCamera(deed.on)
      case 'stop-screen':
        return call.setScreen(false)
      case 'ask-screen':
        return this.#askScreen(call.self.screen.kind !== 'on')
      case 'hand':
        return session.raiseHand(deed.raised)
      case 'look':
        this.look = { layout: deed.layout }
        return this.#changed()
      case 'leave':
        return call.leave()
      case 'part':
        return session.pairWith(this.other, deed.isSecond)
      default:
        return deed satisfies never
    }
  }

  #askScreen(isAsked: boolean): void {
    this.#stopAsking?.()
    this.#stopAsking = isAsked ? this.#parts.clock.after(SCREEN_ASKED_MS, () => this.#askScreen(false)) : undefined
    this.isScreenAsked = isAsked
    this.#changed()
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
