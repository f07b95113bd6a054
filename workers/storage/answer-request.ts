/** What the service worker does with each request of a tab. */
import { RoomError } from '../../src/protocol/errors.ts'
import type { StorageReply, StorageRequest } from '../../src/protocol/storage-worker.ts'
import { noteStored } from './await-block.ts'
import { noteSegments } from './await-segments.ts'
import { forgetRoom } from './forget-room.ts'
import type { IdbBlockStore } from './idb-block-store.ts'
import { keepKeys, listPublished, publishFiles, unpublishFiles } from './published-files.ts'

export async function answerRequest(store: IdbBlockStore, request: StorageRequest<Blob, CryptoKey>): Promise<StorageReply<Blob>> {
  try {
    return await perform(store, request)
  } catch (error) {
    const isFull = error instanceof Error && (error.name === 'QuotaExceededError' || (error as RoomError).code === 'quota-exceeded')
    const detail = error instanceof RoomError ? error.detail : String(error)
    return { t: 'failed', code: isFull ? 'quota-exceeded' : 'storage-unavailable', detail }
  }
}

async function perform(store: IdbBlockStore, request: StorageRequest<Blob, CryptoKey>): Promise<StorageReply<Blob>> {
  switch (request.t) {
    case 'put':
      await store.keep(request.shelf, request.blocks, request.marked)
      noteStored(request.blocks.map(({ id }) => id))
      return { t: 'done' }
    case 'get':
      return { t: 'blocks', data: await store.find(request.ids, request.shelf) }
    case 'damaged':
      await store.dropDamaged(request.id, request.shelf)
      return { t: 'done' }
    case 'has':
      return { t: 'held', held: await store.has(request.ids) }
    case 'delete':
      await store.delete(request.ids)
      return { t: 'done' }
    case 'mark':
      await store.mark(request.ids, request.marked)
      return { t: 'done' }
    case 'list':
      return { t: 'listed', blocks: await store.page(request.shelf, request.after) }
    case 'usage':
      return { t: 'usage', ...(await store.usage()) }
    case 'quota':
      await store.setOwnerQuota(request.bytes)
      return { t: 'done' }
    case 'save':
      await store.save(request.key, request.value)
      return { t: 'done' }
    case 'load':
      return { t: 'value', value: (await store.load(request.key)) ?? null }
    case 'keys':
      await keepKeys(request.room, request.keys)
      return { t: 'done' }
    case 'publish':
      await publishFiles(request.room, request.files)
      return { t: 'done' }
    case 'segments':
      noteSegments(request.asked, request.bytes ?? undefined)
      return { t: 'done' }
    case 'published':
      return { t: 'published', files: await listPublished(request.room) }
    case 'unpublish':
      await unpublishFiles(request.room, request.files)
      return { t: 'done' }
    case 'forget':
      await forgetRoom(request.room)
      return { t: 'done' }
    default:
      return request satisfies never
  }
}
