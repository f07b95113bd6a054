/** What a simulated device says of itself and of its rows: records kept on its disk, claims told together. */
import type { DeviceId, TabId } from '../../src/protocol/ids.ts'
import { ANNOUNCE_MS } from '../../src/protocol/limits.ts'
import { holdingKey, type ObjectId } from '../../src/protocol/object.ts'
import type { SimDisk } from './sim-disk.ts'
import { type RecordUpdate, SimRecords, type SimValue } from './sim-records.ts'

export type ClaimParts = {
  readonly device: DeviceId
  readonly disk: SimDisk
  readonly name: string
  readonly sendToAll: (update: RecordUpdate, but?: TabId) => void
  readonly after: (delayMs: number, label: string, happen: () => void) => void
  readonly changed: () => void
  /** The oracle: called with every row about to be announced as kept; marked ones may give way any moment. */
  readonly announcing: (object: ObjectId, row: number) => void
}

export type Claim = { readonly rows: ReadonlySet<number>; readonly marked: ReadonlySet<number> }

export class SimClaims {
  readonly records: SimRecords
  readonly #parts: ClaimParts
  readonly #news = new Map<ObjectId, Claim>()

  constructor(parts: ClaimParts) {
    this.#parts = parts
    this.records = new SimRecords(parts.name, parts.disk.records)
  }

  get(object: ObjectId): Claim {
    const told = this.records.get('holding', holdingKey(object, this.#parts.device))
    return this.#news.get(object) ?? { rows: new Set(told?.rows), marked: new Set(told?.marked) }
  }

  /** What the room was told. */
  told(object: ObjectId): readonly number[] {
    const told = this.records.get('holding', holdingKey(object, this.#parts.device))
    return [...(told?.rows ?? []), ...(told?.marked ?? [])]
  }

  set(object: ObjectId, claim: Claim): void {
    this.#news.set(object, claim)
    if (this.#news.size === 1) this.#parts.after(ANNOUNCE_MS, 'announce', () => this.tell())
  }

  tell(): void {
    const { device, announcing } = this.#parts
    const news = [...this.#news]
    this.#news.clear()
    for (const [object, { rows }] of news) for (const row of rows) announcing(object, row)
    this.write(
      news.map(([object, { rows, marked }]) => [
        `holding ${holdingKey(object, device)}`,
        { t: 'holding', object, device, rows: [...rows], marked: [...marked] },
      ]),
    )
  }

  write(changes: readonly (readonly [string, SimValue | null])[]): void {
    if (changes.length > 0) this.#tell(this.records.set(new Map(changes)))
  }

  /** False: nothing of it was news. */
  take(from: TabId, update: RecordUpdate): boolean {
    const news = this.records.merge(update)
    if (news.size > 0) this.#tell(news, from)
    return news.size > 0
  }

  #tell(update: RecordUpdate, but?: TabId): void {
    this.#parts.disk.records = new Map(this.records.all)
    this.#parts.sendToAll(update, but)
    this.#parts.changed()
  }
}
