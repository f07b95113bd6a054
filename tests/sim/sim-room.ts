/** A room of simulated tabs: who is there, the wire and the relay between them, and how two of them are introduced. */
import type { MembershipState } from '../../src/core/room/membership.ts'
import type { Via } from '../../src/core/room/reach.ts'
import type { DeviceId, TabId } from '../../src/protocol/ids.ts'
import type { Brain } from './brain.ts'
import { DeviceKeys, makeTabId, RoomKeys } from './sim-keys.ts'
import { SimRelay } from './sim-relay.ts'
import { SimTab } from './sim-tab.ts'
import { type End, type SimConnection, SimWire, type Weather } from './sim-wire.ts'
import type { TabMessage } from './tab-message.ts'
import type { World } from './world.ts'

/** Signaling over a carrier and the handshakes of WebRTC and Noise, as measured in a browser. */
const INTRODUCE_MIN_MS = 250
const INTRODUCE_MAX_MS = 900

export class SimRoom {
  readonly world: World
  readonly brain: Brain
  readonly keys: RoomKeys
  readonly devices = new DeviceKeys()
  readonly founder: DeviceId
  readonly relay: SimRelay
  readonly wire: SimWire<TabMessage>
  readonly tabs = new Map<TabId, SimTab>()
  /** Of a hundred dials this many fail for no reason. */
  dialFailurePercent = 0
  readonly #names = new Map<TabId, string>()

  constructor(world: World, brain: Brain, weather?: Weather) {
    this.world = world
    this.brain = brain
    this.keys = new RoomKeys(world.random)
    this.founder = this.devices.make(world.random)
    this.relay = new SimRelay(world)
    this.wire = new SimWire(world, weather)
  }

  addTab(device: DeviceId = this.devices.make(this.world.random), known?: MembershipState): SimTab {
    const id = makeTabId(this.world.random)
    const tab = new SimTab(this, id, `t${this.tabs.size}`, device, known)
    this.tabs.set(id, tab)
    this.#names.set(id, tab.name)
    return tab
  }

  living(): SimTab[] {
    return [...this.tabs.values()].filter(({ isAlive }) => isAlive)
  }

  nameOf(tab: TabId): string {
    return this.#names.get(tab) ?? tab
  }

  /** What dialing does: the way must carry the signaling, and then both must reach each other directly. */
  introduce(from: SimTab, to: TabId, via: Via, timeoutMs: number, failed: () => void): void {
    const { world } = this
    const label = `introduce ${from.name} ${this.nameOf(to)} ${via.kind === 'carrier' ? this.nameOf(via.tab) : 'relay'}`
    if (!this.#canCarry(from.id, to, via)) {
      world.after(world.random.between(30, 120), `${label} in vain`, failed)
      return
    }
    world.after(world.random.between(INTRODUCE_MIN_MS, INTRODUCE_MAX_MS), label, () => {
      const other = this.tabs.get(to)
      if (!from.isAlive) return
      const isReachable = other?.isAlive === true && this.wire.isOpen(from.id, to) && this.#canCarry(from.id, to, via)
      if (isReachable && !world.random.chance(this.dialFailurePercent / 100)) this.#join(from, other)
      else world.after(world.random.between(0, timeoutMs - INTRODUCE_MAX_MS), `${label} failed`, failed)
    })
  }

  /** Every two living tabs are connected, as both see it. */
  isWhole(): boolean {
    const living = this.living()
    return living.every((one) => living.every((other) => one === other || one.isConnectedTo(other.id)))
  }

  /** Pairs that are not connected, for a sentence. */
  gaps(): string {
    const living = this.living()
    const gaps = living.flatMap((one) =>
      living.filter((other) => other !== one && !one.isConnectedTo(other.id)).map((other) => `${one.name}-${other.name}`),
    )
    return `${gaps.length} (${gaps.slice(0, 6).join(', ')})`
  }

  /** Everyone holds the same log and sees the same roles. */
  checkMembership(): void {
    const living = this.living()
    const expected = living[0] && rolesOf(living[0].membership)
    for (const tab of living) {
      this.world.must(rolesOf(tab.membership) === expected, () => `${tab.name} sees other roles than ${living[0]?.name}`)
    }
  }

  #canCarry(from: TabId, to: TabId, via: Via): boolean {
    if (via.kind === 'relay') return this.relay.canIntroduce(from, to)
    const carrier = this.tabs.get(via.tab)
    if (carrier?.isAlive !== true || !carrier.carried.has(to)) return false
    return carrier.isConnectedTo(from) && carrier.isConnectedTo(to) && this.wire.isOpen(from, via.tab) && this.wire.isOpen(via.tab, to)
  }

  /** Two dials that cross give one connection: the later one finds it made. */
  #join(a: SimTab, b: SimTab): void {
    const [session, other] = [a.sessions.get(b.id), b.sessions.get(a.id)]
    if (session !== undefined && session.connection === other?.connection && session.connection.isWhole) return
    let connection: SimConnection<TabMessage> | undefined
    const endOf = (self: SimTab, peer: SimTab): End<TabMessage> => ({
      tab: self.id,
      name: self.name,
      onMessage: (message) => connection && self.messageArrived(peer.id, connection, message),
      onClosed: () => connection && self.connectionClosed(peer.id, connection),
    })
    connection = this.wire.connect(endOf(a, b), endOf(b, a))
    a.connectionOpened(connection, b.id)
    b.connectionOpened(connection, a.id)
  }
}

function rolesOf({ members, owner, heads }: MembershipState): string {
  return JSON.stringify([[...members].sort(([a], [b]) => (a < b ? -1 : 1)), owner, heads])
}
