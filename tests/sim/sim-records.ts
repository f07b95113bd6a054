/**
 * The shared document of a simulated room: records that merge in any order, the later writer winning, as Yjs maps do.
 * Whole documents are exchanged when two tabs connect, changes are passed to all who are connected.
 */
import type { Slot } from '../../src/core/storage/plan-facts.ts'
import type { DeviceId } from '../../src/protocol/ids.ts'
import type { ObjectId } from '../../src/protocol/object.ts'

export type SimValue =
  | { readonly t: 'object'; readonly object: ObjectId }
  | { readonly t: 'plan'; readonly object: ObjectId; readonly slots: readonly Slot[] }
  | {
      readonly t: 'holding'
      readonly object: ObjectId
      readonly device: DeviceId
      readonly rows: readonly number[]
      readonly marked: readonly number[]
    }
  | { readonly t: 'device'; readonly device: DeviceId; readonly atMs: number }

export type SharedRecord = { readonly value: SimValue | null; readonly stamp: number; readonly by: string }
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

  get<T extends SimValue['t']>(t: T, key: string): Extract<SimValue, { t: T }> | undefined {
    const value = this.#records.get(`${t} ${key}`)?.value
    return value?.t === t ? (value as Extract<SimValue, { t: T }>) : undefined
  }

  every<T extends SimValue['t']>(t: T): Extract<SimValue, { t: T }>[] {
    return [...this.#records.values()].flatMap(({ value }) => (value?.t === t ? [value as Extract<SimValue, { t: T }>] : []))
  }

  set(changes: ReadonlyMap<string, SimValue | null>): RecordUpdate {
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
