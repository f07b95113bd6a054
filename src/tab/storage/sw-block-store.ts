/**
 * The device's store, behind the service worker. The worker may be stopped between any two events, so a request that is
 * not answered in time is sent again under the same id: every request may be done twice. Every block read is hashed here,
 * because its bytes come from the disk straight to this tab.
 */
import { matchesId } from '../../pipeline/fragment-id.ts'
import type { BlockStore, PutManyOptions, StoreUsage, ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId, FileId, RoomId } from '../../protocol/ids.ts'
import { STORE_LIST_BLOCKS } from '../../protocol/limits.ts'
import type {
  ChunkNeeded,
  FileKeys,
  ListedBlock,
  Needed,
  PublishedRecord,
  PublishedTag,
  SegmentsNeeded,
  Shelf,
  StorageAnswer,
  StorageCall,
  StorageReply,
  StorageRequest,
  StoredBlock,
} from '../../protocol/storage-worker.ts'

/** A worker that starts cold while a machine is busy takes a second or two. Doubles with each attempt. */
const ANSWER_MS = 3_000
const ATTEMPTS = 4

type Reply<T extends StorageReply<Blob>['t']> = Extract<StorageReply<Blob>, { t: T }>
type Asked = { readonly ids: BlockId[]; readonly found: Promise<readonly (Blob | null)[]> }
type SegmentsListener = (needed: SegmentsNeeded) => Promise<Bytes | undefined> | undefined
type Pending = { readonly resolve: (reply: StorageReply<Blob>) => void }

export class SwBlockStore implements BlockStore, ValueStore, FileGateway {
  readonly #registration: ServiceWorkerRegistration
  readonly #clock: Clock
  readonly #pending = new Map<number, Pending>()
  readonly #neededListeners = new Set<(needed: ChunkNeeded) => void>()
  readonly #segmentsListeners = new Set<SegmentsListener>()
  readonly #asked = new Map<Shelf, Asked>()
  #nextId = 1

  constructor(container: ServiceWorkerContainer, registration: ServiceWorkerRegistration, clock: Clock) {
    this.#registration = registration
    this.#clock = clock
    container.addEventListener('message', ({ data }: MessageEvent<StorageAnswer<Blob> | Needed>) => this.#take(data))
    container.startMessages()
  }

  async putMany(blocks: readonly StoredBlock[], { shelf = 'fragment', marked = false }: PutManyOptions = {}): Promise<void> {
    const kept = blocks.map(({ id, bytes }) => ({ id, data: new Blob([bytes]) }))
    await this.#call({ t: 'put', shelf, blocks: kept, marked }, 'done')
  }

  async get(id: BlockId, shelf: Shelf = 'fragment'): Promise<Bytes | undefined> {
    const data = await this.#find(id, shelf)
    if (data === null) return undefined
    // A file that is gone from under the database reads as an error.
    const bytes = await data.arrayBuffer().then(
      (buffer) => new Uint8Array(buffer),
      () => undefined,
    )
    if (bytes !== undefined && (await matchesId(id, bytes))) return bytes
    await this.#call({ t: 'damaged', shelf, id }, 'done')
    return undefined
  }

  async has(ids: readonly BlockId[]): Promise<readonly boolean[]> {
    return (await this.#call({ t: 'has', ids }, 'held')).held
  }

  async delete(ids: readonly BlockId[]): Promise<void> {
    await this.#call({ t: 'delete', ids }, 'done')
  }

  async mark(ids: readonly BlockId[], marked: boolean): Promise<void> {
    await this.#call({ t: 'mark', ids, marked }, 'done')
  }

  async *list(shelf: Shelf): AsyncGenerator<readonly ListedBlock[]> {
    for (let after: BlockId | null = null; ; ) {
      const { blocks }: Reply<'listed'> = await this.#call({ t: 'list', shelf, after }, 'listed')
      if (blocks.length > 0) yield blocks
      if (blocks.length < STORE_LIST_BLOCKS) return
      after = blocks.at(-1)?.id ?? null
    }
  }

  async usage(): Promise<StoreUsage> {
    const { t: _, ...usage } = await this.#call({ t: 'usage' }, 'usage')
    return usage
  }

  async setOwnerQuota(bytes: number): Promise<void> {
    await this.#call({ t: 'quota', bytes }, 'done')
  }

  async load(key: string): Promise<Bytes | undefined> {
    return (await this.#call({ t: 'load', key }, 'value')).value ?? undefined
  }

  async save(key: string, value: Bytes | null): Promise<void> {
    await this.#call({ t: 'save', key, value }, 'done')
  }

  async unlock(room: RoomId, keys: FileKeys<CryptoKey>): Promise<void> {
    await this.#call({ t: 'keys', room, keys }, 'done')
  }

  url(room: RoomId, file: FileId, options?: { download?: boolean }): string {
    return `/_room/${room}/${file}${options?.download === true ? '?download' : ''}`
  }

  async publish(room: RoomId, files: readonly PublishedRecord[]): Promise<void> {
    await this.#call({ t: 'publish', room, files }, 'done')
  }

  async published(room: RoomId): Promise<readonly PublishedTag[]> {
    return (await this.#call({ t: 'published', room }, 'published')).files
  }

  async unpublish(room: RoomId, files: readonly FileId[]): Promise<void> {
    await this.#call({ t: 'unpublish', room, files }, 'done')
  }

  async forget(room: RoomId): Promise<void> {
    await this.#call({ t: 'forget', room }, 'done')
  }

  onNeeded(listener: (needed: ChunkNeeded) => void): () => void {
    this.#neededListeners.add(listener)
    return () => this.#neededListeners.delete(listener)
  }

  onSegmentsNeeded(listener: SegmentsListener): () => void {
    this.#segmentsListeners.add(listener)
    return () => this.#segmentsListeners.delete(listener)
  }

  /** Blocks asked for in one go travel in one call: a call costs as much as 100 KiB of reading. */
  #find(id: BlockId, shelf: Shelf): Promise<Blob | null> {
    const asked = this.#asked.get(shelf) ?? this.#askSoon(shelf)
    const index = asked.ids.push(id) - 1
    return asked.found.then((data) => data[index] ?? null)
  }

  #askSoon(shelf: Shelf): Asked {
    const ids: BlockId[] = []
    const found = Promise.resolve().then(async () => {
      this.#asked.delete(shelf)
      return (await this.#call({ t: 'get', shelf, ids }, 'blocks')).data
    })
    const asked = { ids, found }
    this.#asked.set(shelf, asked)
    return asked
  }

  async #call<T extends StorageReply<Blob>['t']>(request: StorageRequest<Blob, CryptoKey>, expected: T): Promise<Reply<T>> {
    const call: StorageCall<Blob, CryptoKey> = { t: 'call', id: this.#nextId++, request }
    const reply = await this.#send(call)
    if (reply.t === 'failed') throw new RoomError(reply.code, reply.detail)
    if (reply.t !== expected) throw new RoomError('storage-unavailable', `unexpected answer ${reply.t}`)
    return reply as Reply<T>
  }

  #send(call: StorageCall<Blob, CryptoKey>): Promise<StorageReply<Blob>> {
    return new Promise((resolve, reject) => {
      let stopWaiting = () => {}
      const finish = (settle: () => void) => {
        stopWaiting()
        this.#pending.delete(call.id)
        settle()
      }
      const attempt = (left: number, waitMs: number) => {
        const worker = this.#registration.active
        if (left === 0 || worker === null) {
          finish(() => reject(new RoomError('storage-unavailable', 'the service worker does not answer')))
          return
        }
        worker.postMessage(call)
        stopWaiting = this.#clock.after(waitMs, () => attempt(left - 1, 2 * waitMs))
      }
      this.#pending.set(call.id, { resolve: (reply) => finish(() => resolve(reply)) })
      attempt(ATTEMPTS, ANSWER_MS)
    })
  }

  #take(message: StorageAnswer<Blob> | Needed): void {
    if (message?.t === 'answer') this.#pending.get(message.id)?.resolve(message.reply)
    else if (message?.t === 'need') for (const listener of this.#neededListeners) listener(message)
    else if (message?.t === 'need-segments') for (const listener of this.#segmentsListeners) void this.#giveSegments(message, listener)
  }

  /** undefined: this tab is in another room, and another one may answer. */
  async #giveSegments(needed: SegmentsNeeded, listener: SegmentsListener): Promise<void> {
    const given = listener(needed)
    if (given === undefined) return
    const bytes = await given.catch(() => undefined)
    await this.#call({ t: 'segments', asked: needed.asked, bytes: bytes ?? null }, 'done').catch(() => undefined)
  }
}
