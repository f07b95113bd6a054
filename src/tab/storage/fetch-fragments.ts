/** Fragments of objects over all links: rows kept whole, chunks for readers, manifest blocks. */
import { isStuck } from '../../core/storage/assign.ts'
import { type FetchState, type RowHolders, readKey } from '../../core/storage/fetch-state.ts'
import type { ObjectShape } from '../../core/storage/layout.ts'
import type { Segments } from '../../core/storage/segments.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId, TabId } from '../../protocol/ids.ts'
import { BLOCK_WAIT_MS } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { FetcherParts } from './fetcher-parts.ts'
import type { Fragments } from './gather-chunks.ts'
import { FetchRun } from './run-fetch.ts'

export type { RowHolders } from '../../core/storage/fetch-state.ts'
export type { FetcherParts } from './fetcher-parts.ts'

export type ReadOptions = {
  readonly urgent?: boolean
  readonly signal?: AbortSignal | undefined
  /** How long to wait while fewer than k rows are to be had. */
  readonly waitMs?: number
  /** Rows the reader found in the store; undefined: it did not look. */
  readonly found?: Fragments
}

export type Progress = { readonly doneBytes: number; readonly totalBytes: number; readonly from: readonly TabId[] }

export class FragmentFetcher {
  readonly #run: FetchRun
  readonly #clock: Clock

  constructor(parts: FetcherParts) {
    this.#run = new FetchRun(parts)
    this.#clock = parts.clock
  }

  get state(): FetchState {
    return this.#run.state
  }

  /** Keeps these rows of the object whole: looks in the store first, fetches what lacks. Said again with other holders, it goes on. */
  keep(object: ObjectShape, rows: readonly number[], holders: RowHolders): void {
    this.#run.handle({ kind: 'keep', object, rows, holders })
  }

  /** Other tabs hold the object now: for keeping and for reading it. */
  holders(object: ObjectId, holders: RowHolders): void {
    this.#run.handle({ kind: 'holders', object, holders })
  }

  stop(object: ObjectId): void {
    this.#run.handle({ kind: 'stop', object })
  }

  /** Nothing more of it can be had now. */
  isStuck(object: ObjectId): boolean {
    return isStuck(this.#run.state, object, this.#clock.monotonicMs())
  }

  progress(object: ObjectId): Progress | undefined {
    const keep = this.#run.state.keeps.get(object)
    if (keep === undefined) return undefined
    const entries = [...this.#run.state.underway.values()].filter(({ keeps }) => keeps.has(object))
    const from = [...new Set(entries.flatMap(({ asks }) => asks.map((ask) => ask.from)))]
    return { doneBytes: keep.doneBytes, totalBytes: keep.totalBytes, from }
  }

  /** k fragments of a chunk, or more, for a reader. Throws `block-missing`, `aborted`. */
  async chunk(
    object: ObjectShape,
    chunk: number,
    holders: RowHolders,
    { urgent = false, signal, waitMs = BLOCK_WAIT_MS, found }: ReadOptions = {},
  ): Promise<Fragments> {
    if (this.#run.isClosed || signal?.aborted) throw new RoomError('aborted', 'nobody waits for it')
    const key = readKey(object.id, chunk)
    const fragments = this.#run.gathers.wait(key, { signal, waitMs })
    for (const [row, bytes] of found ?? []) this.#run.gathers.at(key).rows.set(row, bytes)
    this.#run.handle({ kind: 'read', object, chunk, holders, urgent, found: found && [...found.keys()] })
    return fragments
  }

  /** A few sealed segments laid end to end, each compared with its digest; undefined: the chunk is to be read whole. Throws `aborted`. */
  async segments(
    object: ObjectShape,
    chunk: number,
    segments: Segments,
    holders: RowHolders,
    signal: AbortSignal,
  ): Promise<Bytes | undefined> {
    if (this.#run.isClosed || signal.aborted) throw new RoomError('aborted', 'nobody waits for it')
    const { peek, bytes } = this.#run.peeks.wait(signal)
    this.#run.handle({ kind: 'peek', peek, object, chunk, segments, holders })
    return bytes
  }

  /** A manifest block from any tab there is. Throws `block-missing`, `aborted`. */
  async block(id: BlockId, signal?: AbortSignal): Promise<Bytes> {
    if (this.#run.isClosed || signal?.aborted) throw new RoomError('aborted', 'nobody waits for it')
    const block = this.#run.loads.wait(id, signal)
    this.#run.handle({ kind: 'load', id })
    return block
  }

  /** The links there are, whenever one comes, goes or changes. */
  follow(links: readonly Link[]): void {
    this.#run.follow(links)
  }

  close(): void {
    this.#run.close()
  }
}
