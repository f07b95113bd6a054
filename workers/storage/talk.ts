/** What an import or export says to its tab, and what it waits for: the next chunk, and receipts, which come in order. */
import type { Bytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { ImportReport } from '../../src/protocol/import-worker.ts'
import type { ImportPort } from './import-file.ts'

export class Talk {
  readonly signal: AbortSignal
  readonly #id: number
  readonly #port: ImportPort
  readonly #stopped = new AbortController()
  #give: ((chunk: Bytes | null) => void) | undefined
  readonly #receipts: { resolve: () => void; reject: (reason: unknown) => void }[] = []

  constructor(id: number, port: ImportPort) {
    this.#id = id
    this.#port = port
    this.signal = this.#stopped.signal
  }

  tell(report: ImportReport): void {
    this.#port.postMessage(report, [])
  }

  /** Resolves when the tab is done with what it was sent; the buffers are the tab's from now on. */
  ask(report: ImportReport, transfer: ArrayBuffer[]): Promise<void> {
    if (this.signal.aborted) return Promise.reject(new RoomError('aborted'))
    this.#port.postMessage(report, transfer)
    return new Promise((resolve, reject) => this.#receipts.push({ resolve, reject }))
  }

  async *pulled(): AsyncGenerator<Bytes> {
    for (;;) {
      if (this.signal.aborted) throw new RoomError('aborted')
      this.tell({ t: 'pull', id: this.#id })
      const chunk = await new Promise<Bytes | null>((resolve) => {
        this.#give = resolve
      })
      if (this.signal.aborted) throw new RoomError('aborted')
      if (chunk === null) return
      yield chunk
    }
  }

  give(chunk: Bytes | null): void {
    this.#give?.(chunk)
  }

  receipt(): void {
    this.#receipts.shift()?.resolve()
  }

  stop(): void {
    this.#stopped.abort()
    this.give(null)
    for (const { reject } of this.#receipts.splice(0)) reject(new RoomError('aborted'))
  }
}
