/** Files taken out of the room, brought back, and gone for good. */
import { expect, test } from 'vitest'
import { BIN_MS } from '../../../../src/protocol/limits.ts'
import { MemoryBlockStore } from '../../../../src/tab/storage/memory-block-store.ts'
import { bytesOf, connect, hurriedClock, isSame, later, openTab, readAll, until } from '../../../twins/files-tab.ts'
import { TwinRoomState } from '../../../twins/room.ts'
import { enter, keptBytes } from './enter.ts'

const MIB = 1024 * 1024
/** A day is over in 4 s, or in 0.9 s: as many timers as a day has are then due at once. */
const FAST = 20_000
const FASTEST = 100_000

test('[STORAGE-18] a removed file is out of the list at once, and anybody may bring it back with all its bytes', async () => {
  const room = new TwinRoomState()
  const clock = hurriedClock(10)
  const [ada, ben] = [await enter(room, { clock }), await enter(room, { clock })]
  connect(ada, ben)
  const data = bytesOf(3 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'a' })
  await until(ben, () => ben.files.list()[0]?.state.kind === 'held')
  ben.files.remove(id)

  expect([ada.files.list(), ben.files.list()]).toEqual([[], []])
  await until(ada, () => ada.files.bin().length === 1)
  expect(ada.files.bin()).toMatchObject([{ id, name: 'a', bytes: data.byteLength }])
  await later(100)
  expect(await keptBytes(ada)).toBeGreaterThan(3 * MIB)
  expect(ada.files.undo(id)).toBe(true)
  await until(ben, () => ben.files.list()[0]?.state.kind === 'held')
  expect([ada.files.bin(), ada.files.undo(id)]).toEqual([[], false])
  expect(isSame(await readAll(ben.files.get(id)), data)).toBe(true)
})

test('[STORAGE-19] after a day everything of it is erased on every device, but what another file needs', async () => {
  const room = new TwinRoomState()
  const clock = hurriedClock(FAST)
  const [ada, ben] = [await enter(room, { clock }), await enter(room, { clock })]
  connect(ada, ben)
  const shared = bytesOf(MIB, 4)
  const kept = await ada.files.put(new Blob([shared]), { name: 'kept' })
  await until(ben, () => ben.files.list()[0]?.state.kind === 'held')
  const before = await keptBytes(ben)
  const { id } = await ada.files.put(new Blob([shared, bytesOf(2 * MIB, 9)]), { name: 'gone' })
  await until(ben, () => ben.files.list().length === 2 && ben.files.list().every(({ state }) => state.kind === 'held'))
  ben.files.remove(id)

  await until(ada, () => ada.files.storage.keptBytes === before && ben.files.storage.keptBytes === before, 20_000)
  await until(ada, () => room.plans.entries().size === 1 && room.bin.entries().size === 0 && room.seen.entries().size === 0)
  expect(room.holdings.entries().size).toBe(2)
  const reading = await enter(room, { store: ben.store, key: ben.key })
  await until(reading, () => reading.files.list().length === 1)
  expect(isSame(await readAll(reading.files.get(kept.id)), shared)).toBe(true)
})

test('[STORAGE-19] a clock that jumps a year erases nothing, neither while open nor over a reload', async () => {
  const room = new TwinRoomState()
  const clock = hurriedClock(10)
  const store = new MemoryBlockStore()
  const ada = await openTab(room, { clock, store })
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a' })
  ada.files.remove(id)
  await later(50)
  clock.jump(365 * BIN_MS)
  await later(200)
  ada.close()
  await later(50)

  const again = await enter(room, { clock, store, key: ada.key })
  await later(400)
  expect((await store.usage()).keptBytes).toBeGreaterThan(MIB)
  clock.jump(-365 * BIN_MS)
  expect(again.files.undo(id)).toBe(true)
  await until(again, () => again.files.list()[0]?.state.kind === 'held')
})

test('[STORAGE-19] while most of those who hold it do not know, nothing is erased for a week', async () => {
  const room = new TwinRoomState()
  const clock = hurriedClock(FASTEST)
  const [ada, ben, cyd] = [await enter(room, { clock }), await enter(room, { clock }), await enter(room, { clock })]
  for (const [a, b] of [
    [ada, ben],
    [ada, cyd],
    [ben, cyd],
  ] as const)
    connect(a, b)
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a', profile: 'raid1(3)' })
  await until(ada, () => ada.files.list()[0]?.copies.length === 3)
  ben.close()
  cyd.close()
  ada.files.remove(id)
  await later(2_500)
  expect(await keptBytes(ada)).toBeGreaterThan(MIB)

  await until(ada, () => ada.files.storage.keptBytes === 0, 20_000)
})
