/** The rows of the file list: what the room says of each file, and what this device does with it. */
import { fileState } from '../../core/storage/file-state.ts'
import { figuresOf, noteDone, type Rate, startRate } from '../../core/storage/rate.ts'
import type { FileState, RoomFile } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceId, FileId, TabId } from '../../protocol/ids.ts'
import type { FileRecord } from '../../protocol/room-state.ts'
import type { Draft } from './add-file.ts'
import type { BlockFetcher } from './fetch-blocks.ts'
import type { WishBook } from './file-wishes.ts'
import type { Replication } from './replicate-files.ts'

/** A file being added here, not yet in the room. */
export type Adding = { readonly draft: Draft; rate: Rate; doneBytes: number; readonly stop: AbortController }

export type ListParts = {
  readonly device: DeviceId
  readonly clock: Clock
  readonly nameOf: (device: DeviceId) => string
  readonly deviceOf: (tab: TabId) => DeviceId | undefined
  readonly isHere: (device: DeviceId) => boolean
  readonly replication: Replication
  readonly fetcher: BlockFetcher
  readonly wishes: WishBook
  readonly adding: ReadonlyMap<FileId, Adding>
  /** What the leading tab of this device says of files it fetches. */
  readonly told: ReadonlyMap<FileId, FileState>
}

export class FileList {
  readonly #parts: ListParts
  readonly #rates = new Map<FileId, Rate>()

  constructor(parts: ListParts) {
    this.#parts = parts
  }

  /** Takes a sample of each file under way; called as often as the list is told. */
  sample(): void {
    const { fetcher, clock } = this.#parts
    const nowMs = clock.monotonicMs()
    for (const id of this.#rates.keys()) if (!fetcher.state.files.has(id)) this.#rates.delete(id)
    for (const { id, doneBytes } of fetcher.state.files.values()) {
      const rate = this.#rates.get(id)
      this.#rates.set(id, rate === undefined ? startRate(nowMs, doneBytes) : noteDone(rate, nowMs, doneBytes))
    }
    for (const entry of this.#parts.adding.values()) entry.rate = noteDone(entry.rate, nowMs, entry.doneBytes)
  }

  rows(records: Iterable<FileRecord>): readonly RoomFile[] {
    const senders = this.#senders()
    const said = { nameOf: once(this.#parts.nameOf), isHere: once(this.#parts.isHere) }
    const rows = [...records].map((record) => this.#row(record, this.stateOf(record, senders), said))
    const adding = [...this.#parts.adding.values()].map((entry) => this.#row({ ...entry.draft, root: '' }, this.#addingState(entry), said))
    return [...rows, ...adding].sort((a, b) => a.addedAtMs - b.addedAtMs || (a.id < b.id ? -1 : 1))
  }

  row(record: FileRecord): RoomFile {
    return this.#row(record, this.stateOf(record))
  }

  stateOf(record: FileRecord, senders = this.#senders()): FileState {
    const { replication, wishes, fetcher, told, clock } = this.#parts
    const { id } = record
    const active = fetcher.state.files.get(id)
    const nowMs = clock.monotonicMs()
    const rate = this.#rates.get(id) ?? startRate(nowMs, 0)
    const state = fileState({
      isHeld: replication.isHeld(id),
      wish: wishes.wishes.get(id),
      failed: replication.failed.get(id),
      isReachable: replication.holders(id).length > 0,
      figures: active && {
        doneBytes: Math.min(active.doneBytes, record.bytes),
        ...figuresOf(rate, nowMs, active.doneBytes, record.bytes),
        from: senders.get(id) ?? [],
      },
      doneBytes: active?.doneBytes ?? replication.doneBytes.get(id) ?? 0,
    })
    return state.kind === 'held' || replication.isLeader ? state : (told.get(id) ?? state)
  }

  /** Names of the devices each file is coming from. */
  #senders(): ReadonlyMap<FileId, readonly string[]> {
    const { fetcher, deviceOf, nameOf } = this.#parts
    const names = new Map<FileId, Set<string>>()
    for (const { from, files } of fetcher.state.underway.values()) {
      const device = from === undefined ? undefined : deviceOf(from)
      if (device === undefined) continue
      for (const file of files.keys()) names.set(file, (names.get(file) ?? new Set()).add(nameOf(device)))
    }
    return new Map([...names].map(([file, set]) => [file, [...set]]))
  }

  #addingState({ draft, rate, doneBytes }: Adding): FileState {
    const nowMs = this.#parts.clock.monotonicMs()
    return { kind: 'adding', doneBytes, ...figuresOf(rate, nowMs, doneBytes, draft.bytes), from: [] }
  }

  #row(
    record: Draft & { readonly root: string },
    state: FileState,
    { nameOf, isHere }: Pick<ListParts, 'nameOf' | 'isHere'> = this.#parts,
  ): RoomFile {
    const { device, replication } = this.#parts
    const { id, name, type, bytes, root, addedAtMs } = record
    const copies = (replication.copies.get(id) ?? []).map((of) => ({
      device: of,
      name: nameOf(of),
      isHere: of === device || isHere(of),
      isMyDevice: of === device,
    }))
    return { id, name, type, bytes, root, addedBy: nameOf(record.addedBy), addedAtMs, copies, state }
  }
}

/** The same few devices stand behind thousands of rows. */
function once<Key, Value>(ask: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>()
  return (key) => {
    const value = known.has(key) ? (known.get(key) as Value) : ask(key)
    known.set(key, value)
    return value
  }
}
