/**
 * The device's store when the browser gives the page none, and the twin of the real one in tests. It keeps the same
 * promises except the one to be there tomorrow.
 */
import { isLeaf } from '../../core/storage/fetch-state.ts'
import { parseFileNode } from '../../core/storage/unixfs-node.ts'
import type { BlockStore, StoreUsage, ValueStore } from '../../ports/block-store.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId, FileId, RoomId } from '../../protocol/ids.ts'
import type { PublishedFile, StoredBlock } from '../../protocol/storage-worker.ts'
import { matchesId } from './matches-id.ts'

export class MemoryBlockStore implements BlockStore, ValueStore, FileGateway {
  readonly #blocks = new Map<BlockId, Bytes>()
  readonly #values = new Map<string, Bytes>()
  readonly #published = new Map<string, PublishedFile>()
  readonly #quotaBytes: number
  #usedBytes = 0
  #generation = 1

  constructor({ quotaBytes = 2 ** 30 }: { quotaBytes?: number } = {}) {
    this.#quotaBytes = quotaBytes
  }

  async putMany(blocks: readonly StoredBlock[]): Promise<void> {
    const fresh = new Map(blocks.filter(({ id }) => !this.#blocks.has(id)).map(({ id, bytes }) => [id, bytes]))
    let added = 0
    for (const bytes of fresh.values()) added += bytes.byteLength
    if (this.#usedBytes + added > this.#quotaBytes) throw new RoomError('quota-exceeded', 'memory store')
    for (const [id, bytes] of fresh) this.#blocks.set(id, bytes.slice())
    this.#usedBytes += added
  }

  /** A copy: what the store keeps must not change or move when the reader sends it on. */
  async get(id: BlockId): Promise<Bytes | undefined> {
    const bytes = this.#blocks.get(id)
    if (bytes === undefined) return undefined
    if (await matchesId(id, bytes)) return bytes.slice()
    await this.delete([id])
    this.#generation++
    return undefined
  }

  async has(ids: readonly BlockId[]): Promise<readonly boolean[]> {
    return ids.map((id) => this.#blocks.has(id))
  }

  async delete(ids: readonly BlockId[]): Promise<void> {
    for (const id of ids) {
      this.#usedBytes -= this.#blocks.get(id)?.byteLength ?? 0
      this.#blocks.delete(id)
    }
  }

  async usage(): Promise<StoreUsage> {
    return { usedBytes: this.#usedBytes, quotaBytes: this.#quotaBytes, persisted: false, generation: String(this.#generation) }
  }

  async load(key: string): Promise<Bytes | undefined> {
    return this.#values.get(key)?.slice()
  }

  async save(key: string, value: Bytes | null): Promise<void> {
    if (value === null) this.#values.delete(key)
    else this.#values.set(key, value.slice())
  }

  url(): undefined {
    return undefined
  }

  async publish(room: RoomId, files: readonly PublishedFile[]): Promise<void> {
    for (const file of files) this.#published.set(`${room}/${file.id}`, file)
  }

  async unpublish(room: RoomId, files: readonly FileId[]): Promise<void> {
    for (const id of files) this.#published.delete(`${room}/${id}`)
  }

  async sweep(ids: readonly BlockId[]): Promise<void> {
    const needed = this.#reachable([...this.#published.values()].map(({ root }) => root))
    await this.delete([...this.#reachable(ids)].filter((id) => !needed.has(id)))
  }

  /** Nobody reads at an address that no service worker answers. */
  onNeeded(): () => void {
    return () => {}
  }

  #reachable(roots: readonly BlockId[]): ReadonlySet<BlockId> {
    const seen = new Set(roots)
    for (const id of seen) {
      const block = isLeaf(id) ? undefined : this.#blocks.get(id)
      const node = block === undefined ? undefined : parseFileNode(block)
      for (const child of node?.children ?? []) seen.add(child.id)
    }
    return seen
  }
}
