/**
 * A folder, or a great many files, on its way into the room: one row that counts. Files go over in batches, so that
 * small ones are packed together; when a batch fails its files are tried one by one, and those that cannot be
 * added are counted, named and can be tried again.
 */
import { cleanFileName, cleanFolder } from '../../core/storage/file-name.ts'
import type { Files, NewFile } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import { ADD_BATCH_BYTES, ADD_BATCH_FILES } from '../../protocol/limits.ts'
import { percentOf } from '../format/amounts.ts'
import { sentenceOf } from '../format/sentence.ts'
import { type Found, type FoundFolder, listFound } from './walk-folder.ts'

export type AddOptions = { readonly sensitive: boolean }
type Batch = { readonly taken: number; readonly found: readonly Found[]; readonly files: readonly NewFile[] }

export const UNREADABLE = 'The browser could not read it.'

export class AddJob {
  readonly key: number
  readonly name: string
  readonly isFolder: boolean
  phase: 'looking' | 'adding' | 'done' | 'stopped' = $state('looking')
  total = $state(0)
  done = $state(0)
  /** What could not be added, and the reason of the latest. */
  failed: readonly Found[] = $state.raw([])
  sentence = $state('')
  /** Of the batch being added, 0 to 1. */
  #batchPart = $state(0)
  #batchFiles = 0
  /** Not added so far, whether tried or not. */
  readonly #left = new Set<Found>()
  #controller = new AbortController()
  readonly #port: Files
  readonly #options: AddOptions

  constructor(key: number, name: string, isFolder: boolean, port: Files, options: AddOptions) {
    this.key = key
    this.name = name
    this.isFolder = isFolder
    this.#port = port
    this.#options = options
  }

  percent = $derived(percentOf(this.done + this.failed.length + this.#batchPart * this.#batchFiles, Math.max(1, this.total)))
  isRunning = $derived(this.phase === 'looking' || this.phase === 'adding')

  async run(files: FoundFolder['files']): Promise<void> {
    try {
      const { found, isCut } = await listFound(files, (count) => (this.total = count), this.#controller.signal)
      this.total = found.length
      if (isCut) this.sentence = `A room holds ${found.length.toLocaleString('en')} files; the rest were left out.`
      await this.#addAll(found)
    } catch (error) {
      this.#end(error)
    }
  }

  async retry(): Promise<void> {
    const again = this.failed
    this.failed = []
    this.sentence = ''
    this.#controller = new AbortController()
    try {
      await this.#addAll(again)
    } catch (error) {
      this.#end(error)
    }
  }

  cancel(): void {
    this.#controller.abort()
    this.phase = 'stopped'
  }

  #end(error: unknown): void {
    this.phase = 'stopped'
    if (!isStop(error)) this.sentence = sentenceOf(error, UNREADABLE)
  }

  async #addAll(found: readonly Found[]): Promise<void> {
    this.phase = 'adding'
    for (const one of found) this.#left.add(one)
    let rest = found
    while (rest.length > 0) {
      const batch = await this.#nextBatch(rest)
      rest = rest.slice(batch.taken)
      try {
        await this.#addBatch(batch)
      } catch (error) {
        if (!isFull(error)) throw error
        // Nothing more will fit, however often one asks.
        this.failed = [...this.#left]
        this.sentence = sentenceOf(error, UNREADABLE)
        break
      }
    }
    this.phase = 'done'
  }

  /** Opens files until the batch is full; one that cannot be opened has failed. */
  async #nextBatch(rest: readonly Found[]): Promise<Batch> {
    const found: Found[] = []
    const files: NewFile[] = []
    let [taken, bytes] = [0, 0]
    for (const one of rest) {
      this.#controller.signal.throwIfAborted()
      if (files.length === ADD_BATCH_FILES || bytes >= ADD_BATCH_BYTES) break
      taken++
      const data = await one.open().catch(() => undefined)
      if (data === undefined) {
        this.#fail(one, UNREADABLE)
        continue
      }
      found.push(one)
      files.push({ data, name: one.name, type: data.type, ...(one.folder === '' ? {} : { folder: one.folder }) })
      bytes += data.size
    }
    return { taken, found, files }
  }

  async #addBatch({ found, files }: Batch): Promise<void> {
    if (files.length === 0) return
    const startMs = Date.now()
    this.#batchFiles = files.length
    try {
      await this.#port.putMany(files, {
        ...this.#options,
        signal: this.#controller.signal,
        onProgress: ({ doneBytes, totalBytes }) => (this.#batchPart = totalBytes === 0 ? 0 : doneBytes / totalBytes),
      })
      this.#added(found)
    } catch (error) {
      const missing = this.#notInside({ found, files }, startMs)
      this.#added(found.filter((one) => !missing.found.includes(one)))
      if (isStop(error) || isFull(error)) throw error
      await this.#addSingly(missing)
    } finally {
      this.#batchPart = 0
      this.#batchFiles = 0
    }
  }

  /** A batch is stored in several parts: what came before the failure is in the room, and must not be added twice. */
  #notInside({ found, files }: Omit<Batch, 'taken'>, sinceMs: number): Omit<Batch, 'taken'> {
    const inside = new Set(
      this.#port
        .list()
        .filter(({ addedAtMs, state }) => addedAtMs >= sinceMs && state.kind !== 'adding')
        .map(({ folder, name, bytes }) => keyOf(folder, name, bytes)),
    )
    const isMissing = files.map(({ folder, name, data }) => !inside.has(keyOf(cleanFolder(folder ?? ''), cleanFileName(name), data.size)))
    return { found: found.filter((_, i) => isMissing[i]), files: files.filter((_, i) => isMissing[i]) }
  }

  async #addSingly({ found, files }: Omit<Batch, 'taken'>): Promise<void> {
    for (const [i, { data, ...options }] of files.entries()) {
      const one = found.slice(i, i + 1)
      try {
        await this.#port.put(data, { ...options, ...this.#options, signal: this.#controller.signal })
        this.#added(one)
      } catch (error) {
        if (isStop(error) || isFull(error)) throw error
        for (const bad of one) this.#fail(bad, sentenceOf(error, UNREADABLE))
      }
    }
  }

  #added(found: readonly Found[]): void {
    for (const one of found) this.#left.delete(one)
    this.done += found.length
  }

  #fail(found: Found, sentence: string): void {
    this.failed = [...this.failed, found]
    this.sentence = sentence
  }
}

function keyOf(folder: string, name: string, bytes: number): string {
  return `${folder}/${name}/${bytes}`
}

function isStop(error: unknown): boolean {
  return (error instanceof RoomError && error.code === 'aborted') || (error instanceof DOMException && error.name === 'AbortError')
}

function isFull(error: unknown): boolean {
  return error instanceof RoomError && error.code === 'quota-exceeded'
}
