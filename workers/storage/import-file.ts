/**
 * Turns a file into UnixFS blocks of the profile `unixfs-v1-2025` (1 MiB raw leaves, 1,024 children, CIDv1), so that the
 * ids are those every IPFS tool makes. Imports share one port and go on side by side.
 */
import { type UnixFSComponents, unixfs } from '@helia/unixfs'
import type { CID } from 'multiformats/cid'
import { ownBytes } from '../../src/protocol/bytes.ts'
import { assert } from '../../src/protocol/errors.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import type { ImportReport, ImportRequest } from '../../src/protocol/import-worker.ts'
import { CHUNK_BYTES, IMPORT_BATCHES, STORE_BATCH_BLOCKS } from '../../src/protocol/limits.ts'
import type { StoredBlock } from '../../src/protocol/storage-worker.ts'

/** What both a worker's global scope and a MessagePort can do. */
export type ImportPort = {
  postMessage(report: ImportReport): void
  addEventListener(type: 'message', listener: (event: MessageEvent<ImportRequest<Blob>>) => void): void
}

type Running = { give: (chunk: Uint8Array<ArrayBuffer> | null) => void; receipt: () => void; stop: () => void }

export function handleImports(port: ImportPort): void {
  const running = new Map<number, Running>()
  port.addEventListener('message', ({ data: request }) => {
    if (request.t === 'import') void run(port, running, request.id, request.data)
    else if (request.t === 'chunk') running.get(request.id)?.give(request.bytes)
    else if (request.t === 'receipt') running.get(request.id)?.receipt()
    else running.get(request.id)?.stop()
  })
}

async function run(port: ImportPort, running: Map<number, Running>, id: number, data: Blob | null): Promise<void> {
  const stopped = new AbortController()
  let give: (chunk: Uint8Array<ArrayBuffer> | null) => void = () => undefined
  const pull = () =>
    new Promise<Uint8Array<ArrayBuffer> | null>((resolve) => {
      give = resolve
      port.postMessage({ t: 'pull', id })
    })
  const batches = new Batches((blocks, doneBytes) => port.postMessage({ t: 'blocks', id, blocks, doneBytes }))
  const stop = () => {
    stopped.abort()
    give(null)
    batches.stop()
  }
  running.set(id, { give: (chunk) => give(chunk), receipt: () => batches.receipt(), stop })
  try {
    const chunks = data === null ? pulled(pull, stopped.signal) : slicesOfBlob(data, stopped.signal)
    const counted = batches.count(chunks)
    // The importer writes and nothing more; the other half of the interface is never reached.
    const blockstore = batches as unknown as UnixFSComponents['blockstore']
    const root = await unixfs({ blockstore }).addByteStream(counted)
    await batches.finish()
    port.postMessage({ t: 'done', id, root: root.toString() as BlockId, bytes: batches.readBytes })
  } catch (error) {
    if (!stopped.signal.aborted) port.postMessage({ t: 'failed', id, detail: error instanceof Error ? error.message : String(error) })
  } finally {
    running.delete(id)
  }
}

/** One slice is read while the one before is hashed. */
async function* slicesOfBlob(data: Blob, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const read = (from: number) => data.slice(from, from + CHUNK_BYTES).arrayBuffer()
  let next = read(0)
  for (let from = 0; from < data.size; from += CHUNK_BYTES) {
    const bytes = await next
    if (from + CHUNK_BYTES < data.size) next = read(from + CHUNK_BYTES)
    next.catch(() => undefined)
    signal.throwIfAborted()
    yield new Uint8Array(bytes)
  }
}

async function* pulled(pull: () => Promise<Uint8Array<ArrayBuffer> | null>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let chunk = await pull(); chunk !== null; chunk = await pull()) yield chunk
  signal.throwIfAborted()
}

/** The store the importer writes to: gathers blocks and holds the importer back until the tab has stored them. */
class Batches {
  readBytes = 0
  #blocks: StoredBlock[] = []
  #underway = 0
  #isStopped = false
  #waiters: (() => void)[] = []
  readonly #send: (blocks: readonly StoredBlock[], doneBytes: number) => void

  constructor(send: (blocks: readonly StoredBlock[], doneBytes: number) => void) {
    this.#send = send
  }

  async *count(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.readBytes += chunk.byteLength
      yield chunk
    }
  }

  async put(cid: CID, bytes: Uint8Array): Promise<CID> {
    assert(bytes instanceof Uint8Array, 'the importer writes whole blocks')
    this.#blocks.push({ id: cid.toString() as BlockId, bytes: ownBytes(bytes) })
    if (this.#blocks.length >= STORE_BATCH_BLOCKS) this.#flush()
    await this.#underwayAtMost(IMPORT_BATCHES)
    return cid
  }

  async finish(): Promise<void> {
    if (this.#blocks.length > 0) this.#flush()
    await this.#underwayAtMost(0)
  }

  receipt(): void {
    this.#underway--
    this.#wake()
  }

  stop(): void {
    this.#isStopped = true
    this.#wake()
  }

  #flush(): void {
    this.#send(this.#blocks, this.readBytes)
    this.#blocks = []
    this.#underway++
  }

  async #underwayAtMost(most: number): Promise<void> {
    while (this.#underway > most && !this.#isStopped) await new Promise<void>((resolve) => this.#waiters.push(resolve))
    if (this.#isStopped) throw new Error('stopped')
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }
}
