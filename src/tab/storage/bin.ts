/**
 * The bin: files taken out of the room, which anybody may bring back for a day. Every device that has heard of it says
 * so, since fragments are erased only when enough know.
 */
import type { BinnedFile } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RoomState } from '../../ports/room-state.ts'
import type { DeviceId, FileId } from '../../protocol/ids.ts'
import { BIN_MS } from '../../protocol/limits.ts'
import type { BinRecord, FileRecord } from '../../protocol/room-state.ts'
import type { SignedRecords } from './signed-records.ts'

export type BinParts = {
  readonly device: DeviceId
  readonly state: RoomState
  readonly records: SignedRecords
  readonly clock: Clock
  readonly nameOf: (device: DeviceId) => string
}

export class Bin {
  readonly #parts: BinParts

  constructor(parts: BinParts) {
    this.#parts = parts
  }

  /** The bin is written first: who sees the file go must see where it went. */
  remove(files: readonly FileRecord[]): void {
    const { records, device, clock } = this.#parts
    const atMs = clock.nowMs()
    records.bin.write(new Map(files.map((file) => [file.id, { file, by: device, atMs }])))
    this.seen(files.map(({ id }) => id))
    records.files.remove(files.map(({ id }) => id))
  }

  /** False when it is not there any more. */
  undo(id: FileId): boolean {
    const { records } = this.#parts
    const binned = records.bin.get(id)
    if (binned === undefined || this.#isOver(binned)) return false
    records.files.write(new Map([[id, binned.file]]))
    this.drop([id])
    return true
  }

  /** Newest first. */
  list(): readonly BinnedFile[] {
    const { records, nameOf } = this.#parts
    return [...records.bin.entries.values()]
      .filter((binned) => !this.#isOver(binned) && records.files.get(binned.file.id) === undefined)
      .map(({ file, by, atMs }) => ({
        id: file.id,
        name: file.name,
        bytes: file.bytes,
        removedBy: nameOf(by),
        removedAtMs: atMs,
        goneAtMs: atMs + BIN_MS,
      }))
      .sort((a, b) => b.removedAtMs - a.removedAtMs)
  }

  /** This device knows of them. */
  seen(files: Iterable<FileId>): void {
    const { state, device, clock } = this.#parts
    const news = [...files].map((id) => `${id}/${device}`).filter((key) => state.seen.get(key) === undefined)
    if (news.length > 0) state.seen.setMany(new Map(news.map((key) => [key, { atMs: clock.nowMs() }])))
  }

  hasSeen(file: FileId, device: DeviceId): boolean {
    return this.#parts.state.seen.get(`${file}/${device}`) !== undefined
  }

  /** Out of the bin, one way or the other. */
  drop(files: readonly FileId[]): void {
    const { state, records } = this.#parts
    const dropped = new Set<string>(files)
    const known = [...state.seen.entries().keys()].filter((key) => dropped.has(key.slice(0, key.indexOf('/'))))
    records.bin.remove(files)
    if (known.length > 0) state.seen.deleteMany(known)
  }

  #isOver({ atMs }: BinRecord): boolean {
    return this.#parts.clock.nowMs() - atMs >= BIN_MS
  }
}
