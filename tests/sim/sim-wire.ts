/**
 * Connections between simulated tabs. Each direction keeps its order, as a stream does; connections among themselves do
 * not. A blocked direction holds what is sent until it opens or an end notices and gives up, which both ends do by
 * themselves and at different times.
 */
import type { TabId } from '../../src/protocol/ids.ts'
import type { World } from './world.ts'

export type Weather = { readonly latencyMs: number; readonly jitterMs: number; readonly noticeMinMs: number; readonly noticeMaxMs: number }

export const FAIR: Weather = { latencyMs: 20, jitterMs: 15, noticeMinMs: 4_000, noticeMaxMs: 9_000 }

export type End<M> = { readonly tab: TabId; readonly name: string; onMessage(message: M): void; onClosed(): void }

type Way<M> = { readonly from: End<M>; readonly to: End<M>; lastAtMs: number; held: M[] }

export class SimConnection<M> {
  readonly ends: readonly [End<M>, End<M>]
  readonly #wire: SimWire<M>
  readonly #ways: readonly [Way<M>, Way<M>]
  readonly #open = new Set<TabId>()

  constructor(wire: SimWire<M>, a: End<M>, b: End<M>) {
    this.#wire = wire
    this.ends = [a, b]
    this.#ways = [
      { from: a, to: b, lastAtMs: 0, held: [] },
      { from: b, to: a, lastAtMs: 0, held: [] },
    ]
    this.#open.add(a.tab).add(b.tab)
  }

  isOpenAt(tab: TabId): boolean {
    return this.#open.has(tab)
  }

  get isWhole(): boolean {
    return this.#open.size === 2
  }

  send(from: TabId, message: M): void {
    if (!this.isOpenAt(from)) return
    const way = this.#wayFrom(from)
    if (this.#wire.isBlocked(from, way.to.tab)) way.held.push(message)
    else this.#carry(way, message)
  }

  /** This end is done with it; the other learns of it when the way there is open. */
  close(tab: TabId): void {
    if (!this.#open.delete(tab)) return
    const way = this.#wayFrom(tab)
    if (this.#wire.isBlocked(tab, way.to.tab)) this.noticeLater(way.to.tab)
    else this.#plan(way, 'close', () => this.#endAt(way.to))
    if (this.#open.size === 0) this.#wire.drop(this)
  }

  /** An end that hears nothing gives up after a while. */
  noticeLater(tab: TabId): void {
    const { noticeMinMs, noticeMaxMs } = this.#wire.weather
    const end = this.ends[0].tab === tab ? this.ends[0] : this.ends[1]
    const other = this.ends[0].tab === tab ? this.ends[1] : this.ends[0]
    this.#wire.world.after(this.#wire.world.random.between(noticeMinMs, noticeMaxMs), `notice ${end.name} ${other.name}`, () => {
      const isSilent = !this.isWhole || this.#wire.isBlocked(other.tab, tab) || this.#wire.isBlocked(tab, other.tab)
      if (isSilent) this.#endAt(end)
    })
  }

  reopened(from: TabId): void {
    const way = this.#wayFrom(from)
    const held = way.held
    way.held = []
    for (const message of held) this.#carry(way, message)
  }

  #carry(way: Way<M>, message: M): void {
    this.#plan(way, 'message', () => {
      if (this.isOpenAt(way.to.tab)) way.to.onMessage(message)
    })
  }

  #plan(way: Way<M>, what: string, happen: () => void): void {
    const { world, weather } = this.#wire
    const atMs = Math.max(way.lastAtMs, world.nowMs + weather.latencyMs + world.random.next() * weather.jitterMs)
    way.lastAtMs = atMs
    world.after(atMs - world.nowMs, `${what} ${way.from.name} ${way.to.name}`, happen)
  }

  #endAt(end: End<M>): void {
    if (!this.#open.delete(end.tab)) return
    if (this.#open.size === 0) this.#wire.drop(this)
    end.onClosed()
    const other = this.ends[0] === end ? this.ends[1] : this.ends[0]
    if (this.isOpenAt(other.tab)) this.noticeLater(other.tab)
  }

  #wayFrom(tab: TabId): Way<M> {
    return this.#ways[0].from.tab === tab ? this.#ways[0] : this.#ways[1]
  }
}

export class SimWire<M> {
  readonly world: World
  readonly weather: Weather
  readonly #connections = new Set<SimConnection<M>>()
  readonly #blocked = new Set<string>()

  constructor(world: World, weather: Weather = FAIR) {
    this.world = world
    this.weather = weather
  }

  connect(a: End<M>, b: End<M>): SimConnection<M> {
    const connection = new SimConnection(this, a, b)
    this.#connections.add(connection)
    return connection
  }

  drop(connection: SimConnection<M>): void {
    this.#connections.delete(connection)
  }

  isBlocked(from: TabId, to: TabId): boolean {
    return this.#blocked.has(`${from} ${to}`)
  }

  isOpen(a: TabId, b: TabId): boolean {
    return !this.isBlocked(a, b) && !this.isBlocked(b, a)
  }

  /** One direction: the other still carries, as with a broken return path. */
  block(from: TabId, to: TabId): void {
    this.#blocked.add(`${from} ${to}`)
    for (const connection of this.#between(from, to)) for (const { tab } of connection.ends) connection.noticeLater(tab)
  }

  unblock(from: TabId, to: TabId): void {
    if (!this.#blocked.delete(`${from} ${to}`)) return
    for (const connection of this.#between(from, to)) connection.reopened(from)
  }

  /** Both directions between every two tabs of different groups. */
  partition(groups: readonly (readonly TabId[])[]): void {
    for (const [one, group] of groups.entries()) {
      for (const other of groups.slice(one + 1)) for (const a of group) for (const b of other) this.#blockBoth(a, b)
    }
  }

  heal(): void {
    for (const way of [...this.#blocked]) {
      const [from, to] = way.split(' ') as [TabId, TabId]
      this.unblock(from, to)
    }
  }

  #blockBoth(a: TabId, b: TabId): void {
    this.block(a, b)
    this.block(b, a)
  }

  #between(a: TabId, b: TabId): SimConnection<M>[] {
    return [...this.#connections].filter(({ ends }) => ends.some(({ tab }) => tab === a) && ends.some(({ tab }) => tab === b))
  }
}
