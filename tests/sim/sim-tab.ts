/**
 * A tab without a browser: the real reach, hello and membership on a simulated wire. It carries out effects as the
 * adapters of a tab do and decides nothing. What runs over connected tabs is plugged in as `guests`.
 */
import { logInOrder, type MembershipState } from '../../src/core/room/membership.ts'
import { type ReachEffect, type ReachEvent, type ReachState, startReach, type Via } from '../../src/core/room/reach.ts'
import type { DeviceId, TabId } from '../../src/protocol/ids.ts'
import { CARRIERS_BETWEEN, CARRIERS_RESERVED, DIALS_AT_ONCE, HELLO_TIMEOUT_MS, KNOWN_TABS } from '../../src/protocol/limits.ts'
import type { MembershipEntry, Role } from '../../src/protocol/membership.ts'
import { SimHello } from './sim-hello.ts'
import { SimLog } from './sim-log.ts'
import type { RelayClient } from './sim-relay.ts'
import type { SimRoom } from './sim-room.ts'
import type { SimConnection } from './sim-wire.ts'
import type { Guest, TabMessage } from './tab-message.ts'
import type { Cancel } from './world.ts'

type Session = {
  readonly connection: SimConnection<TabMessage>
  readonly hello: SimHello
  isUp: boolean
  device: DeviceId | undefined
  cancelTimeout: Cancel
}

/** Changes are told together, as presence is. */
const TELL_AFTER_MS = 250
/** An answer that has not come by then does not come. */
const PROBE_MS = 2_000
/** Tabs one carrier passes dials on for. */
const CARRIED = 15

export class SimTab implements RelayClient {
  readonly id: TabId
  readonly name: string
  readonly device: DeviceId
  readonly room: SimRoom
  reach: ReachState
  isAlive = true
  dials = 0
  guest: Guest | undefined
  readonly sessions = new Map<TabId, Session>()
  readonly carried = new Set<TabId>()
  readonly #log: SimLog
  readonly #fresh: MembershipEntry[] = []
  #cancelWake: Cancel = () => {}
  #isTellingPlanned = false

  constructor(room: SimRoom, id: TabId, name: string, device: DeviceId, known: MembershipState | undefined) {
    this.room = room
    this.id = id
    this.name = name
    this.device = device
    this.reach = startReach(id)
    this.#log = new SimLog(room, known)
  }

  open(): void {
    this.#pass(this.#log.join(this.device, this.#nowMs()))
    this.feed({ kind: 'started' })
  }

  /** Says goodbye and goes. */
  leave(): void {
    for (const session of this.sessions.values()) session.connection.send(this.id, { t: 'goodbye' })
    this.crash()
  }

  /** Gone without a word; the others notice by themselves. */
  crash(): void {
    this.isAlive = false
    this.#cancelWake()
    this.room.relay.leave(this.id)
    for (const session of this.sessions.values()) {
      session.cancelTimeout()
      session.connection.close(this.id)
    }
    this.sessions.clear()
  }

  isConnectedTo(tab: TabId): boolean {
    return this.sessions.get(tab)?.isUp === true
  }

  connectedTabs(): TabId[] {
    return [...this.sessions].filter(([, { isUp }]) => isUp).map(([tab]) => tab)
  }

  deviceOf(tab: TabId): DeviceId | undefined {
    return this.sessions.get(tab)?.device
  }

  sendToGuest(to: TabId, body: unknown): void {
    const session = this.sessions.get(to)
    if (session?.isUp) session.connection.send(this.id, { t: 'guest', body })
  }

  /** Ends the connection, as one does with a tab that breaks the protocol. */
  hangUp(tab: TabId): void {
    const session = this.sessions.get(tab)
    if (session === undefined) return
    session.connection.close(this.id)
    this.#sessionClosed(tab, session)
  }

  setRole(subject: DeviceId, role: Role): void {
    this.#pass(this.#log.setRole(this.device, subject, role, this.#nowMs()))
  }

  get membership(): MembershipState {
    return this.#log.state
  }

  // What the relay says.

  relayConnected(listed: readonly TabId[]): void {
    if (!this.isAlive) this.room.relay.leave(this.id)
    this.feed({ kind: 'relay-connected' })
    for (const tab of listed) this.feed({ kind: 'peer-listed', tab, isNew: false })
  }

  relayLost(): void {
    this.feed({ kind: 'relay-lost' })
  }

  listed(tab: TabId): void {
    this.feed({ kind: 'peer-listed', tab, isNew: true })
  }

  unlisted(tab: TabId): void {
    this.feed({ kind: 'peer-unlisted', tab })
  }

  // What the wire says.

  /** A fresh connection, made by either side. */
  connectionOpened(connection: SimConnection<TabMessage>, peer: TabId): void {
    const old = this.sessions.get(peer)
    if (old !== undefined) {
      old.connection.close(this.id)
      this.#sessionClosed(peer, old)
    }
    const { keys, devices, brain, world } = this.room
    const setting = { keys, devices, brain, random: world.random }
    const hello = new SimHello(setting, {
      tab: this.id,
      device: this.device,
      peer,
      send: (message) => connection.send(this.id, { t: 'hello', message }),
      entries: () => logInOrder(this.membership),
      take: (entries) => this.#pass(this.#log.take(entries)),
      ended: (end) => (end.kind === 'done' ? this.#connected(peer, session, end.device) : this.#refused(peer, end.reason)),
    })
    const cancelTimeout = world.after(HELLO_TIMEOUT_MS, `hello timeout ${this.name}`, () => hello.handle({ kind: 'timeout' }))
    const session: Session = { connection, hello, isUp: false, device: undefined, cancelTimeout }
    this.sessions.set(peer, session)
    hello.handle({ kind: 'started' })
  }

  messageArrived(from: TabId, connection: SimConnection<TabMessage>, message: TabMessage): void {
    const session = this.sessions.get(from)
    if (!this.isAlive || session?.connection !== connection) return
    if (message.t === 'hello') {
      session.hello.handle({ kind: 'message-received', message: message.message })
      return
    }
    // The other side may be done with the hello one message earlier than we are, never one later.
    this.room.world.must(session.isUp, () => `${this.name} got ${message.t} before its hello with ${this.room.nameOf(from)} was done`)
    if (message.t === 'sees') this.feed({ kind: 'peers-heard', by: from, tabs: message.tabs })
    if (message.t === 'entries') this.#pass(this.#log.take(message.entries))
    if (message.t === 'goodbye') this.feed({ kind: 'goodbye', tab: from })
    if (message.t === 'guest') this.guest?.receive(from, message.body)
    if (message.t === 'release') this.carried.delete(from)
    if (message.t === 'reserve-refused') this.feed({ kind: 'reserve-failed', carrier: from })
    if (message.t === 'reserve' && this.carried.size < CARRIED) this.carried.add(from)
    else if (message.t === 'reserve') session.connection.send(this.id, { t: 'reserve-refused' })
  }

  connectionClosed(peer: TabId, connection: SimConnection<TabMessage>): void {
    const session = this.sessions.get(peer)
    if (this.isAlive && session?.connection === connection) this.#sessionClosed(peer, session)
  }

  // Reach.

  feed(event: ReachEvent): void {
    if (!this.isAlive) return
    const { world, brain } = this.room
    const { next, effects } = brain.reach(this.reach, event, { nowMs: world.nowMs, random: world.random.next() })
    this.reach = next
    this.#checkReach()
    for (const effect of effects) this.#performReach(effect)
  }

  #performReach(effect: ReachEffect): void {
    switch (effect.kind) {
      case 'connect-relay':
        this.room.relay.connect(this)
        break
      case 'dial':
        this.#dial(effect.tab, effect.via, effect.timeoutMs)
        break
      case 'reserve':
      case 'release':
        this.sessions.get(effect.carrier)?.connection.send(this.id, { t: effect.kind })
        break
      case 'unreached':
      case 'all-reached':
      case 'lost':
        break // For people; nobody reads a screen here.
      case 'forget':
      case 'hang-up':
        this.hangUp(effect.tab)
        break
      case 'probe':
        this.room.world.after(PROBE_MS, `probe ${this.name}`, () => this.#probed(effect.tab))
        break
      case 'wake-at':
        this.#cancelWake()
        this.#cancelWake = this.room.world.after(effect.ms - this.#nowMs(), `wake ${this.name}`, () => this.feed({ kind: 'tick' }))
        break
      default:
        effect satisfies never
    }
  }

  #dial(tab: TabId, via: Via, timeoutMs: number): void {
    this.dials++
    this.room.introduce(this, tab, via, timeoutMs, () => this.feed({ kind: 'dial-failed', tab, via }))
  }

  /** Whoever does not answer by now went without a word. */
  #probed(tab: TabId): void {
    if (!this.room.tabs.get(tab)?.isAlive || !this.room.wire.isOpen(this.id, tab)) this.feed({ kind: 'silent', tab })
  }

  #checkReach(): void {
    const { world } = this.room
    let dialing = 0
    for (const { link } of this.reach.tabs.values()) if (link.kind === 'dialing') dialing++
    world.must(dialing <= DIALS_AT_ONCE, () => `${this.name} has ${dialing} dials under way`)
    const { size } = this.reach.reserved
    world.must(size <= CARRIERS_RESERVED + CARRIERS_BETWEEN, () => `${this.name} has ${size} carriers`)
    world.must(this.reach.tabs.size <= KNOWN_TABS + this.sessions.size, () => `${this.name} keeps track of ${this.reach.tabs.size} tabs`)
  }

  // Hello.

  #refused(peer: TabId, reason: string): void {
    if (reason !== 'timeout' && reason !== 'closed') this.feed({ kind: 'refused', tab: peer })
    this.hangUp(peer)
  }

  #connected(peer: TabId, session: Session, device: DeviceId): void {
    session.isUp = true
    session.device = device
    session.cancelTimeout()
    this.feed({ kind: 'connected', tab: peer })
    this.guest?.connected(peer)
    this.#tellLater()
  }

  #sessionClosed(peer: TabId, session: Session): void {
    session.cancelTimeout()
    this.sessions.delete(peer)
    this.carried.delete(peer)
    if (!session.isUp) return
    this.feed({ kind: 'disconnected', tab: peer })
    this.guest?.disconnected(peer)
    this.#tellLater()
  }

  // News for the others.

  #pass(fresh: readonly MembershipEntry[]): void {
    if (fresh.length === 0) return
    this.#fresh.push(...fresh)
    this.#tellLater()
  }

  #tellLater(): void {
    if (this.#isTellingPlanned) return
    this.#isTellingPlanned = true
    this.room.world.after(TELL_AFTER_MS, `tell ${this.name}`, () => {
      this.#isTellingPlanned = false
      if (!this.isAlive) return
      const tabs = this.connectedTabs()
      const entries = this.#fresh.splice(0)
      for (const tab of tabs) {
        const { connection } = this.sessions.get(tab) as Session
        connection.send(this.id, { t: 'sees', tabs: new Set(tabs) })
        if (entries.length > 0) connection.send(this.id, { t: 'entries', entries })
      }
    })
  }

  #nowMs(): number {
    return this.room.world.nowMs
  }
}
