/**
 * The files of a tab without a browser: the real fetching, serving, credit and planning on a simulated disk and link. It
 * checks its disk first, keeps the rows that plans give it, tells what is whole and takes back what is not.
 */
import { chooseLayout } from '../../src/core/storage/choose-layout.ts'
import { FETCH_START, type FetchEffect, type FetchEvent, type FetchState, readKey } from '../../src/core/storage/fetch-state.ts'
import type { Profile } from '../../src/core/storage/profile.ts'
import { type Reachable, tabOfDevice } from '../../src/core/storage/reachable.ts'
import type { BlockId, TabId } from '../../src/protocol/ids.ts'
import { HOLDER_SILENT_MS } from '../../src/protocol/limits.ts'
import type { ObjectId } from '../../src/protocol/object.ts'
import { RefusalWatch } from './refusal-watch.ts'
import { SimClaims } from './sim-claims.ts'
import type { SimDisk } from './sim-disk.ts'
import { SimKeeper } from './sim-keeper.ts'
import { type Library, rowIds, type SimObject } from './sim-library.ts'
import { SimPeers } from './sim-peers.ts'
import type { RecordUpdate, SimRecords } from './sim-records.ts'
import { SimRows } from './sim-rows.ts'
import type { SimTab } from './sim-tab.ts'
import type { SimTransfer } from './sim-transfer.ts'
import type { Guest } from './tab-message.ts'

const READ_MS = 2
/** How often a tab asks whether its store lost anything. */
export const GENERATION_LOOK_MS = 60_000
const DEVICE_TOLD_MS = 5 * 60_000

/** What readers, parts and manifests are told: here no byte is moved. */
type Unmoved = 'take-part' | 'take-piece' | 'check' | 'peek-done' | 'peek-failed' | 'join' | 'give' | 'read-done' | 'read-over'
type OfBytes = Extract<FetchEffect, { kind: Unmoved | 'drop' | 'loaded' | 'unavailable' | 'mismatch' }>

export class SimFiles implements Guest {
  readonly records: SimRecords
  readonly keeper: SimKeeper
  state: FetchState = FETCH_START
  storedBytes = 0
  readonly #tab: SimTab
  readonly #disk: SimDisk
  readonly #library: Library
  readonly #rows: SimRows
  readonly #claims: SimClaims
  readonly #peers: SimPeers
  readonly #refusals: RefusalWatch
  #isTicking = false
  #isRefreshing = false

  constructor(tab: SimTab, disk: SimDisk, library: Library) {
    this.#tab = tab
    this.#disk = disk
    this.#library = library
    this.#rows = new SimRows(disk, library)
    this.#refusals = new RefusalWatch(tab.room.world)
    this.#peers = new SimPeers({
      tab,
      after: (delayMs, label, happen) => this.#after(delayMs, label, happen),
      read: (id, place) => disk.read(id) ?? this.#rows.make(id, place),
      records: (from, update) => this.#takeRecords(from, update),
      arrived: (from, transfer, block, isDamaged) => this.#blockArrived(from, transfer, block, isDamaged),
      missing: (id, from) => this.#refuse(id, from, 'missing'),
    })
    this.#claims = new SimClaims({
      device: tab.device,
      disk,
      name: tab.name,
      sendToAll: (update, but) => this.#peers.tellAll(update, but),
      after: (delayMs, label, happen) => this.#after(delayMs, label, happen),
      changed: () => this.#refreshLater(),
      announcing: (object, row) => this.#mustHold(object, row),
    })
    this.records = this.#claims.records
    this.keeper = new SimKeeper({
      brain: tab.room.brain,
      device: tab.device,
      disk,
      library,
      claims: this.#claims,
      fetching: () => this.state,
      fetch: (event) => this.#fetch(event),
      tabs: () => tabOfDevice(this.#reachable()),
      nowMs: () => this.#nowMs(),
      after: (delayMs, label, happen) => this.#after(delayMs, label, happen),
    })
    this.keeper.check()
    this.#tellDevice()
    this.#watchGeneration(disk.generation)
    this.#refreshLater()
  }

  /** A person drops a file: stored first, told then. */
  put(profile: Profile): SimObject {
    const object = this.#library.make(profile, chooseLayout(profile, undefined, this.keeper.devices()))
    const rows = Array.from({ length: object.k }, (_, row) => row)
    this.#disk.put(rows.flatMap((row) => rowIds(object, row)).map((id) => ({ id, bytes: this.#library.fragments.get(id) ?? 0 })))
    this.#claims.write([[`object ${object.id}`, { t: 'object', object: object.id }]])
    this.#claims.set(object.id, { rows: new Set(rows), marked: new Set() })
    this.#claims.tell()
    this.keeper.plan(object)
    return object
  }

  /** Rows the room was told this device has. */
  claimed(object: ObjectId): readonly number[] {
    return this.#claims.told(object)
  }

  /** Its store may have lost something: everything is looked at again. */
  recheck(): void {
    this.keeper.check()
    this.#refreshLater()
  }

  get sentBytes(): number {
    return this.#peers.sentBytes
  }

  connected(tab: TabId): void {
    this.#peers.connected(tab, this.records.all)
    this.#refusals.metAnew(tab)
    this.#fetch({ kind: 'holder-here', tab, rttMs: 1 })
    this.#refreshLater()
  }

  disconnected(tab: TabId): void {
    this.#peers.disconnected(tab)
    this.#fetch({ kind: 'holder-gone', tab })
    this.#refreshLater()
  }

  receive(from: TabId, message: unknown): void {
    this.#peers.receive(from, message)
  }

  #takeRecords(from: TabId, update: RecordUpdate): void {
    // What this device claimed before it lost its records may come back from others.
    if (this.#claims.take(from, update)) this.keeper.check()
  }

  #mustHold(id: ObjectId, row: number): void {
    const { world } = this.#tab.room
    // A fragment that was there when the store was asked may have turned out damaged since: the next look tells.
    if (world.nowMs - this.#disk.foundShortAtMs < GENERATION_LOOK_MS) return
    const lacking = this.#rows.lacking(id, row)
    world.must(lacking === 0, () => `${this.#tab.name} announces row ${row}, of which it lacks ${lacking} fragments`)
  }

  #refreshLater(): void {
    if (this.#isRefreshing) return
    this.#isRefreshing = true
    this.#after(1, 'refresh', () => {
      this.#isRefreshing = false
      this.keeper.refresh()
    })
  }

  #reachable(): Reachable[] {
    return this.#peers.tabs().flatMap((tab) => {
      const device = this.#tab.deviceOf(tab)
      return device === undefined ? [] : [{ tab, device, leader: true }]
    })
  }

  #tellDevice(): void {
    const { device } = this.#tab
    this.#claims.write([[`device ${device}`, { t: 'device', device, atMs: Math.round(this.#nowMs()) }]])
    this.#after(DEVICE_TOLD_MS, 'tell device', () => this.#tellDevice())
  }

  #watchGeneration(known: number): void {
    this.#after(GENERATION_LOOK_MS, 'look at generation', () => {
      if (this.#disk.generation !== known) this.recheck()
      this.#watchGeneration(this.#disk.generation)
    })
  }

  #fetch(event: FetchEvent): void {
    const { next, effects } = this.#tab.room.brain.fetch(this.state, event, this.#nowMs())
    this.state = next
    for (const effect of effects) this.#performFetch(effect)
    this.#tickWhileBusy()
  }

  #performFetch(effect: FetchEffect): void {
    switch (effect.kind) {
      case 'look':
        this.#after(READ_MS, 'look', () => this.#look(effect.object, effect.chunks))
        return
      case 'look-read':
        this.#after(READ_MS, 'look to read', () => this.#lookRead(effect.object.id, effect.chunk))
        return
      case 'ask':
        this.#refusals.asked(effect.holder, effect.blocks, this.#tab.name)
        this.#peers.transfer(effect.holder)?.ask(effect)
        return
      case 'cancel':
        this.#peers.transfer(effect.holder)?.cancel(effect.transfer)
        return
      case 'make':
        this.#after(READ_MS, 'make', () => this.#makeRow(effect))
        return
      case 'store':
        this.#store(effect.id, effect.marked)
        return
      case 'unmark':
        this.#disk.mark([effect.id], false)
        return
      case 'kept':
        this.keeper.kept(effect.object)
        this.#refreshLater()
        return
      case 'short':
      case 'failed':
        this.#refreshLater()
        return
      default:
        effect satisfies OfBytes
    }
  }

  #look(id: ObjectId, chunks: readonly number[]): void {
    const object = this.#library.get(id)
    if (object === undefined) return
    const found = chunks.map((chunk) => ({ chunk, rows: this.#rows.there(object, chunk) }))
    // What a reader or an older plan left may be among them, and is to stay now.
    const rows = this.state.keeps.get(id)?.rows ?? []
    for (const { chunk, rows: held } of found) {
      this.#disk.mark(
        rows.filter((row) => held.includes(row)).map((row) => object.chunks[chunk]?.ids[row] as BlockId),
        false,
      )
    }
    this.#fetch({ kind: 'found', object: id, chunks: found })
  }

  #lookRead(id: ObjectId, chunk: number): void {
    const object = this.#library.get(id)
    if (object === undefined || !this.state.reads.has(readKey(id, chunk))) return
    this.#fetch({ kind: 'found-read', object: id, chunk, rows: this.#rows.sound(object, chunk) })
  }

  #makeRow({ object, chunk, row, from }: Extract<FetchEffect, { kind: 'make' }>): void {
    const ids = object.chunks[chunk]?.ids ?? []
    const id = ids[row] as BlockId
    const known = this.#library.get(object.id)
    this.#fetch({ kind: 'made', id, isMade: from === 'read' || (known !== undefined && this.#rows.isReadable(known, ids)) })
  }

  #tickWhileBusy(): void {
    const isBusy = this.state.keeps.size > 0 || this.state.underway.size > 0
    if ((!isBusy && !this.keeper.isWaiting) || this.#isTicking) return
    this.#isTicking = true
    this.#after(HOLDER_SILENT_MS / 3, 'tick', () => {
      this.#isTicking = false
      this.#fetch({ kind: 'tick', links: this.#peers.heard() })
      this.#refreshLater()
    })
  }

  #refuse(id: BlockId, from: TabId, reason: 'missing' | 'mismatch'): void {
    if (this.state.underway.get(id)?.asks.some((ask) => ask.from === from)) this.#refusals.refused(id, from)
    this.#fetch({ kind: 'refused', id, from, reason })
  }

  /** Hashing takes no time here; storing does. */
  #blockArrived(from: TabId, transfer: SimTransfer, { id, bytes }: { id: BlockId; bytes: number }, isDamaged: boolean): void {
    if (isDamaged) this.#refuse(id, from, 'mismatch')
    else this.#fetch({ kind: 'arrived', id, from })
    // Until the store has it, or at once when nobody wants it.
    const waitMs = this.state.underway.get(id)?.stage === 'storing' ? this.#disk.writeMs(0) : 0
    this.#after(waitMs, 'let go', () => transfer.accept(bytes))
  }

  #store(id: BlockId, isMarked: boolean): void {
    const bytes = this.#library.fragments.get(id) ?? 0
    this.#after(this.#disk.writeMs(bytes), 'store', () => {
      const isStored = this.#disk.put([{ id, bytes }], isMarked)
      if (isStored) {
        this.storedBytes += bytes
        this.#refusals.stored(id)
      }
      this.#fetch(isStored ? { kind: 'stored', ids: [id] } : { kind: 'store-failed', ids: [id], code: 'quota-exceeded' })
    })
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
