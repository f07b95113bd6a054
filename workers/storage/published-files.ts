/** Names, types and sizes of the files a room's tabs announced, so that a URL can be answered when no tab is awake. */
import type { BlockId, FileId, RoomId } from '../../src/protocol/ids.ts'
import type { PublishedFile } from '../../src/protocol/storage-worker.ts'
import { openDatabase } from './database.ts'

export async function publishFiles(room: RoomId, files: readonly PublishedFile[]): Promise<void> {
  const tx = (await openDatabase()).transaction('published', 'readwrite', { durability: 'relaxed' })
  for (const file of files) tx.store.put({ ...file, room }).catch(() => undefined)
  await tx.done
}

export async function unpublishFiles(room: RoomId, files: readonly FileId[]): Promise<void> {
  const tx = (await openDatabase()).transaction('published', 'readwrite', { durability: 'relaxed' })
  for (const id of files) tx.store.delete([room, id]).catch(() => undefined)
  await tx.done
}

/** By file id or by root: two files of the same bytes share a root, and either answers for it. */
export async function findPublished(room: string, name: string): Promise<PublishedFile | undefined> {
  const db = await openDatabase()
  return (await db.get('published', [room, name])) ?? db.getFromIndex('published', 'root', [room, name])
}

/** Roots of all files of all rooms: what this device has reason to keep. */
export async function publishedRoots(): Promise<ReadonlySet<BlockId>> {
  const files = await (await openDatabase()).getAll('published')
  return new Set(files.map(({ root }) => root))
}
