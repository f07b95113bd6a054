import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { type BlockId, toFileId } from '../../src/protocol/ids.ts'
import type { StorageAnswer, StorageCall } from '../../src/protocol/storage-worker.ts'
import { browserClock } from '../../src/tab/browser-clock.ts'
import { SwBlockStore } from '../../src/tab/storage/sw-block-store.ts'
import { answerRequest } from '../../workers/storage/answer-request.ts'
import { closeDatabase, openDatabase } from '../../workers/storage/database.ts'
import { IdbBlockStore } from '../../workers/storage/idb-block-store.ts'
import { emptyDisk, rotOnDisk } from '../twins/device-disk.ts'
import { keysOfRoom } from '../twins/shelves.ts'
import { blockStoreContract } from './block-store.ts'
import { fileGatewayContract, ONE_ROOM, OTHER_ROOM } from './file-gateway.ts'

/** A tab and what its service worker runs, joined as a browser joins them; the first `deaf` calls are lost. */
function openStore(deaf = 0, clock = browserClock): SwBlockStore {
  const container = Object.assign(new EventTarget(), { startMessages: () => {} })
  const worker = new IdbBlockStore()
  let calls = 0
  const active = {
    async postMessage(call: StorageCall<Blob, CryptoKey>) {
      if (calls++ < deaf) return
      const { id, request } = structuredClone(call)
      const answer: StorageAnswer<Blob> = { t: 'answer', id, reply: await answerRequest(worker, request) }
      container.dispatchEvent(new MessageEvent('message', { data: structuredClone(answer) }))
    },
  }
  return new SwBlockStore(container as unknown as ServiceWorkerContainer, { active } as unknown as ServiceWorkerRegistration, clock)
}

blockStoreContract({
  async open() {
    emptyDisk()
    return openStore()
  },
  async reopen() {
    closeDatabase()
    return openStore()
  },
  rot: (_, id, shelf) => rotOnDisk(id, shelf),
})

fileGatewayContract(async () => {
  emptyDisk()
  return openStore()
})

test('[STORE-21] a forgotten room leaves no key and no address in the database', async () => {
  emptyDisk()
  const store = openStore()
  const block = `b${'a'.repeat(58)}` as BlockId
  const file = {
    id: toFileId(new Uint8Array(16)),
    object: block,
    root: block,
    offset: 0,
    name: 'a',
    type: '',
    bytes: 1,
    signature: new Uint8Array(64),
  }
  for (const room of [ONE_ROOM, OTHER_ROOM]) {
    await store.unlock(room, await keysOfRoom(room))
    await store.publish(room, [file])
  }
  await store.forget(ONE_ROOM)

  const db = await openDatabase()
  expect([await db.getAllKeys('keys'), await db.getAllKeys('published')]).toEqual([[OTHER_ROOM], [[OTHER_ROOM, file.id]]])
})

/** Waits are over at once. */
const hasty = { ...browserClock, after: (_delayMs: number, callback: () => void) => browserClock.after(5, callback) }

test('[STORE-20] a request lost with a stopped worker is sent again', async () => {
  emptyDisk()
  expect(await openStore(2, hasty).has([])).toEqual([])
})

test('a worker that never answers is a store that is not available', async () => {
  emptyDisk()
  await expect(openStore(100, hasty).has([])).rejects.toMatchObject({ code: 'storage-unavailable' })
})
