/**
 * The files of a tab without a browser: the real fetching, serving and credit on a simulated disk and link. As the
 * adapters of a tab do, it walks every file of the room, announces what is whole and withdraws what is not.
 */
import { FETCH_START, type FetchEffect, type FetchEvent, type FetchState, isNode } from '../../src/core/storage/fetch-state.ts'
import type { Reachable } from '../../src/core/storage/replicate.ts'
import type { BlockId, FileId, TabId } from '../../src/protocol/ids.ts'
import { HOLDER_SILENT_MS } from '../../src/protocol/limits.ts'
import { RefusalWatch } from './refusal-watch.ts'
import { SimCopies } from './sim-copies.ts'
import type { SimDisk } from './sim-disk.ts'
import type { Library, SimFile } from './sim-library.ts'
import type { RecordUpdate, SimRecords } from './sim-records.ts'
import { SimReplication } from './sim-replication.ts'
import type { SimTab } from './sim-tab.ts'
import { SimTransfer, type TransferMessage } from './sim-transfer.ts'
import type { Guest } from './tab-message.ts'

type Body = { readonly t: 'records'; readonly update: RecordUpdate } | TransferMessage

type Peer = { readonly transfer: SimTransfer; heardAtMs: number }

const READ_MS = 2
/** How often a tab asks whether its store lost anything. */
export const GENERATION_LOOK_MS = 60_000

export class SimFiles implements Guest {
  readonly records: SimRecords
  state: FetchState = FETCH_START
  storedBytes = 0
  /** Of a thousand blocks sent this many are damaged on the way. */
  damagePerMille = 0
  readonly #tab: SimTab
  readonly #disk: SimDisk
  readonly #library: Library
  readonly #replication: SimReplication
  #sentBefore = 0
  readonly #peers = new Map<TabId, Peer>()
  readonly #refusals: RefusalWatch
  readonly #copies: SimCopies
  #isTicking = false
  #isRefreshing = false

  constructor(tab: SimTab, disk: SimDisk, library: Library) {
    this.#tab = tab
    this.#disk = disk
    this.#library = library
    this.#refusals = new RefusalWatch(tab.room.world)
    this.#copies = new SimCopies({
      device: tab.device,
      disk,
      name: tab.name,
      sendToAll: (update, but) => {
        for (const peer of this.#peers.keys()) if (peer !== but) this.#send(peer, { t: 'records', update })
      },
      after: (delayMs, label, happen) => this.#after(delayMs, label, happen),
      changed: () => this.#refreshLater(),
      announcing: (file) => this.#mustHold(file, 'announces'),
    })
    this.records = this.#copies.records
    this.#replication = new SimReplication({
      records: this.records,
      fetching: () => this.state,
      fetch: (event) => this.#fetch(event),
      reachable: () => this.#reachable(),
      withdraw: (file) => this.#copies.withdraw(file),
      nowMs: () => this.#nowMs(),
    })
    this.#watchGeneration(disk.generation)
    this.#refreshLater()
  }

  /** A person drops a file: stored first, told then. */
  put(file: SimFile): boolean {
    const blocks = file.blocks.map((id) => ({ id, bytes: this.#library.blocks.get(id)?.bytes ?? 0 }))
    if (!this.#disk.put(blocks)) return false
    this.#replication.walked.add(file.id)
    this.#copies.add(file, Math.round(this.#nowMs()))
    return true
  }

  remove(file: FileId): void {
    this.#copies.remove(file)
  }

  claims(file: FileId): boolean {
    return this.#copies.claims(file)
  }

  /** The walk is over and said the file is whole. */
  hasWalked(file: FileId): boolean {
    return this.#replication.walked.has(file)
  }

  // Links.

  connected(tab: TabId): void {
    this.#peers.set(tab, { transfer: this.#openTransfer(tab), heardAtMs: this.#nowMs() })
    this.#send(tab, { t: 'records', update: new Map(this.records.all) })
    this.#refusals.metAnew(tab)
    this.#fetch({ kind: 'holder-here', tab })
    this.#refreshLater()
  }

  disconnected(tab: TabId): void {
    this.#close(tab)
    this.#fetch({ kind: 'holder-gone', tab })
    this.#refreshLater()
  }

  receive(from: TabId, message: unknown): void {
    const body = message as Body
    const peer = this.#peers.get(from)
    if (peer === undefined) return
    if (body.t === 'data') peer.heardAtMs = this.#nowMs()
    if (body.t === 'records') this.#takeRecords(from, body.update)
    else peer.transfer.hear(body)
  }

  get sentBytes(): number {
    return [...this.#peers.values()].reduce((sum, { transfer }) => sum + transfer.sentBytes, this.#sentBefore)
  }

  #close(tab: TabId): void {
    const transfer = this.#peers.get(tab)?.transfer
    this.#peers.delete(tab)
    transfer?.close()
    this.#sentBefore += transfer?.sentBytes ?? 0
  }

  #openTransfer(peer: TabId): SimTransfer {
    const { room, name } = this.#tab
    const transfer: SimTransfer = new SimTransfer({
      brain: room.brain,
      send: (message) => this.#send(peer, message),
      after: (delayMs, label, happen) => this.#after(delayMs, label, happen),
      read: (id) => this.#disk.read(id),
      isDamagedOnTheWay: () => room.world.random.chance(this.damagePerMille / 1000),
      arrived: (id, bytes, isDamaged) => this.#blockArrived(peer, transfer, { id, bytes }, isDamaged),
      missing: (id) => this.#refuse(id, peer, 'missing'),
      cut: (detail) => {
        room.world.must(false, () => `${name} cuts ${room.nameOf(peer)}, which keeps the rules: ${detail}`)
        this.#tab.hangUp(peer)
      },
      must: (holds, sentence) => room.world.must(holds, () => `${name}: ${sentence()}`),
    })
    return transfer
  }

  // Records.

  #takeRecords(from: TabId, update: RecordUpdate): void {
    if (!this.#copies.take(from, update)) return
    // What this device claimed before it lost its records may come back from others.
    for (const { id, isShort } of this.state.files.values()) if (isShort) this.#copies.withdraw(id)
  }

  #mustHold(file: FileId, deed: string): void {
    const { world } = this.#tab.room
    // A block that was there when the walk asked may have turned out damaged since: the next look at the store tells.
    if (world.nowMs - this.#disk.foundShortAtMs < GENERATION_LOOK_MS) return
    const lacking = this.#library.files.find(({ id }) => id === file)?.blocks.filter((id) => !this.#disk.has(id)) ?? []
    world.must(lacking.length === 0, () => `${this.#tab.name} ${deed} a file of which it lacks ${lacking.length} blocks`)
  }

  // Which files.

  #refreshLater(): void {
    if (this.#isRefreshing) return
    this.#isRefreshing = true
    this.#after(1, 'refresh', () => {
      this.#isRefreshing = false
      this.#replication.refresh()
    })
  }

  #reachable(): Reachable[] {
    return [...this.#peers.keys()].flatMap((tab) => {
      const device = this.#tab.deviceOf(tab)
      return device === undefined ? [] : [{ tab, device, leader: true }]
    })
  }

  #watchGeneration(known: number): void {
    this.#after(GENERATION_LOOK_MS, 'look at generation', () => {
      if (this.#disk.generation !== known) {
        this.#replication.walked.clear()
        this.#refreshLater()
      }
      this.#watchGeneration(this.#disk.generation)
    })
  }

  // Fetching.

  #fetch(event: FetchEvent): void {
    const { next, effects } = this.#tab.room.brain.fetch(this.state, event, this.#nowMs())
    this.state = next
    for (const effect of effects) this.#performFetch(effect)
    this.#tickWhileBusy()
  }

  #performFetch(effect: FetchEffect): void {
    switch (effect.kind) {
      case 'look':
        this.#after(READ_MS, 'look', () => this.#look(effect.file, effect.ids))
        return
      case 'ask':
        this.#refusals.asked(effect.holder, effect.blocks, this.#tab.name)
        this.#peers.get(effect.holder)?.transfer.ask(effect.transfer, effect.blocks, effect.urgent)
        return
      case 'cancel':
        this.#peers.get(effect.holder)?.transfer.cancel(effect.transfer)
        return
      case 'complete':
        this.#replication.walked.add(effect.file)
        this.#replication.failed.delete(effect.file)
        this.#mustHold(effect.file, 'takes for complete')
        this.#copies.announceLater(effect.file)
        this.#refreshLater()
        return
      case 'short':
        this.#copies.withdraw(effect.file)
        return
      case 'failed':
        this.#replication.failed.add(effect.file)
        this.#refreshLater()
        return
      case 'unavailable':
      case 'mismatch':
        return
      default:
        effect satisfies never
    }
  }

  #look(file: FileId, ids: readonly BlockId[]): void {
    const found = ids.map((id) => {
      const isHeld = isNode(id) ? this.#disk.read(id) !== undefined : this.#disk.has(id)
      return { id, held: isHeld, children: isHeld ? this.#library.blocks.get(id)?.children : undefined }
    })
    this.#fetch({ kind: 'found', file, found })
    const lacks = found.some(({ held }) => !held)
    this.#tab.room.world.must(!lacks || !this.claims(file), () => `${this.#tab.name} has looked, lacks a block, and claims the copy`)
  }

  #tickWhileBusy(): void {
    const isBusy = this.state.files.size > 0 || this.state.underway.size > 0
    const { isWaiting } = this.#replication
    if ((!isBusy && !isWaiting) || this.#isTicking) return
    this.#isTicking = true
    this.#after(HOLDER_SILENT_MS / 3, 'tick', () => {
      this.#isTicking = false
      this.#fetch({ kind: 'tick', heardAtMs: new Map([...this.#peers].map(([tab, { heardAtMs }]) => [tab, heardAtMs])) })
      this.#replication.walkMore()
    })
  }

  // What came of it.

  #refuse(id: BlockId, from: TabId, reason: 'missing' | 'mismatch'): void {
    if (this.state.underway.get(id)?.from === from) this.#refusals.refused(id, from)
    this.#fetch({ kind: 'refused', id, from, reason })
  }

  /** Hashing takes no time here; storing does. */
  #blockArrived(from: TabId, transfer: SimTransfer, { id, bytes }: { id: BlockId; bytes: number }, isDamaged: boolean): void {
    if (isDamaged) this.#refuse(id, from, 'mismatch')
    if (isDamaged || this.state.underway.get(id)?.from !== from) {
      transfer.accept(bytes)
      return
    }
    this.#fetch({ kind: 'arrived', id, from, children: this.#library.blocks.get(id)?.children })
    this.#after(this.#disk.writeMs(bytes), 'store', () => {
      const isStored = this.#disk.put([{ id, bytes }])
      if (isStored) {
        this.storedBytes += bytes
        this.#refusals.stored(id)
      }
      this.#fetch(isStored ? { kind: 'stored', ids: [id] } : { kind: 'store-failed', ids: [id], code: 'quota-exceeded' })
      transfer.accept(bytes)
    })
  }

  #send(to: TabId, body: Body): void {
    this.#tab.sendToGuest(to, body)
  }

  /** Nothing a tab planned happens after its end. */
  #after(delayMs: number, label: string, happen: () => void): void {
    this.#tab.room.world.after(delayMs, `${label} ${this.#tab.name}`, () => {
      if (this.#tab.isAlive) happen()
    })
  }

  #nowMs(): number {
    return this.#tab.room.world.nowMs
  }
}
