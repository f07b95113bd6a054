import 'fake-indexeddb/auto'
import { IDBObjectStore } from 'fake-indexeddb'
import { expect, onTestFinished, test, vi } from 'vitest'
import { CHUNK_BYTES } from '../../src/protocol/limits.ts'
import { answerRequest } from '../../workers/storage/answer-request.ts'
import { closeDatabase } from '../../workers/storage/database.ts'
import { IdbBlockStore } from '../../workers/storage/idb-block-store.ts'
import { emptyDisk, rotOnDisk } from '../twins/device-disk.ts'
import { blockOf, blockStoreContract } from './block-store.ts'

blockStoreContract({
  async open() {
    emptyDisk()
    return new IdbBlockStore()
  },
  async reopen() {
    closeDatabase()
    return new IdbBlockStore()
  },
  rot: (_, id, shelf) => rotOnDisk(id, shelf),
})

/** Different blocks, whatever their size. */
function random(bytes: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(bytes)
  crypto.getRandomValues(data.subarray(0, 16))
  return data
}

const kept = async (bytes: number) => {
  const block = await blockOf(random(bytes))
  return { id: block.id, data: new Blob([block.bytes]) }
}

/** From now on a disk that takes so many bytes of fragments altogether; a transaction that fails gives back what it took. */
async function smallDisk(store: IdbBlockStore, quotaBytes: number): Promise<void> {
  const { put, delete: erase } = IDBObjectStore.prototype
  let sizes = new Map<unknown, number>()
  for await (const page of store.list('fragment')) for (const { id, bytes } of page) sizes.set(id, bytes)
  const touched = new WeakSet<IDBTransaction>()
  const change = ({ transaction }: IDBObjectStore, by: (sizes: Map<unknown, number>) => unknown) => {
    const before = new Map(sizes)
    const undo = () => {
      sizes = before
    }
    if (!touched.has(transaction)) transaction.addEventListener('abort', undo)
    touched.add(transaction)
    by(sizes)
  }
  const spies = [
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
      if (value instanceof Blob) change(this, (sizes) => sizes.set(key, value.size))
      const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
      if (total > quotaBytes) throw new DOMException('no room', 'QuotaExceededError')
      return put.call(this, value, key)
    }),
    vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(function (this: IDBObjectStore, key) {
      if (this.name === 'fragment') change(this, (sizes) => sizes.delete(key))
      return erase.call(this, key)
    }),
  ]
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
  })
}

test('[STORE-2] a full disk in the middle of a batch stores nothing of it and says so', async () => {
  emptyDisk()
  const store = new IdbBlockStore()
  const [before, first, second] = [await kept(10), await kept(10), await kept(20)]
  await store.keep('fragment', [before], false)
  await smallDisk(store, 25)

  const reply = await answerRequest(store, { t: 'put', shelf: 'fragment', marked: false, blocks: [first, second] })
  expect(reply).toMatchObject({ t: 'failed', code: 'quota-exceeded' })
  expect(await store.has([before.id, first.id, second.id])).toEqual([true, false, false])
  expect((await store.usage()).keptBytes).toBe(10)
})

test('[STORE-11] on a full disk the longest marked are given up, somewhat more than wanted, and the write tried again', async () => {
  emptyDisk()
  const store = new IdbBlockStore()
  const spare = [await kept(2 * CHUNK_BYTES), await kept(2 * CHUNK_BYTES), await kept(2 * CHUNK_BYTES), await kept(2 * CHUNK_BYTES)]
  for (const block of spare) await store.keep('fragment', [block], true)
  const wanted = await kept(100)
  await smallDisk(store, 8 * CHUNK_BYTES + 50)
  await store.keep('fragment', [wanted], false)

  expect(await store.has([...spare, wanted].map(({ id }) => id))).toEqual([false, false, false, true, true])
  expect(await store.usage()).toMatchObject({ keptBytes: 2 * CHUNK_BYTES + 100, markedBytes: 2 * CHUNK_BYTES })
})

test('[STORE-11] a disk that stays full after that keeps what it has', async () => {
  emptyDisk()
  const store = new IdbBlockStore({ freedMs: 0 })
  const [held, spare] = [await kept(100), await kept(100)]
  await store.keep('fragment', [held], false)
  await store.keep('fragment', [spare], true)
  await smallDisk(store, 250)

  await expect(store.keep('fragment', [await kept(300)], false)).rejects.toMatchObject({ code: 'quota-exceeded' })
  expect(await store.has([held.id])).toEqual([true])
  await expect(store.save('room/1', random(10))).resolves.toBeUndefined()
})

test('[STORE-12] a database that comes back empty begins a new generation', async () => {
  emptyDisk()
  const before = await new IdbBlockStore().usage()
  emptyDisk()

  expect((await new IdbBlockStore().usage()).generation).not.toBe(before.generation)
})
