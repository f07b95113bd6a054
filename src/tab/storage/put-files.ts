/** Files being added in this tab: each is listed from the start, and the room knows of it when it is wholly stored. */
import { startRate } from '../../core/storage/rate.ts'
import type { PutOptions } from '../../ports/asterism.ts'
import type { RoomState } from '../../ports/room-state.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { type DeviceId, type FileId, toFileId } from '../../protocol/ids.ts'
import { copyKey, type FileRecord } from '../../protocol/room-state.ts'
import { type AddParts, addFile, draftOf, type FileData } from './add-file.ts'
import type { Adding } from './file-list.ts'
import { Importer, type ImporterPort } from './importer.ts'

export type PutParts = Omit<AddParts, 'importer'> & {
  readonly device: DeviceId
  readonly state: RoomState
  readonly importer: () => ImporterPort
  readonly random: (bytes: number) => Bytes
  readonly signal: AbortSignal
  readonly changed: () => void
  /** Every block is here; the room is about to know. */
  readonly added: (file: FileId) => void
}

export class FilePuts {
  readonly adding = new Map<FileId, Adding>()
  readonly #parts: PutParts
  #importer: Importer | undefined

  constructor(parts: PutParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', () => {
      for (const { stop } of this.adding.values()) stop.abort()
    })
  }

  async put(data: FileData, options: PutOptions): Promise<FileRecord> {
    const { device, state, clock, random, signal, changed, added } = this.#parts
    this.#importer ??= new Importer(this.#parts.importer())
    const draft = draftOf(data, options, { id: toFileId(random(16)), addedBy: device, addedAtMs: clock.nowMs() })
    const { id } = draft
    const stop = new AbortController()
    const entry: Adding = { draft, rate: startRate(clock.monotonicMs(), 0), doneBytes: 0, stop }
    const until = AbortSignal.any([stop.signal, signal, ...(options.signal === undefined ? [] : [options.signal])])
    const onStored = (doneBytes: number) => {
      entry.doneBytes = doneBytes
      options.onProgress?.({ doneBytes, totalBytes: Math.max(draft.bytes, doneBytes) })
      changed()
    }
    this.adding.set(id, entry)
    changed()
    try {
      const record = await addFile({ ...this.#parts, importer: this.#importer }, draft, data, { signal: until, onStored })
      added(id)
      state.files.setMany(new Map([[id, record]]))
      state.copies.setMany(new Map([[copyKey(id, device), { atMs: clock.nowMs() }]]))
      return record
    } finally {
      this.adding.delete(id)
      changed()
    }
  }

  /** False when no such file is being added. */
  stop(id: FileId): boolean {
    const entry = this.adding.get(id)
    entry?.stop.abort()
    return entry !== undefined
  }
}
