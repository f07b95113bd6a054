/**
 * Files become blocks in a worker; this is the tab's end. Imports share the worker and go on side by side; each waits
 * for the store before it is sent more, so a file of any size takes the same memory.
 */
import { type Bytes, ownBytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import type { ImportReport, ImportRequest } from '../../protocol/import-worker.ts'
import type { StoredBlock } from '../../protocol/storage-worker.ts'

/** What a Worker and a MessagePort have in common. */
export type ImporterPort = {
  postMessage(request: ImportRequest<Blob>): void
  addEventListener(type: 'message', listener: (event: MessageEvent<ImportReport>) => void): void
}

export type Imported = { readonly root: BlockId; readonly bytes: number }

type Running = {
  readonly source: AsyncIterator<Uint8Array> | undefined
  readonly onBlocks: (blocks: readonly StoredBlock[], doneBytes: number) => Promise<void>
  readonly resolve: (imported: Imported) => void
  readonly reject: (reason: unknown) => void
}

export class Importer {
  readonly #port: ImporterPort
  readonly #running = new Map<number, Running>()
  #nextId = 1

  constructor(port: ImporterPort) {
    this.#port = port
    port.addEventListener('message', ({ data }) => void this.#take(data))
  }

  /** Rejects with what `onBlocks` threw, with `aborted`, or with `file-invalid` when the data cannot be read. */
  run(data: Blob | AsyncIterable<Uint8Array>, onBlocks: Running['onBlocks'], signal: AbortSignal): Promise<Imported> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const stop = () => this.#fail(id, new RoomError('aborted'))
      signal.addEventListener('abort', stop, { once: true })
      const ended =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal.removeEventListener('abort', stop)
          this.#running.delete(id)
          settle(value)
        }
      const source = data instanceof Blob ? undefined : data[Symbol.asyncIterator]()
      this.#running.set(id, { source, onBlocks, resolve: ended(resolve), reject: ended(reject) })
      this.#port.postMessage({ t: 'import', id, data: data instanceof Blob ? data : null })
    })
  }

  #fail(id: number, reason: unknown): void {
    const running = this.#running.get(id)
    if (running === undefined) return
    this.#port.postMessage({ t: 'stop', id })
    running.source?.return?.().catch(() => undefined)
    running.reject(reason)
  }

  async #take(report: ImportReport): Promise<void> {
    const { id } = report
    const running = this.#running.get(id)
    if (running === undefined) return
    try {
      if (report.t === 'blocks') {
        await running.onBlocks(report.blocks, report.doneBytes)
        this.#port.postMessage({ t: 'receipt', id })
      } else if (report.t === 'pull') {
        this.#port.postMessage({ t: 'chunk', id, bytes: await nextChunk(running.source) })
      } else if (report.t === 'done') running.resolve({ root: report.root, bytes: report.bytes })
      else running.reject(new RoomError('file-invalid', report.detail))
    } catch (error) {
      this.#fail(id, error)
    }
  }
}

async function nextChunk(source: AsyncIterator<Uint8Array> | undefined): Promise<Bytes | null> {
  const result = await source?.next().catch((cause: unknown) => {
    throw new RoomError('file-invalid', 'the data could not be read', { cause })
  })
  if (result === undefined || result.done === true) return null
  if (!(result.value instanceof Uint8Array)) throw new RoomError('file-invalid', 'data must come as Uint8Array')
  return ownBytes(result.value)
}
