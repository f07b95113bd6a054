/**
 * What an address needs to be answered when no tab is awake: the room's keys, which no script can export, and name, type
 * and place of each file, sealed under them. The disk shows room and file ids, which say nothing by themselves.
 */

import { tagOf } from '../../src/core/storage/published-news.ts'
import type { RoomFileKeys } from '../../src/pipeline/file-keys.ts'
import { seal, unseal } from '../../src/pipeline/seal.ts'
import { type Bytes, concatBytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import { encodeFrame } from '../../src/protocol/frame.ts'
import type { FileId, RoomId } from '../../src/protocol/ids.ts'
import { PUBLISHED_TAG_BYTES, STORE_LIST_BLOCKS } from '../../src/protocol/limits.ts'
import type { PublishedFile, PublishedRecord, PublishedTag } from '../../src/protocol/storage-worker.ts'
import { openDatabase } from './database.ts'

export type Published = { readonly file: PublishedFile; readonly keys: RoomFileKeys }

export async function keepKeys(room: RoomId, keys: RoomFileKeys): Promise<void> {
  const tx = (await openDatabase()).transaction('keys', 'readwrite', { durability: 'strict' })
  tx.store.put(keys, room).catch(() => undefined)
  await tx.done
}

export async function publishFiles(room: RoomId, files: readonly PublishedRecord[]): Promise<void> {
  const db = await openDatabase()
  const keys = await db.get('keys', room)
  if (keys === undefined) throw new RoomError('storage-unavailable', 'the room was not unlocked')
  const sealed = await Promise.all(files.map((file) => sealFile(room, file, keys)))
  const tx = db.transaction('published', 'readwrite', { durability: 'relaxed' })
  for (const [index, { id }] of files.entries()) tx.store.put(sealed[index] as Bytes, [room, id]).catch(() => undefined)
  await tx.done
}

export async function listPublished(room: RoomId): Promise<readonly PublishedTag[]> {
  const db = await openDatabase()
  const found: PublishedTag[] = []
  for (let after: string | undefined; ; ) {
    const range = IDBKeyRange.bound(after === undefined ? [room] : [room, after], [room, []], after !== undefined)
    const { store } = db.transaction('published')
    const [keys, values] = await Promise.all([store.getAllKeys(range, STORE_LIST_BLOCKS), store.getAll(range, STORE_LIST_BLOCKS)])
    for (const [i, [, id]] of keys.entries()) found.push({ id: id as FileId, tag: (values[i] as Bytes).slice(0, PUBLISHED_TAG_BYTES) })
    if (keys.length < STORE_LIST_BLOCKS) return found
    after = keys.at(-1)?.[1]
  }
}

export async function unpublishFiles(room: RoomId, files: readonly FileId[]): Promise<void> {
  const tx = (await openDatabase()).transaction('published', 'readwrite', { durability: 'relaxed' })
  for (const id of files) tx.store.delete([room, id]).catch(() => undefined)
  await tx.done
}

export async function findPublished(room: RoomId, id: string): Promise<Published | undefined> {
  const tx = (await openDatabase()).transaction(['published', 'keys'])
  const [sealed, keys] = await Promise.all([tx.objectStore('published').get([room, id]), tx.objectStore('keys').get(room)])
  if (sealed === undefined || keys === undefined) return undefined
  const file = await openFile(room, id, sealed, keys)
  // Damage: gone, it is published anew the next time.
  if (file === undefined) await unpublishFiles(room, [id as FileId])
  return file && { file, keys }
}

/** The tag in front, the rest sealed. What a tab says beyond these fields is left out. */
async function sealFile(room: RoomId, file: PublishedRecord, keys: RoomFileKeys): Promise<Bytes> {
  const { id, object, offset, root, name, type, bytes } = file
  const plain = new TextEncoder().encode(JSON.stringify({ id, object, offset, root, name, type, bytes } satisfies PublishedFile))
  return concatBytes([tagOf(file), await seal(keys.manifest, plain, contextOf(room, id))])
}

/** What opens was sealed here, so its shape is ours. */
async function openFile(room: RoomId, id: string, value: Bytes, keys: RoomFileKeys): Promise<PublishedFile | undefined> {
  const plain = await unseal(keys.manifest, value.slice(PUBLISHED_TAG_BYTES), contextOf(room, id))
  return plain && JSON.parse(new TextDecoder().decode(plain))
}

function contextOf(room: RoomId, id: string): Bytes {
  return encodeFrame(['asterism published 2', room, id])
}
