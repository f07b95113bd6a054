/**
 * The files of a tab without a browser: the real fetching, serving and credit on a simulated disk and link. As the
 * adapters of a tab do, it walks every file of the room, announces what is whole and withdraws what is not.
 */
import { isStuck } from '../../src/core/storage/assign.ts'
import { FETCH_START, type FetchEffect, type FetchEvent, type FetchState, isNode } from '../../src/core/storage/fetch-state.ts'
import { type CopiesByFile, copiesByFile, filesToWalk, holdersOf, tabOfDevice } from '../../src/core/storage/replicate.ts'
import type { BlockId, DeviceId, FileId, TabId } from '../../src/protocol/ids.ts'
import { ANNOUNCE_MS, FILES_ACTIVE, HOLDER_SILENT_MS, REFUSED_FOR_MS } from '../../src/protocol/limits.ts'
import { copyKey } from '../../src/protocol/room-state.ts'
import type { SimDisk } from './sim-disk.ts'
import type { Library, SimFile } from './sim-library.ts'
import { type RecordUpdate, type SharedRecord, SimRecords } from './sim-records.ts'
import type { Guest, SimTab } from './sim-tab.ts'
import { SimTransfer, type TransferMessage } from './sim-transfer.ts'

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
  #sentBefore = 0
  readonly #peers = new Map<TabId, Peer>()
  readonly #walked = new Set<FileId>()
  readonly #failed = new Set<FileId>()
  readonly #aside = new Map<FileId, number>()
  readonly #refusedAtMs = new Map<string, number>()
  readonly #toAnnounce = new Set<FileId>()
  #copies: CopiesByFile = new Map()
  #tabs: ReadonlyMap<DeviceId, TabId> = new Map()
  #isTicking = false
  #isRefreshing = false

  constructor(tab: SimTab, disk: SimDisk, library: Library) {
    this.#tab = tab
    this.#disk = disk
    this.#library = library
    this.records = new SimRecords(tab.name, disk.records)
    this.#watchGeneration(disk.generation)
    this.#refreshLater()
  }

  /** A person drops a file: stored first, told then. */
  put(file: SimFile): boolean {
    const blocks = file.blocks.map((id) => ({ id, bytes: this.#library.blocks.get(id)?.bytes ?? 0 }))
    if (!this.#disk.put(blocks)) return false
    this.#walked.add(file.id)
    const { id, root, bytes } = file
    const addedAtMs = Math.round(this.#nowMs())
    const record = { id, root, bytes, name: 'a', type: '', addedBy: this.#tab.device, addedAtMs }
    const copy = [copyKey(id, this.#tab.device), 'copy'] as const
    this.#change(new Map<string, SharedRecord['value']>([[id, record], copy]))
    return true
  }

  remove(file: FileId): void {
    this.#change(
      new Map([
        [file, null],
        [copyKey(file, this.#tab.device), null],
      ]),
    )
  }

  claims(file: FileId): boolean {
    return this.records.has(copyKey(file, this.#tab.device))
  }

  /** The walk is over and said the file is whole. */
  hasWalked(file: FileId): boolean {
    return this.#walked.has(file)
  }

  // Links.

  connected(tab: TabId): void {
    this.#peers.set(tab, { transfer: this.#openTransfer(tab), heardAtMs: this.#nowMs() })
    this.#send(tab, { t: 'records', update: new Map(this.records.all) })
    for (const key of [...this.#refusedAtMs.keys()]) if (key.startsWith(tab)) this.#refusedAtMs.delete(key)
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

  #change(changes: Parameters<SimRecords['set']>[0]): void {
    const update = this.records.set(changes)
    this.#disk.records = new Map(this.records.all)
    for (const tab of this.#peers.keys()) this.#send(tab, { t: 'records', update })
    this.#refreshLater()
  }

  #takeRecords(from: TabId, update: RecordUpdate): void {
    const news = this.records.merge(update)
    if (news.size === 0) return
    // What this device claimed before it lost its records may come back from others.
    for (const { id, isShort } of this.state.files.values()) if (isShort) this.#withdraw(id)
    this.#disk.records = new Map(this.records.all)
    for (const tab of this.#peers.keys()) if (tab !== from) this.#send(tab, { t: 'records', update: news })
    this.#refreshLater()
  }

  #announceLater(file: FileId): void {
    this.#toAnnounce.add(file)
    if (this.#toAnnounce.size > 1) return
    this.#after(ANNOUNCE_MS, 'announce', () => {
      const isNews = (id: FileId) => this.records.has(id) && !this.claims(id)
      const news = [...this.#toAnnounce].filter(isNews)
      this.#toAnnounce.clear()
      for (const id of news) this.#mustHold(id, 'announces')
      if (news.length > 0) this.#change(new Map(news.map((id) => [copyKey(id, this.#tab.device), 'copy' as const])))
    })
  }

  #withdraw(file: FileId): void {
    this.#toAnnounce.delete(file)
    if (this.claims(file)) this.#change(new Map([[copyKey(file, this.#tab.device), null]]))
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
      this.#refresh()
    })
  }

  #refresh(): void {
    const reachable = [...this.#peers.keys()].flatMap((tab) => {
      const device = this.#tab.deviceOf(tab)
      return device === undefined ? [] : [{ tab, device, leader: true }]
    })
    this.#tabs = tabOfDevice(reachable)
    this.#copies = copiesByFile(this.records.copyKeys())
    for (const id of [...this.state.files.keys(), ...this.#walked]) if (!this.records.has(id)) this.#forget(id)
    for (const { id, holders } of this.state.files.values()) {
      const now = this.#holders(id)
      if (now.join() !== holders.join()) this.#fetch({ kind: 'holders', id, holders: now })
    }
    this.#walkMore()
  }

  #forget(file: FileId): void {
    if (this.state.files.has(file)) this.#fetch({ kind: 'stop', id: file })
    this.#walked.delete(file)
    this.#withdraw(file)
  }

  #walkMore(): void {
    for (const file of [...this.state.files.values()]) {
      if (!isStuck(this.state, file, this.#nowMs())) continue
      this.#aside.set(file.id, this.#nowMs() + REFUSED_FOR_MS)
      this.#fetch({ kind: 'stop', id: file.id })
    }
    for (const { id, root, bytes } of filesToWalk(this.records.files(), this.#walked, new Map())) {
      if (this.state.files.size >= FILES_ACTIVE) return
      if (this.state.files.has(id) || this.#failed.has(id) || this.#isAside(id)) continue
      this.#aside.delete(id)
      this.#fetch({ kind: 'file', id, root, bytes, holders: this.#holders(id) })
    }
  }

  /** Also without holders it is looked at again: its blocks may have come with another file. */
  #isAside(file: FileId): boolean {
    return this.#nowMs() < (this.#aside.get(file) ?? 0)
  }

  #holders(file: FileId): readonly TabId[] {
    return holdersOf(this.#copies.get(file), this.#tabs)
  }

  #watchGeneration(known: number): void {
    this.#after(GENERATION_LOOK_MS, 'look at generation', () => {
      if (this.#disk.generation !== known) {
        this.#walked.clear()
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
        this.#mustNotPester(effect.holder, effect.blocks)
        this.#peers.get(effect.holder)?.transfer.ask(effect.transfer, effect.blocks, effect.urgent)
        return
      case 'cancel':
        this.#peers.get(effect.holder)?.transfer.cancel(effect.transfer)
        return
      case 'complete':
        this.#walked.add(effect.file)
        this.#failed.delete(effect.file)
        this.#mustHold(effect.file, 'takes for complete')
        this.#announceLater(effect.file)
        this.#refreshLater()
        return
      case 'short':
        this.#withdraw(effect.file)
        return
      case 'failed':
        this.#failed.add(effect.file)
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
    const isWaiting = this.#aside.size > 0
    if ((!isBusy && !isWaiting) || this.#isTicking) return
    this.#isTicking = true
    this.#after(HOLDER_SILENT_MS / 3, 'tick', () => {
      this.#isTicking = false
      this.#fetch({ kind: 'tick', heardAtMs: new Map([...this.#peers].map(([tab, { heardAtMs }]) => [tab, heardAtMs])) })
      this.#walkMore()
    })
  }

  // What came of it.

  #refuse(id: BlockId, from: TabId, reason: 'missing' | 'mismatch'): void {
    if (this.state.underway.get(id)?.from === from) this.#refusedAtMs.set(`${from} ${id}`, this.#nowMs())
    this.#fetch({ kind: 'refused', id, from, reason })
  }

  #mustNotPester(holder: TabId, blocks: readonly BlockId[]): void {
    const { world } = this.#tab.room
    for (const id of blocks) {
      const againMs = this.#nowMs() - (this.#refusedAtMs.get(`${holder} ${id}`) ?? Number.NEGATIVE_INFINITY)
      world.must(againMs >= REFUSED_FOR_MS, () => `${this.#tab.name} asks again for a block ${againMs} ms after it was refused`)
    }
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
      if (isStored) this.storedBytes += bytes
      for (const tab of this.#peers.keys()) this.#refusedAtMs.delete(`${tab} ${id}`)
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
