/** The connected tabs of a simulated tab and what goes over each link: records, and blocks both ways. */
import type { Place } from '../../src/core/storage/fetch-state.ts'
import type { BlockId, TabId } from '../../src/protocol/ids.ts'
import type { RecordUpdate } from './sim-records.ts'
import type { SimTab } from './sim-tab.ts'
import { SimTransfer, type TransferMessage } from './sim-transfer.ts'

type Body = { readonly t: 'records'; readonly update: RecordUpdate } | TransferMessage
type Peer = { readonly transfer: SimTransfer; heardAtMs: number }

export type PeerParts = {
  readonly tab: SimTab
  readonly after: (delayMs: number, label: string, happen: () => void) => void
  readonly read: (id: BlockId, place: Place | undefined) => number | undefined
  readonly records: (from: TabId, update: RecordUpdate) => void
  readonly arrived: (
    from: TabId,
    transfer: SimTransfer,
    block: { readonly id: BlockId; readonly bytes: number },
    isDamaged: boolean,
  ) => void
  readonly missing: (id: BlockId, from: TabId) => void
}

const DAMAGE_CHANCE = 0.05

export class SimPeers {
  readonly #parts: PeerParts
  readonly #peers = new Map<TabId, Peer>()
  /** Frames it will still send damaged: few, since who sends three wrong blocks is not asked any more. */
  #damagesLeft = 1
  #sentBefore = 0

  constructor(parts: PeerParts) {
    this.#parts = parts
  }

  tabs(): TabId[] {
    return [...this.#peers.keys()]
  }

  transfer(tab: TabId): SimTransfer | undefined {
    return this.#peers.get(tab)?.transfer
  }

  heard(): ReadonlyMap<TabId, { readonly heardAtMs: number; readonly rttMs: number }> {
    return new Map([...this.#peers].map(([tab, { heardAtMs }]) => [tab, { heardAtMs, rttMs: 1 }]))
  }

  get sentBytes(): number {
    return [...this.#peers.values()].reduce((sum, { transfer }) => sum + transfer.sentBytes, this.#sentBefore)
  }

  connected(tab: TabId, records: RecordUpdate): void {
    this.#peers.set(tab, { transfer: this.#open(tab), heardAtMs: this.#nowMs() })
    this.#send(tab, { t: 'records', update: new Map(records) })
  }

  disconnected(tab: TabId): void {
    const transfer = this.#peers.get(tab)?.transfer
    this.#peers.delete(tab)
    transfer?.close()
    this.#sentBefore += transfer?.sentBytes ?? 0
  }

  tellAll(update: RecordUpdate, but?: TabId): void {
    for (const peer of this.#peers.keys()) if (peer !== but) this.#send(peer, { t: 'records', update })
  }

  receive(from: TabId, message: unknown): void {
    const body = message as Body
    const peer = this.#peers.get(from)
    if (peer === undefined) return
    if (body.t === 'data') peer.heardAtMs = this.#nowMs()
    if (body.t === 'records') this.#parts.records(from, body.update)
    else peer.transfer.hear(body)
  }

  #open(peer: TabId): SimTransfer {
    const { tab, after, read, arrived, missing } = this.#parts
    const { room, name } = tab
    const transfer: SimTransfer = new SimTransfer({
      brain: room.brain,
      send: (message) => this.#send(peer, message),
      after,
      read,
      isDamagedOnTheWay: () => this.#isDamaged(),
      arrived: (id, bytes, isDamaged) => arrived(peer, transfer, { id, bytes }, isDamaged),
      missing: (id) => missing(id, peer),
      cut: (detail) => {
        room.world.must(false, () => `${name} cuts ${room.nameOf(peer)}, which keeps the rules: ${detail}`)
        tab.hangUp(peer)
      },
      must: (holds, sentence) => room.world.must(holds, () => `${name}: ${sentence()}`),
    })
    return transfer
  }

  #isDamaged(): boolean {
    const isDamaged = this.#damagesLeft > 0 && this.#parts.tab.room.world.random.chance(DAMAGE_CHANCE)
    if (isDamaged) this.#damagesLeft--
    return isDamaged
  }

  #send(to: TabId, body: Body): void {
    this.#parts.tab.sendToGuest(to, body)
  }

  #nowMs(): number {
    return this.#parts.tab.room.world.nowMs
  }
}
