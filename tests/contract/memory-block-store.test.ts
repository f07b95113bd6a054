import { expect, test } from 'vitest'
import { MemoryBlockStore } from '../../src/tab/storage/memory-block-store.ts'
import { blockOf, blockStoreContract } from './block-store.ts'

blockStoreContract({ open: async () => new MemoryBlockStore(), reopen: async (store) => store })

test('[STORAGE-2] a batch that does not fit is not stored at all', async () => {
  const [small, large] = await Promise.all([blockOf(new Uint8Array(10)), blockOf(new Uint8Array(200))])
  const store = new MemoryBlockStore({ quotaBytes: 100 })

  await expect(store.putMany([small, large])).rejects.toMatchObject({ code: 'quota-exceeded' })
  expect(await store.has([small.id, large.id])).toEqual([false, false])
})
