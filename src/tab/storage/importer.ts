/**
 * Files become objects, and CARs, in a worker; this is the tab's end. Imports and exports share the worker and go on
 * side by side; each waits for its receipts before it sends more, so a file of any size takes the same memory.
 */
import type { ObjectSource } from '../../pipeline/cut-chunks.ts'
import type { RoomFileKeys } from '../../pipeline/file-keys.ts'
import type { ImportedObject } from '../../pipeline/import-object.ts'
import type { ObjectSink } from '../../pipeline/outbox.ts'
import type { CarExport } from '../../ports/asterism.ts'
import { type Bytes, ownBytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { ImportLayout, ImportReport, ImportRequest, UnixfsProfile } from '../../protocol/import-worker.ts'

/** What a Worker and a MessagePort have in common. */
export type ImporterPort = {
  postMessage(request: ImportRequest<Blob, CryptoKey>): void
  addEventListener(type: 'message', listener: (event: MessageEvent<ImportReport>) => void): void
}

export type ImportOptions = {
  readonly layout: ImportLayout
  readonly keys: RoomFileKeys
  /** Stores a batch; the next comes when it has resolved. */
  readonly onBlocks: ObjectSink
  readonly signal: AbortSignal
}

/** `root`: of the file under this profile, when it is known; otherwise the file is read twice. */
export type CarOptions = { readonly profile: UnixfsProfile; readonly root?: string; readonly signal?: AbortSignal }

type Ended = Extract<ImportReport, { t: 'done' | 'exported' }>

type Running = {
  readonly source: AsyncIterator<Uint8Array> | undefined
  readonly take: (report: ImportReport) => Promise<void>
  readonly resolve: (ended: Ended) => void
  readonly reject: (reason: unknown) => void
}

type Order = { readonly source?: AsyncIterable<Uint8Array>; readonly take: Running['take']; readonly signal: AbortSignal }

export class Importer {
  readonly #port: ImporterPort
  readonly #running = new Map<number, Running>()
  #nextId = 1

  constructor(port: ImporterPort) {
    this.#port = port
    port.addEventListener('message', ({ data }) => void this.#take(data))
  }

  /** Rejects with what `onBlocks` or the data threw, with `aborted`, or with `file-invalid` when the data cannot be read. */
  async run(data: ObjectSource, { layout, keys, onBlocks, signal }: ImportOptions): Promise<ImportedObject> {
    const source = Symbol.asyncIterator in data ? data : undefined
    const blobs = Symbol.asyncIterator in data ? null : data
    const take = async (report: ImportReport) => {
      if (report.t === 'blocks') await onBlocks(report.shelf, report.blocks, report.doneBytes)
    }
    const ended = await this.#start((id) => ({ t: 'import', id, data: blobs, layout, keys }), { source, take, signal })
    if (ended.t !== 'done') throw new RoomError('file-invalid', 'an import ended as an export')
    const { object, bytes, parts } = ended
    return { object, bytes, parts }
  }

  /** `read` gives the file's bytes from the beginning, each time it is called. */
  exportCar(read: () => AsyncIterable<Uint8Array>, options: CarOptions): CarExport {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    // Whoever takes the bytes hears of a failure there.
    promise.catch(() => undefined)
    return Object.assign(this.#car(read, options, resolve, reject), { root: promise })
  }

  async *#car(
    read: () => AsyncIterable<Uint8Array>,
    { profile, root, signal }: CarOptions,
    tellRoot: (root: string) => void,
    failRoot: (reason: unknown) => void,
  ): AsyncGenerator<Bytes> {
    const gone = new AbortController()
    const until = signal === undefined ? gone.signal : AbortSignal.any([signal, gone.signal])
    const { readable, writable } = new TransformStream<Bytes, Bytes>()
    const writer = writable.getWriter()
    const take = async (report: ImportReport) => {
      if (report.t === 'car') await writer.write(report.bytes)
    }
    const pass = async (known: string | null) => {
      const ended = await this.#start((id) => ({ t: 'export', id, profile, root: known }), { source: read(), take, signal: until })
      if (ended.t !== 'exported') throw new RoomError('file-invalid', 'an export ended as an import')
      return ended.root
    }
    const whole = async () => pass(root ?? (await pass(null)))
    whole().then(
      (made) => {
        tellRoot(made)
        writer.close().catch(() => undefined)
      },
      (reason: unknown) => {
        failRoot(reason)
        writer.abort(reason).catch(() => undefined)
      },
    )
    const reader = readable.getReader()
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
    } finally {
      gone.abort()
    }
  }

  #start(request: (id: number) => ImportRequest<Blob, CryptoKey>, { source, take, signal }: Order): Promise<Ended> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const stop = () => this.#fail(id, new RoomError('aborted'))
      const ended =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal.removeEventListener('abort', stop)
          this.#running.delete(id)
          settle(value)
        }
      this.#running.set(id, { source: source?.[Symbol.asyncIterator](), take, resolve: ended(resolve), reject: ended(reject) })
      signal.addEventListener('abort', stop, { once: true })
      this.#port.postMessage(request(id))
      if (signal.aborted) stop()
    })
  }

  #fail(id: number, reason: unknown): void {
    this.#port.postMessage({ t: 'stop', id })
    this.#reject(id, reason)
  }

  #reject(id: number, reason: unknown): void {
    const running = this.#running.get(id)
    if (running === undefined) return
    running.source?.return?.().catch(() => undefined)
    running.reject(reason)
  }

  async #take(report: ImportReport): Promise<void> {
    const { id } = report
    const running = this.#running.get(id)
    if (running === undefined) return
    try {
      if (report.t === 'pull') this.#port.postMessage({ t: 'chunk', id, bytes: await nextChunk(running.source) })
      else if (report.t === 'done' || report.t === 'exported') running.resolve(report)
      else if (report.t === 'failed') this.#reject(id, new RoomError(report.code, report.detail))
      else {
        await running.take(report)
        this.#port.postMessage({ t: 'receipt', id })
      }
    } catch (error) {
      this.#fail(id, error)
    }
  }
}

async function nextChunk(source: AsyncIterator<Uint8Array> | undefined): Promise<Bytes | null> {
  const result = await source?.next().catch((cause: unknown) => {
    if (cause instanceof RoomError) throw cause
    throw new RoomError('file-invalid', 'the data could not be read', { cause })
  })
  if (result === undefined || result.done === true) return null
  if (!(result.value instanceof Uint8Array)) throw new RoomError('file-invalid', 'data must come as Uint8Array')
  return ownBytes(result.value)
}
