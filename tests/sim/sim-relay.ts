/** The meeting point of a simulated room: lists who is connected to it and passes dials on. It can die and come back. */
import type { TabId } from '../../src/protocol/ids.ts'
import type { World } from './world.ts'

export type RelayClient = {
  readonly id: TabId
  readonly name: string
  relayConnected(listed: readonly TabId[]): void
  relayLost(): void
  listed(tab: TabId): void
  unlisted(tab: TabId): void
}

const LATENCY_MS = 15

export class SimRelay {
  isUp = true
  readonly #world: World
  readonly #clients = new Map<TabId, RelayClient>()
  readonly #cutOff = new Set<TabId>()

  constructor(world: World) {
    this.#world = world
  }

  connect(client: RelayClient): void {
    this.#tell('relay answers', client, () => {
      if (!this.isUp || this.#cutOff.has(client.id)) return client.relayLost()
      const others = [...this.#clients.keys()]
      for (const other of this.#clients.values()) this.#tell('relay lists', other, () => other.listed(client.id))
      this.#clients.set(client.id, client)
      client.relayConnected(others)
    })
  }

  /** The tab left or crashed: its stream is gone, so is its record. */
  leave(tab: TabId): void {
    if (!this.#clients.delete(tab)) return
    for (const other of this.#clients.values()) this.#tell('relay unlists', other, () => other.unlisted(tab))
  }

  canIntroduce(a: TabId, b: TabId): boolean {
    return this.isUp && this.#clients.has(a) && this.#clients.has(b)
  }

  /** Only this tab's way to the relay is gone. */
  cutOff(client: RelayClient): void {
    this.#cutOff.add(client.id)
    if (!this.#clients.has(client.id)) return
    this.leave(client.id)
    this.#tell('relay lost', client, () => client.relayLost())
  }

  letIn(tab: TabId): void {
    this.#cutOff.delete(tab)
  }

  die(): void {
    this.isUp = false
    const clients = [...this.#clients.values()]
    this.#clients.clear()
    for (const client of clients) this.#tell('relay lost', client, () => client.relayLost())
  }

  comeBack(): void {
    this.isUp = true
  }

  #tell(what: string, client: RelayClient, happen: () => void): void {
    this.#world.after(LATENCY_MS + this.#world.random.next() * LATENCY_MS, `${what} ${client.name}`, happen)
  }
}
