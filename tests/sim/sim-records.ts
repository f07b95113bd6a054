/**
 * The shared document of a simulated room: records that merge in any order, the later writer winning, as Yjs maps do.
 * Whole documents are exchanged when two tabs connect, changes are passed to all who are connected.
 */
import type { FileRecord } from '../../src/protocol/room-state.ts'

export type SharedRecord = { readonly value: FileRecord | 'copy' | null; readonly stamp: number; readonly by: string }
export type RecordUpdate = ReadonlyMap<string, SharedRecord>

export class SimRecords {
  #records: Map<string, SharedRecord>
  #stamp: number
  readonly #by: string

  constructor(by: string, saved: RecordUpdate) {
    this.#by = by
    this.#records = new Map(saved)
    this.#stamp = Math.max(0, ...[...saved.values()].map(({ stamp }) => stamp))
  }

  get all(): RecordUpdate {
    return this.#records
  }

  has(key: string): boolean {
    return (this.#records.get(key)?.value ?? null) !== null
  }

  files(): FileRecord[] {
    const files: FileRecord[] = []
    for (const { value } of this.#records.values()) if (value !== null && value !== 'copy') files.push(value)
    return files
  }

  copyKeys(): string[] {
    return [...this.#records].filter(([, { value }]) => value === 'copy').map(([key]) => key)
  }

  set(changes: ReadonlyMap<string, SharedRecord['value']>): RecordUpdate {
    const update = new Map<string, SharedRecord>()
    for (const [key, value] of changes) update.set(key, { value, stamp: ++this.#stamp, by: this.#by })
    for (const [key, record] of update) this.#records.set(key, record)
    return update
  }

  /** What of the update was news. */
  merge(update: RecordUpdate): RecordUpdate {
    const news = new Map<string, SharedRecord>()
    for (const [key, record] of update) {
      const known = this.#records.get(key)
      this.#stamp = Math.max(this.#stamp, record.stamp)
      if (known !== undefined && (known.stamp > record.stamp || (known.stamp === record.stamp && known.by >= record.by))) continue
      this.#records.set(key, record)
      news.set(key, record)
    }
    return news
  }
}
