/** Imports and exports of a tab. They share one port and go on side by side; each waits for the tab's receipts. */

import { importObject } from '../../src/pipeline/import-object.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { ImportReport, ImportRequest } from '../../src/protocol/import-worker.ts'
import type { StoredBlock } from '../../src/protocol/storage-worker.ts'
import { exportCar } from './export-car.ts'
import { Talk } from './talk.ts'

/** What both a worker's global scope and a MessagePort can do. */
export type ImportPort = {
  postMessage(report: ImportReport, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent<ImportRequest<Blob, CryptoKey>>) => void): void
}

type Order = Extract<ImportRequest<Blob, CryptoKey>, { t: 'import' | 'export' }>

export function handleImports(port: ImportPort): void {
  const talks = new Map<number, Talk>()
  port.addEventListener('message', ({ data: request }) => {
    const { id } = request
    if (request.t === 'chunk') talks.get(id)?.give(request.bytes)
    else if (request.t === 'receipt') talks.get(id)?.receipt()
    else if (request.t === 'stop') talks.get(id)?.stop()
    else {
      const talk = new Talk(id, port)
      talks.set(id, talk)
      void perform(request, talk).finally(() => talks.delete(id))
    }
  })
}

async function perform(order: Order, talk: Talk): Promise<void> {
  try {
    talk.tell(order.t === 'import' ? await runImport(order, talk) : await runExport(order, talk))
  } catch (error) {
    if (talk.signal.aborted) return
    const code = error instanceof RoomError ? error.code : 'file-invalid'
    const detail = error instanceof RoomError ? error.detail : String(error)
    talk.tell({ t: 'failed', id: order.id, code, detail })
  }
}

async function runImport({ id, data, layout, keys }: Extract<Order, { t: 'import' }>, talk: Talk): Promise<ImportReport> {
  const imported = await importObject(
    data ?? talk.pulled(),
    layout,
    keys,
    (shelf, blocks, doneBytes) => talk.ask({ t: 'blocks', id, shelf, blocks, doneBytes }, buffersOf(blocks)),
    talk.signal,
  )
  return { t: 'done', id, ...imported }
}

async function runExport({ id, profile, root }: Extract<Order, { t: 'export' }>, talk: Talk): Promise<ImportReport> {
  const send = (bytes: Uint8Array<ArrayBuffer>) => talk.ask({ t: 'car', id, bytes }, [bytes.buffer])
  return { t: 'exported', id, root: await exportCar(talk.pulled(), profile, root, send) }
}

/** Fragments of one chunk are views of one buffer. */
function buffersOf(blocks: readonly StoredBlock[]): ArrayBuffer[] {
  return [...new Set(blocks.map(({ bytes }) => bytes.buffer))]
}
