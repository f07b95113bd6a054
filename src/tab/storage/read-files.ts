/**
 * Reads files in this tab and for the service worker: from the store, and from members what the store lacks. What was
 * fetched for a reader stays as a marked copy, and is announced when a row of it is whole: readers repair.
 */
import type { Segments } from '../../core/storage/segments.ts'
import type { RoomFileKeys } from '../../pipeline/file-keys.ts'
import { type Loaded, loadRows, unfailing } from '../../pipeline/held-rows.ts'
import type { OpenObject } from '../../pipeline/manifest.ts'
import { type LoadChunk, type LoadSegments, readObject } from '../../pipeline/read-object.ts'
import type { GetOptions } from '../../ports/asterism.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import { CHUNK_BYTES, GET_AHEAD_CHUNKS, MANIFEST_AGAIN_MS, READ_NOTED_MS, READ_WAIT_MS } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { FileRecord } from '../../protocol/room-state.ts'
import type { SegmentsNeeded } from '../../protocol/storage-worker.ts'
import { completeRows } from './complete-rows.ts'
import type { FragmentFetcher } from './fetch-fragments.ts'
import type { ObjectBook } from './object-book.ts'
import type { OwnHoldings } from './own-holdings.ts'
import type { RoomFacts } from './room-facts.ts'

export type ReadParts = {
  readonly keys: RoomFileKeys
  readonly blocks: BlockStore
  readonly clock: Clock
  readonly book: ObjectBook
  readonly facts: RoomFacts
  readonly fetcher: FragmentFetcher
  readonly holdings: OwnHoldings
  readonly isLeader: () => boolean
  /** Another tab of the device leads: it is told what was read here. */
  readonly tellLeader: (object: ObjectId) => void
  readonly notify: (code: RoomErrorCode, detail: string) => void
  readonly signal: AbortSignal
}

/** `wasWhole`: this device said that it has all of the object. */
type Looked = Loaded & { readonly wasWhole: boolean }

export class FileReader {
  readonly #parts: ReadParts
  readonly #read = new Set<ObjectId>()
  #stop: (() => void) | undefined

  constructor(parts: ReadParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', () => this.#stop?.(), { once: true })
  }

  async *get(file: FileRecord, { offset = 0, length, signal, onProgress }: GetOptions = {}): AsyncGenerator<Uint8Array> {
    const { keys } = this.#parts
    const from = Math.min(Math.max(0, Math.floor(offset)), file.bytes)
    const totalBytes = Math.max(0, Math.min(length ?? file.bytes, file.bytes - from))
    if (signal?.aborted) throw new RoomError('aborted')
    if (totalBytes === 0) return
    const object = await this.#open(file.object, signal)
    const first = Math.floor((file.offset + from) / CHUNK_BYTES)
    let lookedFirst: Promise<Looked> | undefined
    const look = (chunk: number) => {
      if (chunk !== first) return this.#look(object, chunk)
      lookedFirst ??= this.#look(object, chunk)
      return lookedFirst
    }
    const load: LoadChunk = async (_, chunk, gone) => this.#load(object, chunk, await look(chunk), gone, chunk === first)
    const loadSegments: LoadSegments = async (_, chunk, segments, gone) =>
      (await look(chunk)).fragments.size >= object.k ? undefined : this.#segments(object, chunk, segments, gone)
    const options = { readAhead: GET_AHEAD_CHUNKS, loadSegments, ...(signal === undefined ? {} : { signal }) }
    let doneBytes = 0
    for await (const bytes of readObject(object, file.offset + from, totalBytes, keys, load, options)) {
      doneBytes += bytes.byteLength
      yield bytes
      onProgress?.({ doneBytes, totalBytes })
    }
  }

  /** The service worker streams a file and lacks this chunk, or the manifest. */
  async supply(id: ObjectId, chunk: number | undefined): Promise<void> {
    const object = await this.#parts.book.open(id)
    if (chunk === undefined || chunk >= object.chunks.length) return
    await this.#load(object, chunk, await this.#look(object, chunk), this.#parts.signal, true)
  }

  /** Somebody begins to read at the file's address. undefined: the chunk had better be read whole. */
  async segments({ object: id, chunk, first, count }: SegmentsNeeded): Promise<Bytes | undefined> {
    const object = await this.#parts.book.open(id)
    return this.#segments(object, chunk, { first, count }, this.#parts.signal)
  }

  /** Somebody came or went, or holds something else now: what is being read comes from whoever has it. */
  holdersChanged(objects?: ReadonlySet<ObjectId>): void {
    const { fetcher, facts } = this.#parts
    const reading = new Map([...fetcher.state.reads.values()].map(({ object }) => [object.id, object.k]))
    for (const [id, k] of reading) if (objects === undefined || objects.has(id)) fetcher.holders(id, facts.holders(id, k))
  }

  /** Somebody read it on this device. */
  noteRead(object: ObjectId): void {
    this.#read.add(object)
    this.#stop ??= this.#parts.clock.after(READ_NOTED_MS, () => void this.#announceRead())
  }

  /** Who has just come in knows a file before he is connected to anybody. Throws `block-missing`, `manifest-invalid`, `aborted`. */
  async #open(id: ObjectId, signal: AbortSignal | undefined): Promise<OpenObject> {
    const { book, clock } = this.#parts
    const untilMs = clock.monotonicMs() + READ_WAIT_MS
    for (;;) {
      try {
        return await book.open(id)
      } catch (error) {
        const isMissing = error instanceof RoomError && error.code === 'block-missing'
        if (!isMissing || clock.monotonicMs() >= untilMs) throw error
      }
      await new Promise<void>((resolve) => clock.after(MANIFEST_AGAIN_MS, resolve))
      if (signal?.aborted === true || this.#parts.signal.aborted) throw new RoomError('aborted')
    }
  }

  #segments(object: OpenObject, chunk: number, segments: Segments, signal: AbortSignal): Promise<Bytes | undefined> {
    const { fetcher, facts } = this.#parts
    return fetcher.segments(object, chunk, segments, facts.holders(object.id, object.k), signal)
  }

  /** What comes to be kept after the look was not missing before it. */
  async #look(object: OpenObject, chunk: number): Promise<Looked> {
    const wasWhole = this.#parts.holdings.whole(object.id).size >= object.k
    return { wasWhole, ...(await loadRows(unfailing(this.#parts.blocks), object, chunk)) }
  }

  /** `urgent`: somebody waits for this very chunk, and not for one before it. */
  async #load(
    object: OpenObject,
    chunk: number,
    { fragments, isDamaged, wasWhole }: Looked,
    signal: AbortSignal,
    urgent: boolean,
  ): Promise<ReadonlyMap<number, Bytes>> {
    const { fetcher, facts, notify } = this.#parts
    if (fragments.size >= object.k) return fragments
    const options = { urgent, signal, waitMs: READ_WAIT_MS, found: fragments }
    const fetched = await fetcher.chunk(object, chunk, facts.holders(object.id, object.k), options)
    // This device said it has all of it: what was fetched had been lost or spoiled.
    if (wasWhole || isDamaged) notify('block-mismatch', `chunk ${chunk} of ${object.id}`)
    this.noteRead(object.id)
    return fetched
  }

  async #announceRead(): Promise<void> {
    const { isLeader, tellLeader, book, blocks, holdings, signal } = this.#parts
    this.#stop = undefined
    const read = [...this.#read]
    this.#read.clear()
    for (const id of read) {
      if (signal.aborted) return
      if (!isLeader()) {
        tellLeader(id)
        continue
      }
      const object = await book.openHere(id)
      if (object === undefined) continue
      const rows = await completeRows(blocks, object, signal)
      const { kept, marked, holes } = holdings.get(id)
      const found = [...rows].filter((row) => !kept.has(row))
      if (found.length > 0) holdings.set(id, { kept, marked: new Set([...marked, ...found]), holes })
    }
  }
}
