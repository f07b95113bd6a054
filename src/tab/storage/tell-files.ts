/**
 * Tells the page and the other tabs of the device how the files stand: at most every FILES_TOLD_MS while something
 * happens, less often where the page is busy showing it, and once a second while something is under way.
 */
import type { FileState, RoomFile } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileId } from '../../protocol/ids.ts'
import { FILES_TOLD_MS } from '../../protocol/limits.ts'
import type { FragmentFetcher } from './fetch-fragments.ts'
import type { FileList } from './file-list.ts'
import type { KeepObjects } from './keep-objects.ts'
import type { ObjectIndex } from './object-index.ts'
import type { SignedRecords } from './signed-records.ts'

/** Speed and time left change even while nothing arrives. */
const PULSE_MS = 1_000
const TABS_TOLD_MS = 5 * FILES_TOLD_MS
/** Showing a list of ten thousand takes its time: it gets this share of the page's at most. */
const REST_FACTOR = 5

export type TellParts = {
  readonly records: SignedRecords
  readonly index: ObjectIndex
  readonly clock: Clock
  readonly list: FileList
  readonly fetcher: FragmentFetcher
  readonly keep: KeepObjects
  readonly isAdding: () => boolean
  readonly tellTabs: (states: readonly (readonly [FileId, FileState])[]) => void
}

export class FilesTeller {
  readonly #parts: TellParts
  readonly #listeners = new Set<() => void>()
  #toldAtMs = Number.NEGATIVE_INFINITY
  #tabsToldAtMs = Number.NEGATIVE_INFINITY
  /** From one telling to the next. */
  #restMs = FILES_TOLD_MS
  #stopTelling: (() => void) | undefined
  #stopPulse = () => {}
  #isClosed = false

  constructor(parts: TellParts) {
    this.#parts = parts
  }

  rows(): readonly RoomFile[] {
    return this.#parts.list.rows()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Listeners hear of it in a moment. */
  soon(): void {
    const { clock } = this.#parts
    if (this.#isClosed) return
    this.#stopTelling ??= clock.after(Math.max(0, this.#toldAtMs + this.#restMs - clock.monotonicMs()), () => this.#tell())
  }

  /** A file became whole: nobody shall wait for the turn of the next figures. */
  next(): void {
    if (this.#isClosed) return
    this.#stopTelling?.()
    this.#stopTelling = this.#parts.clock.after(0, () => this.#tell())
  }

  close(): void {
    this.#isClosed = true
    this.#stopTelling?.()
    this.#stopPulse()
  }

  #tell(): void {
    const { clock, list, fetcher, isAdding } = this.#parts
    this.#stopTelling = undefined
    this.#toldAtMs = clock.monotonicMs()
    list.sample()
    this.#tellTabs()
    for (const listener of [...this.#listeners]) listener()
    // Views follow in microtasks of their own, begun before this one.
    queueMicrotask(() => {
      this.#restMs = Math.max(FILES_TOLD_MS, REST_FACTOR * (clock.monotonicMs() - this.#toldAtMs))
    })
    this.#stopPulse()
    if (fetcher.state.keeps.size > 0 || isAdding()) this.#stopPulse = clock.after(PULSE_MS, () => this.soon())
  }

  #tellTabs(): void {
    const { records, index, clock, list, fetcher, keep, tellTabs } = this.#parts
    const nowMs = clock.monotonicMs()
    if (!keep.isReady || nowMs - this.#tabsToldAtMs < TABS_TOLD_MS) return
    this.#tabsToldAtMs = nowMs
    const files = [...fetcher.state.keeps.keys()]
      .flatMap((object) => [...index.pointers(object)])
      .flatMap((id) => records.files.get(id) ?? [])
    tellTabs(files.map((file) => [file.id, list.stateOf(file)] as const))
  }
}
