/** Databases that come back other than they were left: what a browser does after a crash or with a worn disk. */
import 'fake-indexeddb/auto'
import { deleteDB, openDB } from 'idb'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { BlockId } from '../../../../src/protocol/ids.ts'
import type { StoredBlock } from '../../../../src/protocol/storage-worker.ts'
import { closeDatabase, openDatabase } from '../../../../workers/storage/database.ts'
import { IdbBlockStore } from '../../../../workers/storage/idb-block-store.ts'
import { readWitness, writeWitness } from '../../../../workers/storage/witness.ts'
import { blockOf } from '../../../contract/block-store.ts'
import { emptyDisk } from '../../../twins/device-disk.ts'

const store = new IdbBlockStore()
const generation = async () => (await store.usage()).generation
const blocks: readonly StoredBlock[] = await Promise.all([1, 2, 3, 4].map((fill) => blockOf(new Uint8Array(100).fill(fill))))
const idAt = (index: number) => blocks[index]?.id as BlockId

beforeEach(() => {
  emptyDisk()
  giveCaches()
})

/** What a browser keeps beside its databases, as far as the witness uses it. */
function giveCaches(): void {
  const kept = new Map<string, Response>()
  const cache = { put: async (address: string, response: Response) => void kept.set(address, response) }
  const caches = { open: async () => cache, match: async (address: string) => kept.get(address)?.clone() }
  Object.defineProperty(globalThis, 'caches', { value: caches, configurable: true })
  onTestFinished(() => void Reflect.deleteProperty(globalThis, 'caches'))
}

async function sequence(): Promise<number> {
  const tally = await (await openDatabase()).get('facts', 'tally')
  return (tally as { sequence: number } | undefined)?.sequence ?? 0
}

test('[STORE-12] a database that lost the end of its log begins a new generation, once', async () => {
  await store.putMany(blocks)
  const before = await generation()
  await writeWitness((await sequence()) + 3)
  closeDatabase()
  const after = await generation()
  closeDatabase()

  expect(after).not.toBe(before)
  expect(await generation()).toBe(after)
  expect((await store.usage()).keptBytes).toBe(400)
})

test('[STORE-12] a database that is further than was noted, or of which nothing was noted, is whole', async () => {
  await store.putMany(blocks.slice(0, 1))
  const before = await generation()
  await writeWitness(await sequence())
  await store.putMany(blocks.slice(1))
  closeDatabase()

  expect(await generation()).toBe(before)
  giveCaches()
  closeDatabase()
  expect(await generation()).toBe(before)
})

test('[STORE-12] a database that comes back empty is noted, so that its small numbers are not taken for a loss again', async () => {
  await store.putMany(blocks)
  await writeWitness(50)
  closeDatabase()
  await deleteDB('asterism')
  const after = await generation()
  closeDatabase()

  expect(await generation()).toBe(after)
  expect(await readWitness()).toBe(51)
})

test('[STORE-12] blocks without an entry and entries without a block are found on opening: what is left is counted anew', async () => {
  await store.putMany(blocks, { marked: true })
  const before = await generation()
  const db = await openDatabase()
  await db.delete('fragment', idAt(0))
  await db.delete('entries', ['fragment', idAt(1)])
  closeDatabase()
  await expect.poll(generation).not.toBe(before)

  expect(await store.usage()).toMatchObject({ keptBytes: 200, markedBytes: 200 })
  expect(await store.has(blocks.map(({ id }) => id))).toEqual([false, false, true, true])
  await store.putMany(blocks)
  expect(await store.usage()).toMatchObject({ keptBytes: 400, markedBytes: 0 })
})

test('[STORE-19] a store of the first version loses its plain blocks, keeps its values and begins a new generation', async () => {
  const old = await openDB('asterism', 1, {
    upgrade(db) {
      db.createObjectStore('blocks')
      db.createObjectStore('values')
      db.createObjectStore('published', { keyPath: ['room', 'id'] }).createIndex('root', ['room', 'root'])
      db.createObjectStore('facts')
    },
  })
  const value = new TextEncoder().encode('sealed')
  await old.put('values', value, 'room/1')
  await old.put('blocks', new Blob(['plain']), idAt(0))
  await old.put('facts', 'the old one', 'generation')
  old.close()

  expect(await store.load('room/1')).toEqual(value)
  expect(await store.usage()).toMatchObject({ keptBytes: 0, markedBytes: 0 })
  expect(await generation()).not.toBe('the old one')
  expect([...(await openDatabase()).objectStoreNames]).not.toContain('blocks')
})
