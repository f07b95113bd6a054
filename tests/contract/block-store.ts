/** What every block store promises. Each adapter and the twin run this suite. */
import { expect, test } from 'vitest'
import { toBlockId } from '../../src/core/storage/block-id.ts'
import type { BlockStore, ValueStore } from '../../src/ports/block-store.ts'
import type { FileGateway } from '../../src/ports/file-gateway.ts'
import { type Bytes, concatBytes } from '../../src/protocol/bytes.ts'
import type { BlockId, FileId } from '../../src/protocol/ids.ts'
import type { PublishedFile, StoredBlock } from '../../src/protocol/storage-worker.ts'
import { ROOM } from '../twins/files-tab.ts'

export type Store = BlockStore & ValueStore & Omit<FileGateway, 'onNeeded' | 'url'>

export type StoreKind = {
  /** A fresh, empty store. */
  readonly open: () => Promise<Store>
  /** The same store as whoever comes next finds it. */
  readonly reopen: (store: Store) => Promise<Store>
}

export async function blockOf(bytes: Uint8Array): Promise<StoredBlock> {
  const own = new Uint8Array(bytes)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', own))
  return { id: toBlockId(concatBytes([Uint8Array.of(1, 0x55, 0x12, 32), digest])), bytes: own }
}

const text = (words: string): Bytes => new TextEncoder().encode(words)
const published = (id: string, root: BlockId): PublishedFile => ({ id: id as FileId, root, name: id, type: '', bytes: 3 })

export function blockStoreContract({ open, reopen }: StoreKind): void {
  test('[STORAGE-3] what was stored is there for whoever opens the store next', async () => {
    const one = await blockOf(text('one'))
    const store = await open()
    await store.putMany([{ id: one.id, bytes: one.bytes.slice() }])

    expect(await (await reopen(store)).get(one.id)).toEqual(text('one'))
  })

  test('[STORAGE-3] answers come in the order asked, also for what is not there', async () => {
    const [one, two, three] = await Promise.all([blockOf(text('one')), blockOf(text('two')), blockOf(text('three'))])
    const store = await open()
    await store.putMany([one, three])

    expect(await store.has([three.id, two.id, one.id])).toEqual([true, false, true])
    expect(await store.get(two.id)).toBeUndefined()
  })

  test('storing a block twice is storing it once', async () => {
    const empty = await blockOf(new Uint8Array())
    const store = await open()
    await store.putMany([empty])
    await store.putMany([await blockOf(new Uint8Array())])

    expect(await store.get(empty.id)).toEqual(new Uint8Array())
    await store.delete([empty.id])
    expect(await store.has([empty.id])).toEqual([false])
  })

  test('[STORAGE-1] bytes that do not match their id are dropped, not given out, and a new generation begins', async () => {
    const one = await blockOf(text('one'))
    const store = await open()
    const before = await store.usage()
    await store.putMany([{ id: one.id, bytes: text('0ne') }])

    expect(await store.get(one.id)).toBeUndefined()
    expect(await store.has([one.id])).toEqual([false])
    expect((await store.usage()).generation).not.toBe(before.generation)
  })

  test('the generation stays while the store is whole', async () => {
    const store = await open()
    const before = await store.usage()
    await store.putMany([await blockOf(text('one'))])

    expect((await (await reopen(store)).usage()).generation).toBe(before.generation)
  })

  test('[STORAGE-4] a saved value is read back, and null removes it', async () => {
    const store = await open()
    await store.save('room/1', text('sealed'))
    expect(await (await reopen(store)).load('room/1')).toEqual(text('sealed'))
    await store.save('room/1', null)
    expect(await store.load('room/1')).toBeUndefined()
  })

  test('[STORAGE-12] sweeping deletes what was named, but not what a published file of any room needs', async () => {
    const [mine, shared] = await Promise.all([blockOf(text('mine')), blockOf(text('shared'))])
    const store = await open()
    await store.putMany([mine, shared])
    await store.publish(ROOM, [published('a', mine.id), published('b', shared.id), published('c', shared.id)])
    await store.unpublish(ROOM, ['a' as FileId, 'b' as FileId])
    await store.sweep([mine.id, shared.id])

    expect(await store.has([mine.id, shared.id])).toEqual([false, true])
  })
}
