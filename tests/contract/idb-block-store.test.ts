import 'fake-indexeddb/auto'
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { StorageRequest } from '../../src/protocol/storage-worker.ts'
import { answerRequest } from '../../workers/storage/answer-request.ts'
import { closeDatabase } from '../../workers/storage/database.ts'
import { IdbBlockStore } from '../../workers/storage/idb-block-store.ts'
import { blockOf, blockStoreContract, type Store } from './block-store.ts'

/** The requests a tab would send, answered by what the service worker runs. */
function openStore(): Store {
  const store = new IdbBlockStore()
  const ask = async (request: StorageRequest<Blob>) => {
    const reply = await answerRequest(store, request)
    if (reply.t === 'failed') throw new Error(reply.detail)
  }
  return Object.assign(store, {
    publish: (room: never, files: never) => ask({ t: 'publish', room, files }),
    unpublish: (room: never, files: never) => ask({ t: 'unpublish', room, files }),
    sweep: (ids: never) => ask({ t: 'sweep', ids }),
  })
}

blockStoreContract({
  async open() {
    closeDatabase()
    globalThis.indexedDB = new IDBFactory()
    return openStore()
  },
  async reopen() {
    closeDatabase()
    return openStore()
  },
})

test('[STORAGE-2] a full disk in the middle of a batch stores nothing of it and says so', async () => {
  closeDatabase()
  globalThis.indexedDB = new IDBFactory()
  const store = new IdbBlockStore()
  const [first, second] = await Promise.all([blockOf(new Uint8Array(10)), blockOf(new Uint8Array(20))])
  const put = IDBObjectStore.prototype.put
  const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
    if (value instanceof Blob && value.size === 20) throw new DOMException('no room', 'QuotaExceededError')
    return put.call(this, value, key)
  })
  onTestFinished(() => full.mockRestore())

  expect(
    await answerRequest(store, { t: 'put', blocks: [first, second].map(({ id, bytes }) => ({ id, data: new Blob([bytes]) })) }),
  ).toMatchObject({ t: 'failed', code: 'quota-exceeded' })
  full.mockRestore()
  expect(await store.has([first.id, second.id])).toEqual([false, false])
})

test('[STORAGE-3] a database that comes back empty begins a new generation', async () => {
  closeDatabase()
  globalThis.indexedDB = new IDBFactory()
  const before = await new IdbBlockStore().usage()
  closeDatabase()
  globalThis.indexedDB = new IDBFactory()

  expect((await new IdbBlockStore().usage()).generation).not.toBe(before.generation)
})
