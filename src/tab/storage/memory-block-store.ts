/**
 * The device's store when the browser gives the page none, and the twin of the real one in tests. It keeps the same
 * promises except the one to be there tomorrow; what it holds lies on a `MemoryDisk`, which several stores may share as
 * the tabs of one device do.
 */
import { prefixesOfRoom } from '../../core/storage/room-values.ts'
import {
  chooseErased,
  EMPTY_TALLY,
  type Entry,
  keptBytes,
  planMarks,
  planPut,
  type Tally,
  withRemoved,
} from '../../core/storage/store-tally.ts'
import { matchesId } from '../../pipeline/fragment-id.ts'
import type { BlockStore, PutManyOptions, StoreUsage, ValueStore } from '../../ports/block-store.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId, RoomId } from '../../protocol/ids.ts'
import { STORE_LIST_BLOCKS } from '../../protocol/limits.ts'
import type { ListedBlock, PublishedTag, Shelf, StoredBlock } from '../../protocol/storage-worker.ts'

const SHELVES = ['fragment', 'manifest'] as const

export class MemoryDisk {
  readonly blocks: Readonly<Record<Shelf, Map<BlockId, Bytes>>> = { fragment: new Map(), manifest: new Map() }
  readonly entries: Readonly<Record<Shelf, Map<BlockId, Entry>>> = { fragment: new Map(), manifest: new Map() }
  readonly values = new Map<string, Bytes>()
  tally: Tally = EMPTY_TALLY
  generation = 1
  ownerQuotaBytes: number

  constructor(ownerQuotaBytes = 2 ** 30) {
    this.ownerQuotaBytes = ownerQuotaBytes
  }
}

export class MemoryBlockStore implements BlockStore, ValueStore, FileGateway {
  readonly #disk: MemoryDisk
  readonly #quotaBytes: number

  constructor({ quotaBytes = 2 ** 30, disk = new MemoryDisk(quotaBytes) }: { quotaBytes?: number; disk?: MemoryDisk } = {}) {
    this.#quotaBytes = quotaBytes
    this.#disk = disk
  }

  async putMany(blocks: readonly StoredBlock[], { shelf = 'fragment', marked = false }: PutManyOptions = {}): Promise<void> {
    const disk = this.#disk
    const batch = blocks.map(({ id, bytes }) => ({ id, bytes: bytes.byteLength }))
    const held = new Map(
      this.#entries(
        shelf,
        blocks.map(({ id }) => id),
      ).map((entry) => [entry.id, entry]),
    )
    const plan = planPut(disk.tally, { shelf, marked, quotaBytes: disk.ownerQuotaBytes }, batch, held)
    if (plan.kind === 'refused') throw new RoomError(plan.reason, 'memory store')

    const erased = this.#chooseErased(plan.lackBytes, plan.spared)
    const data = new Map(blocks.map(({ id, bytes }) => [id, bytes]))
    for (const entry of [...plan.fresh, ...plan.unmarked]) disk.entries[shelf].set(entry.id, entry)
    for (const { id } of plan.fresh) disk.blocks[shelf].set(id, (data.get(id) as Bytes).slice())
    disk.tally = plan.tally
    this.#remove('fragment', erased)
  }

  /** A copy: what the store keeps must not change or move when the reader sends it on. */
  async get(id: BlockId, shelf: Shelf = 'fragment'): Promise<Bytes | undefined> {
    const bytes = this.#disk.blocks[shelf].get(id)
    if (bytes === undefined) return undefined
    if (await matchesId(id, bytes)) return bytes.slice()
    // Another reader may have found it meanwhile.
    if (this.#disk.blocks[shelf].get(id) === bytes) {
      this.#remove(shelf, this.#entries(shelf, [id]))
      this.#disk.generation++
    }
    return undefined
  }

  async has(ids: readonly BlockId[]): Promise<readonly boolean[]> {
    return ids.map((id) => this.#disk.blocks.fragment.has(id))
  }

  async delete(ids: readonly BlockId[]): Promise<void> {
    for (const shelf of SHELVES) this.#remove(shelf, this.#entries(shelf, ids))
  }

  async mark(ids: readonly BlockId[], marked: boolean): Promise<void> {
    const { entries, tally } = planMarks(this.#disk.tally, this.#entries('fragment', ids), marked)
    for (const entry of entries) this.#disk.entries.fragment.set(entry.id, entry)
    this.#disk.tally = tally
  }

  async *list(shelf: Shelf): AsyncGenerator<readonly ListedBlock[]> {
    const entries = [...this.#disk.entries[shelf].values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    for (let at = 0; at < entries.length; at += STORE_LIST_BLOCKS) {
      yield entries.slice(at, at + STORE_LIST_BLOCKS).map(({ id, bytes, mark }) => ({ id, bytes, marked: mark !== undefined }))
    }
  }

  async usage(): Promise<StoreUsage> {
    const { tally, ownerQuotaBytes, generation } = this.#disk
    const kept = keptBytes(tally)
    return {
      keptBytes: kept,
      markedBytes: tally.marked.bytes,
      ownerQuotaBytes,
      usedBytes: kept,
      quotaBytes: this.#quotaBytes,
      persisted: false,
      generation: String(generation),
    }
  }

  async setOwnerQuota(bytes: number): Promise<void> {
    this.#disk.ownerQuotaBytes = bytes
    this.#remove('fragment', this.#chooseErased(keptBytes(this.#disk.tally) - bytes, new Set()))
  }

  async load(key: string): Promise<Bytes | undefined> {
    return this.#disk.values.get(key)?.slice()
  }

  async save(key: string, value: Bytes | null): Promise<void> {
    if (value === null) this.#disk.values.delete(key)
    else this.#disk.values.set(key, value.slice())
  }

  /** Without a service worker nothing is ever read at an address, so there is nothing to remember for it. */
  async unlock(): Promise<void> {}

  url(): undefined {
    return undefined
  }

  publish: FileGateway['publish'] = async () => {}

  async published(): Promise<readonly PublishedTag[]> {
    return []
  }

  unpublish: FileGateway['unpublish'] = async () => {}

  async forget(room: RoomId): Promise<void> {
    const prefixes = prefixesOfRoom(room)
    for (const key of this.#disk.values.keys()) if (prefixes.some((prefix) => key.startsWith(prefix))) this.#disk.values.delete(key)
  }

  onNeeded(): () => void {
    return () => {}
  }

  onSegmentsNeeded(): () => void {
    return () => {}
  }

  #entries(shelf: Shelf, ids: readonly BlockId[]): readonly Entry[] {
    return [...new Set(ids)].flatMap((id) => this.#disk.entries[shelf].get(id) ?? [])
  }

  #chooseErased(lackBytes: number, spared: ReadonlySet<BlockId>): readonly Entry[] {
    if (lackBytes <= 0) return []
    const marked = [...this.#disk.entries.fragment.values()].filter((entry) => entry.mark !== undefined)
    return chooseErased(
      marked.sort((a, b) => (a.mark ?? 0) - (b.mark ?? 0)),
      lackBytes,
      spared,
    )
  }

  #remove(shelf: Shelf, entries: readonly Entry[]): void {
    for (const { id } of entries) {
      this.#disk.blocks[shelf].delete(id)
      this.#disk.entries[shelf].delete(id)
    }
    this.#disk.tally = withRemoved(this.#disk.tally, shelf, entries)
  }
}
