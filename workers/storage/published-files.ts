/**
 * What an address needs to be answered when no tab is awake: the room's keys, which no script can export, and name, type
 * and place of each file, sealed under them. The disk shows room and file ids, which say nothing by themselves.
 */
import type { RoomFileKeys } from '../../src/pipeline/file-keys.ts'
import { seal, unseal } from '../../src/pipeline/seal.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import { encodeFrame } from '../../src/protocol/frame.ts'
import type { FileId, RoomId } from '../../src/protocol/ids.ts'
import type { PublishedFile } from '../../src/protocol/storage-worker.ts'
import { openDatabase } from './database.ts'

export type Published = { readonly file: PublishedFile; readonly keys: RoomFileKeys }

export async function keepKeys(room: RoomId, keys: RoomFileKeys): Promise<void> {
  const tx = (await openDatabase()).transaction('keys', 'readwrite', { durability: 'strict' })
  tx.store.put(keys, room).catch(() => undefined)
  await tx.done
}

export async function publishFiles(room: RoomId, files: readonly PublishedFile[]): Promise<void> {
  const db = await openDatabase()
  const keys = await db.get('keys', room)
  if (keys === undefined) throw new RoomError('storage-unavailable', 'the room was not unlocked')
  const sealed = await Promise.all(files.map((file) => sealFile(room, file, keys)))
  const tx = db.transaction('published', 'readwrite', { durability: 'relaxed' })
  for (const [index, { id }] of files.entries()) tx.store.put(sealed[index] as Bytes, [room, id]).catch(() => undefined)
  await tx.done
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
  return file && { file, keys }
}

/** What a tab says beyond these fields is left out. */
function sealFile(room: RoomId, file: PublishedFile, keys: RoomFileKeys): Promise<Bytes> {
  const { id, object, offset, root, name, type, bytes } = file
  const plain = new TextEncoder().encode(JSON.stringify({ id, object, offset, root, name, type, bytes } satisfies PublishedFile))
  return seal(keys.manifest, plain, contextOf(room, id))
}

/** What opens was sealed here, so its shape is ours. What does not is damage: a tab publishes it anew. */
async function openFile(room: RoomId, id: string, sealed: Bytes, keys: RoomFileKeys): Promise<PublishedFile | undefined> {
  const plain = await unseal(keys.manifest, sealed, contextOf(room, id))
  return plain && JSON.parse(new TextDecoder().decode(plain))
}

function contextOf(room: RoomId, id: string): Bytes {
  return encodeFrame(['asterism published 1', room, id])
}
