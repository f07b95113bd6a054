/**
 * What one device keeps: blocks, and the room's records. Writes answer when the browser says they are done; the machine
 * has them on disk a little later, so a power cut takes the tail. Reads hash, as the real store does: a damaged block is
 * dropped on the read that finds it, and the store's generation changes.
 */
import type { BlockId } from '../../src/protocol/ids.ts'
import type { SharedRecord } from './sim-records.ts'
import type { World } from './world.ts'

const FLUSH_MS = 400
const WRITE_MS = 3

type Kept = { readonly bytes: number; isDamaged: boolean; isMarked: boolean; readonly writtenAtMs: number }

export class SimDisk {
  readonly name: string
  readonly quotaBytes: number
  generation = 0
  /** When it last turned out that something was lost. */
  foundShortAtMs = Number.NEGATIVE_INFINITY
  /** The room's records as this device saved them last. */
  records: ReadonlyMap<string, SharedRecord> = new Map()
  readonly #world: World
  #blocks = new Map<BlockId, Kept>()
  #usedBytes = 0
  readonly #writesBytesPerMs: number
  #busyUntilMs = 0

  constructor(world: World, name: string, quotaBytes: number, writesBytesPerMs: number) {
    this.#world = world
    this.#writesBytesPerMs = writesBytesPerMs
    this.name = name
    this.quotaBytes = quotaBytes
  }

  /** How long from now until a write asked for now is done: one after the other. */
  writeMs(bytes: number): number {
    this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#world.nowMs) + WRITE_MS + bytes / this.#writesBytesPerMs
    return this.#busyUntilMs - this.#world.nowMs
  }

  /** All or none; false: no room. */
  put(blocks: readonly { readonly id: BlockId; readonly bytes: number }[], isMarked = false): boolean {
    if (!isMarked)
      this.mark(
        blocks.map(({ id }) => id),
        false,
      )
    const fresh = blocks.filter(({ id }) => !this.#blocks.has(id))
    const bytes = fresh.reduce((sum, block) => sum + block.bytes, 0)
    if (this.#usedBytes + bytes > this.quotaBytes) return false
    for (const { id, bytes } of fresh) this.#blocks.set(id, { bytes, isDamaged: false, isMarked, writtenAtMs: this.#world.nowMs })
    this.#usedBytes += bytes
    return true
  }

  has(id: BlockId): boolean {
    return this.#blocks.has(id)
  }

  isGood(id: BlockId): boolean {
    return this.#blocks.get(id)?.isDamaged === false
  }

  mark(ids: readonly BlockId[], isMarked: boolean): void {
    for (const id of ids) {
      const kept = this.#blocks.get(id)
      if (kept !== undefined) kept.isMarked = isMarked
    }
  }

  /** Something else needs the room of all marked blocks. */
  makeRoom(): void {
    for (const [id, { isMarked }] of this.#blocks) if (isMarked) this.#drop(id)
  }

  /** Everything is read once. */
  scrub(): void {
    for (const id of [...this.#blocks.keys()]) this.read(id)
  }

  /** Bytes of the block; undefined when it is not there, or not what it should be. */
  read(id: BlockId): number | undefined {
    const kept = this.#blocks.get(id)
    if (kept?.isDamaged) {
      this.#drop(id)
      this.generation++
      this.foundShortAtMs = this.#world.nowMs
      return undefined
    }
    return kept?.bytes
  }

  /** The machine loses power: what was not flushed yet never was. */
  losePower(): void {
    for (const [id, { writtenAtMs }] of this.#blocks) if (this.#world.nowMs - writtenAtMs < FLUSH_MS) this.#drop(id)
  }

  loseEverything(): void {
    this.#blocks = new Map()
    this.#usedBytes = 0
    this.records = new Map()
    this.generation++
  }

  /** Blocks rot unnoticed. */
  damage(count: number): void {
    for (const id of this.#world.random.shuffled([...this.#blocks.keys()]).slice(0, count)) {
      const kept = this.#blocks.get(id)
      if (kept !== undefined) kept.isDamaged = true
    }
  }

  #drop(id: BlockId): void {
    this.#usedBytes -= this.#blocks.get(id)?.bytes ?? 0
    this.#blocks.delete(id)
  }
}
