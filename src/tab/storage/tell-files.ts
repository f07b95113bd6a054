/**
 * Tells the page and the other tabs of the device how the files stand: at most every FILES_TOLD_MS while something
 * happens, and once a second while something is under way.
 */
import type { FileState, RoomFile } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RoomState } from '../../ports/room-state.ts'
import type { FileId } from '../../protocol/ids.ts'
import { FILES_TOLD_MS } from '../../protocol/limits.ts'
import type { BlockFetcher } from './fetch-blocks.ts'
import type { FileList } from './file-list.ts'
import type { Replication } from './replicate-files.ts'

/** Speed and time left change even while nothing arrives. */
const PULSE_MS = 1_000
const TABS_TOLD_MS = 5 * FILES_TOLD_MS

export type TellParts = {
  readonly state: RoomState
  readonly clock: Clock
  readonly list: FileList
  readonly fetcher: BlockFetcher
  readonly replication: Replication
  readonly isAdding: () => boolean
  readonly tellTabs: (states: readonly (readonly [FileId, FileState])[]) => void
}

export class FilesTeller {
  readonly #parts: TellParts
  readonly #listeners = new Set<() => void>()
  #rows: readonly RoomFile[] | undefined
  #toldAtMs = Number.NEGATIVE_INFINITY
  #tabsToldAtMs = Number.NEGATIVE_INFINITY
  #stopTelling: (() => void) | undefined
  #stopPulse = () => {}

  constructor(parts: TellParts) {
    this.#parts = parts
  }

  rows(): readonly RoomFile[] {
    this.#rows ??= this.#parts.list.rows(this.#parts.state.files.entries().values())
    return this.#rows
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What was read before is no longer true, at once; listeners hear of it in a moment. */
  soon(): void {
    this.#rows = undefined
    const { clock } = this.#parts
    this.#stopTelling ??= clock.after(Math.max(0, this.#toldAtMs + FILES_TOLD_MS - clock.monotonicMs()), () => this.#tell())
  }

  /** A file became whole: nobody shall wait for the turn of the next figures. */
  next(): void {
    this.#stopTelling?.()
    this.#stopTelling = this.#parts.clock.after(0, () => this.#tell())
  }

  close(): void {
    this.#stopTelling?.()
    this.#stopPulse()
  }

  #tell(): void {
    const { clock, list, fetcher, replication, isAdding } = this.#parts
    this.#stopTelling = undefined
    this.#toldAtMs = clock.monotonicMs()
    list.sample()
    this.#tellTabs()
    for (const listener of [...this.#listeners]) listener()
    replication.walkMore()
    this.#stopPulse()
    if (fetcher.state.files.size > 0 || isAdding()) this.#stopPulse = clock.after(PULSE_MS, () => this.soon())
  }

  #tellTabs(): void {
    const { state, clock, list, fetcher, replication, tellTabs } = this.#parts
    const nowMs = clock.monotonicMs()
    if (!replication.isLeader || nowMs - this.#tabsToldAtMs < TABS_TOLD_MS) return
    this.#tabsToldAtMs = nowMs
    const records = [...fetcher.state.files.keys()].flatMap((id) => state.files.get(id) ?? [])
    tellTabs(records.map((record) => [record.id, list.stateOf(record)] as const))
  }
}
