/**
 * Carries out the steps of `core/storage/fetch`. Every block is hashed when it arrives, goes to its readers at once and to
 * the store in batches. Credit goes back only for what the store has taken or nobody wants.
 */
import { fetchStep } from '../../core/storage/fetch.ts'
import { isComing } from '../../core/storage/fetch-reads.ts'
import { FETCH_START, type FetchEffect, type FetchEvent, type FetchState, type ReadKey, readKey } from '../../core/storage/fetch-state.ts'
import { nextTickMs } from '../../core/storage/fetch-time.ts'
import type { ObjectShape } from '../../core/storage/layout.ts'
import { matchesId } from '../../pipeline/fragment-id.ts'
import { loadRows, unfailing } from '../../pipeline/held-rows.ts'
import type { Link } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { BlockBuffers } from './block-buffers.ts'
import type { FetcherParts } from './fetcher-parts.ts'
import { GatherChunks } from './gather-chunks.ts'
import { GatherSegments } from './gather-segments.ts'
import { type JoinedPart, JoinParts } from './join-parts.ts'
import { type LinkSession, openLinkSession } from './link-session.ts'
import { LinkSessions } from './link-sessions.ts'
import { LoadBlocks } from './load-blocks.ts'
import { fragmentIdOf, keptRows, madeRow } from './look-in-store.ts'
import { StoreQueue } from './store-queue.ts'

/** A block in hand. `isLent`: a reader has its bytes, so they are not used again. */
type InHand = { readonly id: BlockId; readonly bytes: Bytes; readonly from: LinkSession | undefined; marked: boolean; isLent: boolean }

export class FetchRun {
  #state: FetchState = FETCH_START
  readonly #parts: FetcherParts
  readonly #sessions: LinkSessions
  readonly #buffers = new BlockBuffers()
  readonly gathers: GatherChunks
  readonly loads: LoadBlocks
  readonly peeks: GatherSegments
  readonly #joins = new JoinParts()
  readonly #queue: StoreQueue<InHand>
  readonly #storing = new Map<BlockId, InHand>()
  #inHand: InHand | undefined
  #partInHand: JoinedPart | undefined
  #tick: { readonly atMs: number; readonly stop: () => void } | undefined
  isClosed = false

  constructor(parts: FetcherParts) {
    this.#parts = parts
    this.#sessions = new LinkSessions({
      open: (link) => this.#open(link),
      here: ({ peer, rttMs }) => this.handle({ kind: 'holder-here', tab: peer, rttMs }),
      gone: (tab) => this.handle({ kind: 'holder-gone', tab }),
    })
    const leave = (key: ReadKey) => {
      const { object, chunk } = this.#state.reads.get(key) ?? {}
      if (object !== undefined && chunk !== undefined) this.handle({ kind: 'unread', object: object.id, chunk })
    }
    this.gathers = new GatherChunks(parts.clock, leave, (key) => isComing(this.#state, key))
    this.loads = new LoadBlocks((id) => this.handle({ kind: 'unload', id }))
    this.peeks = new GatherSegments((peek) => this.handle({ kind: 'unpeek', peek }))
    this.#queue = new StoreQueue(parts.blocks, (batch, code) => this.#stored(batch, code))
  }

  get state(): FetchState {
    return this.#state
  }

  follow(links: readonly Link[]): void {
    this.#sessions.follow(links)
  }

  close(): void {
    this.isClosed = true
    this.#tick?.stop()
    this.#sessions.close()
    this.gathers.close()
    this.loads.close()
    this.peeks.close()
  }

  #open(link: Link): LinkSession {
    const { blocks, clock, make, isCallRunning } = this.#parts
    const tab = link.peer
    const session: LinkSession = openLinkSession(link, { blocks, make, matches: matchesId }, clock, {
      buffers: this.#buffers,
      isCallRunning: () => isCallRunning(tab),
      onBlock: (id, bytes, part, transfer) => {
        if (part === undefined) void this.#verify(id, bytes, session)
        else this.#takePart(id, { bytes, offset: part.offset, from: tab }, transfer, session)
      },
      onMissing: (id, transfer) => this.handle({ kind: 'refused', id, from: tab, reason: 'missing', transfer }),
      onLaneLost: () => this.handle({ kind: 'lane-lost', tab }),
    })
    return session
  }

  handle(event: FetchEvent): void {
    if (this.isClosed) return
    const { next, effects } = fetchStep(this.#state, event, this.#parts.clock.monotonicMs())
    this.#state = next
    for (const effect of effects) this.#perform(effect)
    this.#tickInTime()
    this.#parts.listener.changed()
  }

  /** Of a block that came, before anything else happens. */
  #handleInHand(inHand: InHand, event: FetchEvent): void {
    this.#inHand = inHand
    this.handle(event)
    this.#inHand = undefined
  }

  #perform(effect: FetchEffect): void {
    const { listener, blocks } = this.#parts
    switch (effect.kind) {
      case 'look':
        void this.#look(effect)
        return
      case 'look-read':
        void this.#lookRead(effect.object, effect.chunk)
        return
      case 'ask':
        this.#sessions.get(effect.holder)?.receive.ask(effect)
        return
      case 'cancel':
        this.#sessions.get(effect.holder)?.receive.cancel(effect.transfer)
        return
      case 'take-part':
        if (this.#partInHand !== undefined) this.#joins.take(effect.id, this.#partInHand)
        return
      case 'take-piece':
        if (this.#partInHand !== undefined) this.peeks.take(effect.peek, effect.piece, this.#partInHand.bytes)
        return
      case 'check':
        void this.peeks
          .isRight(effect)
          .then((isRight) => this.handle({ kind: 'checked', peek: effect.peek, segment: effect.segment, isRight }))
        return
      case 'peek-done':
        this.peeks.done(effect.peek)
        return
      case 'peek-failed':
        this.peeks.fail(effect.peek)
        return
      case 'join':
        void this.#join(effect.id)
        return
      case 'give': {
        const inHand = this.#find(effect.id)
        if (inHand === undefined) return
        inHand.isLent = true
        this.gathers.at(effect.key).rows.set(effect.row, inHand.bytes)
        return
      }
      case 'read-done':
        this.gathers.done(effect.key)
        return
      case 'read-over':
        this.gathers.drop(effect.key)
        return
      case 'make':
        void this.#make(effect)
        return
      case 'store': {
        const inHand = this.#find(effect.id)
        if (inHand === undefined) return
        inHand.marked = effect.marked
        this.#storing.set(effect.id, inHand)
        this.#queue.put(inHand)
        return
      }
      case 'unmark':
        void blocks.mark([effect.id], false).catch(() => {})
        return
      case 'drop':
        if (this.#inHand?.id === effect.id) this.#letGo(this.#inHand)
        return
      case 'loaded':
        if (this.#inHand?.id !== effect.id) return
        this.#inHand.isLent = true
        this.#letGo(this.#inHand)
        this.loads.done(effect.id, this.#inHand.bytes)
        return
      case 'unavailable':
        this.loads.fail(effect.id)
        return
      case 'kept':
        listener.kept(effect.object)
        return
      case 'short':
        listener.short(effect.object, effect.holes)
        return
      case 'failed':
        listener.failed(effect.object, effect.code)
        return
      case 'mismatch':
        listener.notify('block-mismatch', effect.id)
        return
      default:
        effect satisfies never
    }
  }

  #find(id: BlockId): InHand | undefined {
    return this.#inHand?.id === id ? this.#inHand : this.#storing.get(id)
  }

  async #verify(id: BlockId, bytes: Bytes, session: LinkSession | undefined): Promise<void> {
    const isRight = await matchesId(id, bytes)
    const inHand: InHand = { id, bytes, from: session, marked: false, isLent: false }
    const from = session?.link.peer
    if (!isRight) {
      if (session === undefined) this.#joins.suspect(id)
      this.#letGo(inHand)
      this.handle({ kind: 'refused', id, from, reason: 'mismatch' })
      return
    }
    for (const liar of this.#joins.liars(id, bytes)) this.handle({ kind: 'blamed', from: liar, id })
    this.#handleInHand(inHand, { kind: 'arrived', id, from })
  }

  #takePart(id: BlockId, part: JoinedPart, transfer: number, session: LinkSession): void {
    session.receive.handle({ kind: 'accepted', bytes: part.bytes.byteLength })
    this.#partInHand = part
    this.handle({ kind: 'part', id, from: part.from, transfer })
    this.#partInHand = undefined
  }

  async #join(id: BlockId): Promise<void> {
    const bytes = this.#joins.join(id)
    if (bytes === undefined) this.handle({ kind: 'refused', id, from: undefined, reason: 'mismatch' })
    else await this.#verify(id, bytes, undefined)
  }

  #stored(batch: readonly InHand[], code: RoomErrorCode | undefined): void {
    const ids = batch.map(({ id }) => id)
    for (const { id } of batch) this.#storing.delete(id)
    if (code === undefined) {
      this.#parts.listener.stored()
      this.handle({ kind: 'stored', ids })
    } else this.handle({ kind: 'store-failed', ids, code })
    for (const inHand of batch) this.#letGo(inHand)
  }

  /** Its bytes are stored, or nobody wants them. */
  #letGo({ bytes, from, isLent }: InHand): void {
    if (!isLent) this.#buffers.give(bytes)
    from?.receive.handle({ kind: 'accepted', bytes: bytes.byteLength })
  }

  #tickInTime(): void {
    const { clock } = this.#parts
    const nowMs = clock.monotonicMs()
    const atMs = nextTickMs(this.#state, nowMs)
    if (atMs === undefined) {
      this.#buffers.clear()
      return
    }
    if (this.#tick !== undefined && this.#tick.atMs <= atMs) return
    this.#tick?.stop()
    const ring = () => {
      this.#tick = undefined
      this.handle({ kind: 'tick', links: this.#sessions.facts() })
    }
    this.#tick = { atMs, stop: clock.after(Math.max(0, atMs - nowMs), ring) }
  }

  async #look({ object, chunks }: Extract<FetchEffect, { kind: 'look' }>): Promise<void> {
    const keep = this.#state.keeps.get(object)
    if (keep === undefined) return
    const held = await keptRows(this.#parts.blocks, keep.object, chunks, keep.rows)
    this.handle({ kind: 'found', object, chunks: chunks.map((chunk, at) => ({ chunk, rows: held[at] ?? [] })) })
  }

  async #lookRead(object: ObjectShape, chunk: number): Promise<void> {
    const key = readKey(object.id, chunk)
    const gather = this.gathers.at(key)
    const { fragments: found } = await loadRows(unfailing(this.#parts.blocks), object, chunk)
    // Nobody waits for it any more, or somebody else already.
    if (this.gathers.get(key) !== gather) return
    for (const [row, bytes] of found) gather.rows.set(row, bytes)
    this.handle({ kind: 'found-read', object: object.id, chunk, rows: [...found.keys()] })
  }

  async #make(effect: Extract<FetchEffect, { kind: 'make' }>): Promise<void> {
    const { object, chunk, row } = effect
    const id = fragmentIdOf(object, chunk, row)
    // Taken now: with the end of the read they are forgotten.
    const bytes = await madeRow(this.#parts.blocks, effect, new Map(this.gathers.get(readKey(object.id, chunk))?.rows))
    if (bytes === undefined) this.handle({ kind: 'made', id, isMade: false })
    else this.#handleInHand({ id, bytes, from: undefined, marked: false, isLent: true }, { kind: 'made', id, isMade: true })
  }
}
