import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { toFileId, toRoomId } from '../../../../src/protocol/ids.ts'
import { STORE_LIST_BLOCKS } from '../../../../src/protocol/limits.ts'
import type { PublishedFile } from '../../../../src/protocol/storage-worker.ts'
import { openDatabase } from '../../../../workers/storage/database.ts'
import { findPublished, keepKeys, listPublished, publishFiles } from '../../../../workers/storage/published-files.ts'
import { emptyDisk } from '../../../twins/device-disk.ts'
import { keysOfRoom } from '../../../twins/shelves.ts'

const ROOM = toRoomId(new Uint8Array(16))
const BLOCK = `b${'a'.repeat(58)}` as PublishedFile['root']
const file = (number: number, name: string): PublishedFile => {
  return { id: toFileId(new Uint8Array(16).fill(number)), object: BLOCK, root: BLOCK, offset: 7, name, type: 'x/heron', bytes: 987_654_321 }
}
const signed = (files: readonly PublishedFile[], letter = 7) => files.map((one) => ({ ...one, signature: new Uint8Array(64).fill(letter) }))

test('[STORE-18] the disk shows neither name, type nor size of a published file', async () => {
  emptyDisk()
  await keepKeys(ROOM, await keysOfRoom('room'))
  const files = [file(1, 'kingfisher.txt'), file(2, 'kingfisher.txt')]
  await publishFiles(ROOM, signed(files))
  const db = await openDatabase()
  const [one, two] = await db.getAll('published')
  const letters = [one, two].map((bytes) => Buffer.from(bytes as Uint8Array).toString('latin1')).join()

  expect(letters).not.toMatch(/kingfisher|heron|987654321|987_654_321/)
  expect(Buffer.from(one as Uint8Array).equals(Buffer.from(two as Uint8Array))).toBe(false)
  expect((await findPublished(ROOM, files[0]?.id ?? ''))?.file).toEqual(files[0])
})

test('[STORE-18] what was sealed for one file or room does not open as another', async () => {
  emptyDisk()
  const other = toRoomId(new Uint8Array(16).fill(1))
  for (const room of [ROOM, other]) await keepKeys(room, await keysOfRoom('room'))
  const [one, two] = [file(1, 'one'), file(2, 'two')]
  await publishFiles(ROOM, signed([one, two]))
  const db = await openDatabase()
  const sealed = (await db.get('published', [ROOM, one.id])) as Uint8Array<ArrayBuffer>
  await db.put('published', sealed, [ROOM, two.id])
  await db.put('published', sealed, [other, one.id])

  expect(await findPublished(ROOM, two.id)).toBeUndefined()
  expect(await findPublished(other, one.id)).toBeUndefined()
})

test('keys that the service worker keeps cannot be read out', async () => {
  emptyDisk()
  await keepKeys(ROOM, await keysOfRoom('room'))
  const keys = await (await openDatabase()).get('keys', ROOM)

  for (const key of Object.values(keys ?? {})) await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  expect(Object.keys(keys ?? {})).toEqual(['manifest', 'nonce', 'chunk'])
})

test('nothing is published of a room that was not unlocked', async () => {
  emptyDisk()
  await expect(publishFiles(ROOM, signed([file(1, 'one')]))).rejects.toMatchObject({ code: 'storage-unavailable' })
})

test('[STORE-22] what is published can be listed, however many they are, and of the room alone', async () => {
  emptyDisk()
  const other = toRoomId(new Uint8Array(16).fill(1))
  for (const room of [ROOM, other]) await keepKeys(room, await keysOfRoom('room'))
  const idOf = (n: number) => toFileId(new Uint8Array(16).with(0, n % 256).with(1, n >> 8))
  const files = Array.from({ length: STORE_LIST_BLOCKS + 5 }, (_, n) => ({ ...file(0, 'a'), id: idOf(n) }))
  await publishFiles(ROOM, signed(files))
  await publishFiles(other, signed([file(9, 'b')]))

  const listed = await listPublished(ROOM)
  expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(files.map(({ id }) => id)))
  expect(listed[3]?.tag).toEqual(new Uint8Array(16).fill(7))
})

test('[STORE-22] a record that rotted is taken off the list, so that it is published anew', async () => {
  emptyDisk()
  await keepKeys(ROOM, await keysOfRoom('room'))
  const one = file(1, 'one')
  await publishFiles(ROOM, signed([one]))
  const db = await openDatabase()
  const value = (await db.get('published', [ROOM, one.id])) as Uint8Array<ArrayBuffer>
  await db.put('published', value.with(40, (value[40] as number) ^ 1), [ROOM, one.id])

  expect(await findPublished(ROOM, one.id)).toBeUndefined()
  expect(await listPublished(ROOM)).toEqual([])
})
