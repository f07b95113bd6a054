/**
 * Fetches blocks over all links: carries out the steps of `core/storage/fetch`. Every block is hashed when it arrives,
 * then stored in batches; while one batch is being written the next gathers. Credit goes back only for what the store
 * has taken.
 */
import { fetchStep } from '../../core/storage/fetch.ts'
import { FETCH_START, type FetchEffect, type FetchEvent, type FetchState, type Found, isNode } from '../../core/storage/fetch-state.ts'
import { parseFileNode } from '../../core/storage/unixfs-node.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId, FileId, TabId } from '../../protocol/ids.ts'
import { HOLDER_SILENT_MS, STORE_BATCH_BLOCKS } from '../../protocol/limits.ts'
import { BlockBuffers } from './block-buffers.ts'
import { type LinkSession, openLinkSession } from './link-session.ts'
import { matchesId } from './matches-id.ts'

export type FetchListener = {
  complete(file: FileId): void
  /** This device announced the file and lacks something of it. */
  short(file: FileId): void
  failed(file: FileId, code: RoomErrorCode): void
  /** The store took blocks in. */
  stored(): void
  notify(code: RoomErrorCode, detail: string): void
  changed(): void
}

type Arrived = { readonly id: BlockId; readonly bytes: Bytes; readonly from: LinkSession }

/** One batch being written and one on its way to the service worker. */
const BATCHES_BEING_STORED = 2

export class BlockFetcher {
  #state: FetchState = FETCH_START
  readonly #blocks: BlockStore
  readonly #clock: Clock
  readonly #listener: FetchListener
  readonly #sessions = new Map<TabId, LinkSession>()
  readonly #here = new Set<TabId>()
  readonly #buffers = new BlockBuffers()
  #looks: Extract<FetchEffect, { kind: 'look' }>[] = []
  #toStore: Arrived[] = []
  #batches = 0
  readonly #needed = new Map<BlockId, Set<(isHere: boolean) => void>>()
  #stopTicking: (() => void) | undefined

  constructor(blocks: BlockStore, clock: Clock, listener: FetchListener) {
    this.#blocks = blocks
    this.#clock = clock
    this.#listener = listener
  }

  get state(): FetchState {
    return this.#state
  }

  handle(event: FetchEvent): void {
    const { next, effects } = fetchStep(this.#state, event, this.#clock.monotonicMs())
    this.#state = next
    for (const effect of effects) this.#perform(effect)
    this.#tickWhileBusy()
    this.#listener.changed()
  }

  /** Sessions follow the links there are: each from its beginning, so that no want of the other side is missed. */
  follow(links: readonly Link[]): void {
    for (const [tab, session] of this.#sessions) {
      if (session.link.state !== 'closed' && links.includes(session.link)) continue
      session.close()
      this.#sessions.delete(tab)
      if (this.#here.delete(tab)) this.handle({ kind: 'holder-gone', tab })
    }
    for (const link of links) {
      if (link.state === 'closed') continue
      if (!this.#sessions.has(link.peer)) this.#sessions.set(link.peer, this.#open(link))
      if (link.state !== 'connected' || this.#here.has(link.peer)) continue
      this.#here.add(link.peer)
      this.handle({ kind: 'holder-here', tab: link.peer })
    }
  }

  /** Resolves with true when the block is in the store, false when nobody here can give it. */
  need(id: BlockId, file: FileId, holders: readonly TabId[]): Promise<boolean> {
    return new Promise((resolve) => {
      const waiters = this.#needed.get(id) ?? new Set()
      this.#needed.set(id, waiters.add(resolve))
      this.handle({ kind: 'needed', id, file, holders })
    })
  }

  close(): void {
    this.#stopTicking?.()
    for (const session of this.#sessions.values()) session.close()
    this.#sessions.clear()
    for (const id of [...this.#needed.keys()]) this.#answerNeed(id, false)
  }

  #open(link: Link): LinkSession {
    const session: LinkSession = openLinkSession(link, this.#blocks, this.#clock, {
      buffers: this.#buffers,
      onBlock: (id, bytes) => void this.#verify({ id, bytes, from: session }),
      onMissing: (id) => this.handle({ kind: 'refused', id, from: link.peer, reason: 'missing' }),
    })
    return session
  }

  #perform(effect: FetchEffect): void {
    switch (effect.kind) {
      case 'look':
        // Looks of one moment go to the store as one question.
        if (this.#looks.push(effect) === 1) queueMicrotask(() => void this.#look())
        return
      case 'ask':
        this.#sessions.get(effect.holder)?.receive.ask(effect.transfer, effect.blocks, effect.urgent)
        return
      case 'cancel':
        this.#sessions.get(effect.holder)?.receive.cancel(effect.transfer)
        return
      case 'complete':
        this.#listener.complete(effect.file)
        return
      case 'short':
        this.#listener.short(effect.file)
        return
      case 'failed':
        this.#listener.failed(effect.file, effect.code)
        return
      case 'unavailable':
        this.#answerNeed(effect.id, false)
        return
      case 'mismatch':
        this.#listener.notify('block-mismatch', effect.id)
        return
      default:
        effect satisfies never
    }
  }

  async #look(): Promise<void> {
    const looks = this.#looks
    this.#looks = []
    const ids = looks.flatMap((look) => look.ids)
    // A store that does not answer holds nothing: what it lacks is fetched, and storing it tells what is wrong.
    const held = await this.#blocks.has(ids).catch(() => ids.map(() => false))
    let at = 0
    for (const { file, ids: mine } of looks) {
      const found: Found[] = await Promise.all(mine.map((id) => this.#found(id, held[at++] === true)))
      this.handle({ kind: 'found', file, found })
    }
  }

  async #found(id: BlockId, held: boolean): Promise<Found> {
    if (!held || !isNode(id)) return { id, held }
    const block = await this.#blocks.get(id).catch(() => undefined)
    return block === undefined ? { id, held: false } : { id, held, children: parseFileNode(block)?.children }
  }

  async #verify(arrived: Arrived): Promise<void> {
    const { id, bytes, from } = arrived
    const isRight = await matchesId(id, bytes)
    const tab = from.link.peer
    if (!isRight) {
      this.#letGo(arrived)
      this.handle({ kind: 'refused', id, from: tab, reason: 'mismatch' })
      return
    }
    // Nobody waits for it any more: its want was called off while it was on its way.
    if (this.#state.underway.get(id)?.from !== tab) {
      this.#letGo(arrived)
      return
    }
    this.handle({ kind: 'arrived', id, from: tab, children: isNode(id) ? parseFileNode(bytes)?.children : undefined })
    this.#toStore.push(arrived)
    this.#storeMore()
  }

  #storeMore(): void {
    while (this.#batches < BATCHES_BEING_STORED && this.#toStore.length > 0) {
      const batch = this.#toStore.slice(0, STORE_BATCH_BLOCKS)
      this.#toStore = this.#toStore.slice(batch.length)
      this.#batches++
      void this.#store(batch)
    }
  }

  async #store(batch: readonly Arrived[]): Promise<void> {
    const ids = batch.map(({ id }) => id)
    try {
      await this.#blocks.putMany(batch.map(({ id, bytes }) => ({ id, bytes })))
      this.#listener.stored()
      this.handle({ kind: 'stored', ids })
    } catch (error) {
      const code = error instanceof RoomError ? error.code : 'storage-unavailable'
      this.handle({ kind: 'store-failed', ids, code })
    }
    this.#batches--
    for (const arrived of batch) this.#letGo(arrived)
    for (const id of ids) this.#answerNeed(id, true)
    this.#storeMore()
  }

  /** Its bytes are stored, or nobody wants them. */
  #letGo({ bytes, from }: Arrived): void {
    this.#buffers.give(bytes)
    from.receive.handle({ kind: 'accepted', bytes: bytes.byteLength })
  }

  #answerNeed(id: BlockId, isHere: boolean): void {
    const waiters = this.#needed.get(id)
    this.#needed.delete(id)
    for (const resolve of waiters ?? []) resolve(isHere)
  }

  #tickWhileBusy(): void {
    const isBusy = this.#state.files.size > 0 || this.#state.underway.size > 0 || this.#state.urgent.length > 0
    if (!isBusy) this.#buffers.clear()
    if (!isBusy || this.#stopTicking !== undefined) return
    this.#stopTicking = this.#clock.after(HOLDER_SILENT_MS / 3, () => {
      this.#stopTicking = undefined
      const heardAtMs = new Map([...this.#sessions].map(([tab, session]) => [tab, session.heardAtMs()]))
      this.handle({ kind: 'tick', heardAtMs })
    })
  }
}
