/** What the service worker does with each request of a tab. */
import { RoomError } from '../../src/protocol/errors.ts'
import type { StorageReply, StorageRequest } from '../../src/protocol/storage-worker.ts'
import { noteStored } from './await-block.ts'
import type { IdbBlockStore } from './idb-block-store.ts'
import { publishFiles, unpublishFiles } from './published-files.ts'
import { sweepBlocks } from './sweep-blocks.ts'

export async function answerRequest(store: IdbBlockStore, request: StorageRequest<Blob>): Promise<StorageReply<Blob>> {
  try {
    return await perform(store, request)
  } catch (error) {
    const isFull = error instanceof RoomError && error.code === 'quota-exceeded'
    const detail = error instanceof RoomError ? error.detail : String(error)
    return { t: 'failed', code: isFull ? 'quota-exceeded' : 'storage-unavailable', detail }
  }
}

async function perform(store: IdbBlockStore, request: StorageRequest<Blob>): Promise<StorageReply<Blob>> {
  switch (request.t) {
    case 'put':
      await store.keep(request.blocks)
      noteStored(request.blocks.map(({ id }) => id))
      return { t: 'done' }
    case 'get':
      return { t: 'block', data: (await store.find(request.id)) ?? null }
    case 'damaged':
      await store.dropDamaged(request.id)
      return { t: 'done' }
    case 'has':
      return { t: 'held', held: await store.has(request.ids) }
    case 'delete':
      await store.delete(request.ids)
      return { t: 'done' }
    case 'usage':
      return { t: 'usage', ...(await store.usage()) }
    case 'save':
      await store.save(request.key, request.value)
      return { t: 'done' }
    case 'load':
      return { t: 'value', value: (await store.load(request.key)) ?? null }
    case 'publish':
      await publishFiles(request.room, request.files)
      return { t: 'done' }
    case 'unpublish':
      await unpublishFiles(request.room, request.files)
      return { t: 'done' }
    case 'sweep':
      await sweepBlocks(store, request.ids)
      return { t: 'done' }
    default:
      return request satisfies never
  }
}
