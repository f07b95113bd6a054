/** What a device keeps of a room, and what is left of it when the room is forgotten. */
import { expect, test } from 'vitest'
import { importObject } from '../../../../src/pipeline/import-object.ts'
import type { DeviceStore } from '../../../../src/ports/file-gateway.ts'
import type { ObjectId } from '../../../../src/protocol/object.ts'
import { browserClock } from '../../../../src/tab/browser-clock.ts'
import { eraseRoom } from '../../../../src/tab/room/erase-room.ts'
import { keepDocument } from '../../../../src/tab/room/persist-document.ts'
import { createRoomDocument } from '../../../../src/tab/room/room-document.ts'
import { deriveRoomKeys, type RoomKeys } from '../../../../src/tab/room/room-keys.ts'
import { MemoryBlockStore } from '../../../../src/tab/storage/memory-block-store.ts'
import { newDevice } from '../../../twins/device.ts'
import { bytesOf } from '../../../twins/files-tab.ts'

const roomOf = (n: number) => deriveRoomKeys(new Uint8Array(32).fill(n))

/** The device keeps this object for the room, and the document that says so. */
async function keepObject(store: MemoryBlockStore, keys: RoomKeys): Promise<ObjectId> {
  const layout = { k: 2, rows: 4, sensitive: false }
  const data = [new Blob([bytesOf(3_000_000)])]
  const { object, bytes } = await importObject(data, layout, keys.files, (shelf, blocks) => store.putMany(blocks, { shelf }))
  const { id } = await newDevice()
  const plan = { object, profile: 'raid6', k: 2, rows: 4, bytes, slots: [], sequence: 1, by: id, atMs: 0, signature: new Uint8Array(64) }
  const { doc, plans } = createRoomDocument()
  const { signal } = new AbortController()
  const around = { doc, room: keys.roomId, key: keys.content, values: store, clock: browserClock, signal, failed: () => {} }
  const keeper = keepDocument(around)
  plans.setMany(new Map([[object, plan]]))
  await keeper.flush()
  return object
}

test('[STORAGE-28] a forgotten room leaves neither rows nor manifests nor values, and takes nothing from another', async () => {
  const memory = new MemoryBlockStore()
  const store: DeviceStore = { blocks: memory, values: memory, gateway: memory, status: 'memory-only' }
  const [mine, other] = [await roomOf(1), await roomOf(2)]
  const kept = await keepObject(memory, other)
  const before = await memory.usage()
  const gone = await keepObject(memory, mine)
  expect((await memory.usage()).keptBytes).toBeGreaterThan(before.keptBytes + 3_000_000)
  await eraseRoom(store, mine, browserClock)

  expect((await memory.usage()).keptBytes).toBe(before.keptBytes)
  expect([await memory.get(gone, 'manifest'), (await memory.get(kept, 'manifest')) !== undefined]).toEqual([undefined, true])
  const values = [mine, other].map(async ({ roomId }) => (await memory.load(`room/${roomId}/document`)) !== undefined)
  expect(await Promise.all(values)).toEqual([false, true])
})

test('[STORAGE-28] a room whose document is gone is forgotten all the same', async () => {
  const memory = new MemoryBlockStore()
  const store: DeviceStore = { blocks: memory, values: memory, gateway: memory, status: 'memory-only' }
  const keys = await roomOf(1)
  await memory.save(`files/${keys.roomId}/wishes`, new Uint8Array(1))
  await eraseRoom(store, keys, browserClock)
  expect(await memory.load(`files/${keys.roomId}/wishes`)).toBeUndefined()
})
