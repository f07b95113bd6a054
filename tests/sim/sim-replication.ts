/**
 * Which files a simulated device walks, and who can give them: all that the room lists, oldest first, those nobody could
 * give set aside for a while, as the adapter of a tab does it.
 */
import { isStuck } from '../../src/core/storage/assign.ts'
import type { FetchEvent, FetchState } from '../../src/core/storage/fetch-state.ts'
import { type CopiesByFile, copiesByFile, filesToWalk, holdersOf, type Reachable, tabOfDevice } from '../../src/core/storage/replicate.ts'
import type { DeviceId, FileId, TabId } from '../../src/protocol/ids.ts'
import { FILES_ACTIVE, REFUSED_FOR_MS } from '../../src/protocol/limits.ts'
import type { SimRecords } from './sim-records.ts'

export type ReplicationParts = {
  readonly records: SimRecords
  readonly fetching: () => FetchState
  readonly fetch: (event: FetchEvent) => void
  readonly reachable: () => readonly Reachable[]
  readonly withdraw: (file: FileId) => void
  readonly nowMs: () => number
}

export class SimReplication {
  /** Files that were walked to their end and found whole. */
  readonly walked = new Set<FileId>()
  readonly failed = new Set<FileId>()
  readonly #aside = new Map<FileId, number>()
  readonly #parts: ReplicationParts
  #copies: CopiesByFile = new Map()
  #tabs: ReadonlyMap<DeviceId, TabId> = new Map()

  constructor(parts: ReplicationParts) {
    this.#parts = parts
  }

  /** Something waits for time to pass. */
  get isWaiting(): boolean {
    return this.#aside.size > 0
  }

  refresh(): void {
    const { records, fetching, fetch, reachable } = this.#parts
    this.#tabs = tabOfDevice(reachable())
    this.#copies = copiesByFile(records.copyKeys())
    for (const id of [...fetching().files.keys(), ...this.walked]) if (!records.has(id)) this.#forget(id)
    for (const { id, holders } of fetching().files.values()) {
      const now = this.#holders(id)
      if (now.join() !== holders.join()) fetch({ kind: 'holders', id, holders: now })
    }
    this.walkMore()
  }

  walkMore(): void {
    const { records, fetching, fetch, nowMs } = this.#parts
    for (const file of [...fetching().files.values()]) {
      if (!isStuck(fetching(), file, nowMs())) continue
      this.#aside.set(file.id, nowMs() + REFUSED_FOR_MS)
      fetch({ kind: 'stop', id: file.id })
    }
    for (const { id, root, bytes } of filesToWalk(records.files(), this.walked, new Map())) {
      if (fetching().files.size >= FILES_ACTIVE) return
      if (fetching().files.has(id) || this.failed.has(id) || this.#isAside(id)) continue
      this.#aside.delete(id)
      fetch({ kind: 'file', id, root, bytes, holders: this.#holders(id) })
    }
  }

  #forget(file: FileId): void {
    const { fetching, fetch, withdraw } = this.#parts
    if (fetching().files.has(file)) fetch({ kind: 'stop', id: file })
    this.walked.delete(file)
    withdraw(file)
  }

  /** Also without holders it is looked at again: its blocks may have come with another file. */
  #isAside(file: FileId): boolean {
    return this.#parts.nowMs() < (this.#aside.get(file) ?? 0)
  }

  #holders(file: FileId): readonly TabId[] {
    return holdersOf(this.#copies.get(file), this.#tabs)
  }
}
