/**
 * A tab with both stores. Each is measured as a transfer feels it: from bytes in the tab to the answer that they are
 * stored, batch after batch, and back to bytes in the tab whose hash was checked.
 */
import { fragmentId, matchesId } from '../../../src/pipeline/fragment-id.ts'
import type { Bytes } from '../../../src/protocol/bytes.ts'
import type { BlockId } from '../../../src/protocol/ids.ts'
import type { StoredBlock } from '../../../src/protocol/storage-worker.ts'
import { browserClock } from '../../../src/tab/browser-clock.ts'
import { SwBlockStore } from '../../../src/tab/storage/sw-block-store.ts'
import { IdbBlockStore } from '../../../workers/storage/idb-block-store.ts'
import type { PackAnswer, PackCall } from './opfs-worker.ts'

/** `idbInTab`: our store without the way to the service worker and back. */
export type Engine = 'idb' | 'idbInTab' | 'opfs' | 'opfsFlushed'
export type Shape = { readonly valueBytes: number; readonly perBatch: number; readonly totalBytes: number }

/** As many as a reader asks for at once: a chunk or two. */
const GETS_AT_ONCE = 8

declare global {
  /** Each gives seconds. */
  var stores: {
    make(engine: Engine, shape: Shape): Promise<void>
    put(): Promise<number>
    get(): Promise<number>
  }
}

type Store = { putMany(blocks: readonly StoredBlock[]): Promise<void>; get(id: BlockId): Promise<Bytes | undefined> }

let store: Store
let batches: StoredBlock[][] = []
let ids: readonly BlockId[] = []

globalThis.stores = {
  async make(engine, { valueBytes, perBatch, totalBytes }) {
    store = await open(engine)
    await store.putMany([await randomBlock(valueBytes)])
    const blocks: StoredBlock[] = []
    for (let bytes = 0; bytes < totalBytes; bytes += valueBytes) blocks.push(await randomBlock(valueBytes))
    ids = blocks.map(({ id }) => id)
    batches = []
    while (blocks.length > 0) batches.push(blocks.splice(0, perBatch))
  },
  put: () =>
    seconds(async () => {
      for (const batch of batches) await store.putMany(batch)
    }),
  get: () =>
    seconds(async () => {
      const rest = [...ids]
      const reader = async () => {
        for (let id = rest.shift(); id !== undefined; id = rest.shift())
          if ((await store.get(id)) === undefined) throw new Error('a block did not come back')
      }
      await Promise.all(Array.from({ length: GETS_AT_ONCE }, reader))
    }),
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await work()
  return (performance.now() - startMs) / 1000
}

async function open(engine: Engine): Promise<Store> {
  if (engine === 'idb') return openIdb()
  return engine === 'idbInTab' ? new IdbBlockStore() : openPack(engine === 'opfsFlushed')
}

async function openIdb(): Promise<Store> {
  const container = navigator.serviceWorker
  await container.register('/idb-worker.js', { type: 'module' })
  return new SwBlockStore(container, await container.ready, browserClock)
}

async function openPack(flush: boolean): Promise<Store> {
  const worker = new Worker('/opfs-worker.js', { type: 'module' })
  const waiting = new Map<number, (answer: PackAnswer) => void>()
  let nextId = 1
  const ready = new Promise<PackAnswer>((done) => waiting.set(0, done))
  worker.addEventListener('message', ({ data }: MessageEvent<PackAnswer>) => {
    waiting.get(data.id)?.(data)
    waiting.delete(data.id)
  })
  const call = (request: Omit<PackCall, 'id'>, transfer: Transferable[]) =>
    new Promise<PackAnswer>((done) => {
      const id = nextId++
      waiting.set(id, done)
      worker.postMessage({ id, ...request } satisfies PackCall, transfer)
    })
  await ready
  return {
    async putMany(blocks) {
      await call(
        { put: blocks, flush },
        blocks.map(({ bytes }) => bytes.buffer),
      )
    },
    async get(id) {
      const { bytes } = await call({ get: id }, [])
      return bytes !== undefined && (await matchesId(id, bytes)) ? bytes : undefined
    },
  }
}

async function randomBlock(length: number): Promise<StoredBlock> {
  const bytes = new Uint8Array(length)
  for (let offset = 0; offset < length; offset += 65_536) crypto.getRandomValues(bytes.subarray(offset, offset + 65_536))
  return { id: await fragmentId(bytes), bytes }
}
