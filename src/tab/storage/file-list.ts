/**
 * The rows of the file list: what the room says of each file, and what this device does with it. A row is made again
 * only when something of it changed, so that ten thousand files cost what is happening and not what is there. When all of
 * them may look different, because somebody came or went, they are looked at in turns, and show meanwhile what they did.
 */
import { type Figures, type FileFacts, fileState } from '../../core/storage/file-state.ts'
import { figuresOf, noteDone, type Rate, startRate } from '../../core/storage/rate.ts'
import type { FileState, RoomFile } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceId, FileId, TabId } from '../../protocol/ids.ts'
import { SLICE_MS } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { FileRecord } from '../../protocol/room-state.ts'
import type { FragmentFetcher } from './fetch-fragments.ts'
import type { Draft } from './file-draft.ts'
import { byAge, merged, reordered } from './file-order.ts'
import type { WishBook } from './file-wishes.ts'
import type { KeepObjects } from './keep-objects.ts'
import type { ObjectBook } from './object-book.ts'
import type { ObjectIndex } from './object-index.ts'
import type { OwnHoldings } from './own-holdings.ts'
import type { SignedRecords } from './signed-records.ts'
import { copiesOfObject, type StatParts, safetyOfObject } from './stat-files.ts'

/** A file being added here, not yet in the room. */
export type Adding = { readonly draft: Draft; rate: Rate; doneBytes: number; readonly stop: AbortController }

export type ListParts = StatParts & {
  readonly clock: Clock
  readonly records: SignedRecords
  readonly index: ObjectIndex
  readonly book: ObjectBook
  readonly holdings: OwnHoldings
  readonly keep: KeepObjects
  readonly fetcher: FragmentFetcher
  readonly wishes: WishBook
  readonly deviceOf: (tab: TabId) => DeviceId | undefined
  readonly adding: ReadonlyMap<FileId, Adding>
  /** What the leading tab of this device says of files it fetches. */
  readonly told: ReadonlyMap<FileId, FileState>
  readonly signal: AbortSignal
  /** Rows look different that were not asked for again. */
  readonly renewed: () => void
}

/** What all files of an object have in common: thousands may share one. */
type ObjectView = Pick<RoomFile, 'copies' | 'safety'> & {
  readonly facts: Omit<FileFacts, 'wish' | 'figures' | 'doneBytes'>
  readonly doneBytes: number
  readonly active: (Figures & { readonly totalBytes: number }) | undefined
}

export class FileList {
  readonly #parts: ListParts
  readonly #rates = new Map<ObjectId, Rate>()
  readonly #rows = new Map<FileId, RoomFile>()
  readonly #views = new Map<ObjectId, ObjectView>()
  /** Objects whose view may not be true any more. */
  readonly #stale = new Set<ObjectId>()
  /** Files that came, changed or went since the order was made. */
  readonly #touched = new Set<FileId>()
  #order: readonly FileRecord[] = []
  #shown: readonly RoomFile[] | undefined
  #stopRenewing: (() => void) | undefined

  constructor(parts: ListParts) {
    this.#parts = parts
    for (const { id } of parts.records.files.entries.values()) this.#touched.add(id)
    parts.signal.addEventListener('abort', () => this.#stopRenewing?.(), { once: true })
  }

  /** Somebody came, went or is called otherwise now: every row may look different. */
  allChanged(): void {
    this.changed(this.#views.keys())
  }

  changed(objects: Iterable<ObjectId>): void {
    for (const object of objects) if (this.#views.has(object)) this.#stale.add(object)
    this.#shown = undefined
  }

  fileChanged(id: FileId): void {
    this.#rows.delete(id)
    this.#touched.add(id)
    this.#shown = undefined
  }

  /** Takes a sample of each object under way; called as often as the list is told. */
  sample(): void {
    const { fetcher, clock, adding } = this.#parts
    const nowMs = clock.monotonicMs()
    const keeps = fetcher.state.keeps
    for (const id of this.#rates.keys()) if (!keeps.has(id)) this.#rates.delete(id)
    for (const [id, { doneBytes }] of keeps) {
      const rate = this.#rates.get(id)
      this.#rates.set(id, rate === undefined ? startRate(nowMs, doneBytes) : noteDone(rate, nowMs, doneBytes))
    }
    for (const entry of adding.values()) entry.rate = noteDone(entry.rate, nowMs, entry.doneBytes)
    this.changed(keeps.keys())
  }

  rows(): readonly RoomFile[] {
    const { adding } = this.#parts
    this.#shown ??= this.#show()
    if (adding.size === 0) return this.#shown
    return merged(this.#shown, [...adding.values()].map((entry) => this.#addingRow(entry)).sort(byAge))
  }

  #show(): readonly RoomFile[] {
    const { files } = this.#parts.records
    this.#renew()
    this.#order = reordered(this.#order, this.#touched, (id) => files.get(id))
    this.#touched.clear()
    return this.#order.filter((record) => this.isListed(record)).map((record) => this.#rows.get(record.id) ?? this.#rowOf(record))
  }

  /** A turn's worth of views; the rest follows by itself. */
  #renew(): void {
    const { clock, signal, renewed } = this.#parts
    const startedMs = clock.monotonicMs()
    for (const object of this.#stale) {
      this.#look(object)
      if (clock.monotonicMs() - startedMs > SLICE_MS) break
    }
    if (this.#stale.size === 0 || signal.aborted) return
    this.#stopRenewing ??= clock.after(0, () => {
      this.#stopRenewing = undefined
      this.#renew()
      if (this.#stale.size === 0) renewed()
    })
  }

  /** The view of an object as it is now. */
  #look(object: ObjectId): ObjectView {
    const pointers = this.#parts.index.pointers(object)
    const view = this.#viewOf(object)
    this.#stale.delete(object)
    if (pointers.size > 0) this.#views.set(object, view)
    else this.#views.delete(object)
    for (const id of pointers) this.#rows.delete(id)
    this.#shown = undefined
    return view
  }

  /** A file whose object says otherwise than its record is none. */
  isListed({ object, offset, bytes, root }: FileRecord): boolean {
    const { book } = this.#parts
    if (book.isBroken(object)) return false
    const cut = book.cut(object)
    if (cut === undefined) return true
    return offset + bytes <= cut.bytes && (offset > 0 || bytes < cut.bytes || root === cut.root)
  }

  /** As it is now. */
  row(record: FileRecord): RoomFile {
    if (this.#stale.has(record.object)) this.#look(record.object)
    return this.#rows.get(record.id) ?? this.#rowOf(record)
  }

  #rowOf(record: FileRecord): RoomFile {
    const { id, object, name, folder, type, bytes, root, addedBy, addedAtMs } = record
    const { copies, safety } = this.#view(object)
    const state = this.stateOf(record)
    const row = { id, name, folder, type, bytes, root, addedBy: this.#parts.nameOf(addedBy), addedAtMs, copies, safety, state }
    this.#rows.set(id, row)
    return row
  }

  stateOf({ id, object, bytes }: FileRecord): FileState {
    const { keep, wishes, told } = this.#parts
    const { facts, active, doneBytes } = this.#view(object)
    const state = fileState({
      ...facts,
      wish: wishes.wish(id),
      figures: active && { ...active, doneBytes: this.#scaled(active.doneBytes, active.totalBytes, bytes) },
      doneBytes: this.#scaled(doneBytes, active?.totalBytes, bytes),
    })
    return state.kind === 'held' || keep.isReady ? state : (told.get(id) ?? state)
  }

  #figures(object: ObjectId): ObjectView['active'] {
    const { clock, deviceOf, nameOf, fetcher } = this.#parts
    const progress = fetcher.progress(object)
    if (progress === undefined) return undefined
    const { doneBytes, totalBytes, from } = progress
    const nowMs = clock.monotonicMs()
    const rate = this.#rates.get(object) ?? startRate(nowMs, doneBytes)
    const devices = new Set(from.flatMap((tab) => deviceOf(tab) ?? []))
    return { ...figuresOf(rate, nowMs, doneBytes, totalBytes), doneBytes, totalBytes, from: [...devices].map(nameOf) }
  }

  /** Fragments as bytes of the file: a person waits for the file, not for its seals and parity. */
  #scaled(doneBytes: number, totalBytes: number | undefined, bytes: number): number {
    if (totalBytes === undefined) return Math.min(doneBytes, bytes)
    return totalBytes === 0 ? bytes : Math.floor(Math.min(1, doneBytes / totalBytes) * bytes)
  }

  #view(object: ObjectId): ObjectView {
    const known = this.#views.get(object)
    return known === undefined || this.#stale.has(object) ? this.#look(object) : known
  }

  #viewOf(object: ObjectId): ObjectView {
    const { keep, facts, book, holdings } = this.#parts
    const k = book.cut(object)?.k ?? facts.object(object)?.layout.k
    return {
      copies: copiesOfObject(this.#parts, object),
      safety: safetyOfObject(this.#parts, object),
      facts: {
        rows: holdings.whole(object).size,
        k,
        lacking: keep.lacking(object),
        failed: keep.failed.get(object),
        isReachable: k !== undefined && facts.holders(object, k).rows.size > 0,
      },
      doneBytes: keep.doneBytes.get(object) ?? 0,
      active: this.#figures(object),
    }
  }

  #addingRow({ draft, rate, doneBytes }: Adding): RoomFile {
    const { clock, nameOf } = this.#parts
    const { id, name, folder, type, bytes, addedBy, addedAtMs } = draft
    const state: FileState = { kind: 'adding', doneBytes, ...figuresOf(rate, clock.monotonicMs(), doneBytes, bytes), from: [] }
    return { id, name, folder, type, bytes, root: '', addedBy: nameOf(addedBy), addedAtMs, copies: [], state, safety: NOT_YET }
  }
}

const NOT_YET: RoomFile['safety'] = { state: 'one-copy', spareDevices: 0 }
