/** What a simulated device tells the room about files, and hears: records kept on its disk, copies announced together and withdrawn at once. */
import type { DeviceId, FileId, TabId } from '../../src/protocol/ids.ts'
import { ANNOUNCE_MS } from '../../src/protocol/limits.ts'
import { copyKey } from '../../src/protocol/room-state.ts'
import type { SimDisk } from './sim-disk.ts'
import type { SimFile } from './sim-library.ts'
import { type RecordUpdate, type SharedRecord, SimRecords } from './sim-records.ts'

export type CopiesParts = {
  readonly device: DeviceId
  readonly disk: SimDisk
  readonly name: string
  readonly sendToAll: (update: RecordUpdate, but?: TabId) => void
  readonly after: (delayMs: number, label: string, happen: () => void) => void
  readonly changed: () => void
  /** The oracle: called with every file about to be announced. */
  readonly announcing: (file: FileId) => void
}

export class SimCopies {
  readonly records: SimRecords
  readonly #parts: CopiesParts
  readonly #toAnnounce = new Set<FileId>()

  constructor(parts: CopiesParts) {
    this.#parts = parts
    this.records = new SimRecords(parts.name, parts.disk.records)
  }

  claims(file: FileId): boolean {
    return this.records.has(this.#key(file))
  }

  /** A file and this device's copy of it become known together. */
  add({ id, root, bytes }: SimFile, addedAtMs: number): void {
    const record = { id, root, bytes, name: 'a', type: '', addedBy: this.#parts.device, addedAtMs }
    this.#change([
      [id, record],
      [this.#key(id), 'copy'],
    ])
  }

  remove(file: FileId): void {
    this.#change([
      [file, null],
      [this.#key(file), null],
    ])
  }

  announceLater(file: FileId): void {
    this.#toAnnounce.add(file)
    if (this.#toAnnounce.size > 1) return
    this.#parts.after(ANNOUNCE_MS, 'announce', () => {
      const news = [...this.#toAnnounce].filter((id) => this.records.has(id) && !this.claims(id))
      this.#toAnnounce.clear()
      for (const id of news) this.#parts.announcing(id)
      if (news.length > 0) this.#change(news.map((id) => [this.#key(id), 'copy']))
    })
  }

  withdraw(file: FileId): void {
    this.#toAnnounce.delete(file)
    if (this.claims(file)) this.#change([[this.#key(file), null]])
  }

  /** False: nothing of it was news. */
  take(from: TabId, update: RecordUpdate): boolean {
    const news = this.records.merge(update)
    if (news.size > 0) this.#tell(news, from)
    return news.size > 0
  }

  #change(changes: readonly (readonly [string, SharedRecord['value']])[]): void {
    this.#tell(this.records.set(new Map(changes)))
  }

  #tell(update: RecordUpdate, but?: TabId): void {
    this.#parts.disk.records = new Map(this.records.all)
    this.#parts.sendToAll(update, but)
    this.#parts.changed()
  }

  #key(file: FileId): string {
    return copyKey(file, this.#parts.device)
  }
}
