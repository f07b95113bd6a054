/** A device that was away, and whose disk may have changed meanwhile. */
import { expect, test } from 'vitest'
import type { BlockId } from '../../../../src/protocol/ids.ts'
import { MemoryBlockStore, MemoryDisk } from '../../../../src/tab/storage/memory-block-store.ts'
import { bytesOf, connect, type FilesTab, hurriedClock, isSame, later, openTab, readAll, until } from '../../../twins/files-tab.ts'
import { TwinRoomState } from '../../../twins/room.ts'
import { enter } from './enter.ts'

const MIB = 1024 * 1024
const clock = hurriedClock(10)

const isWhole = (tab: FilesTab) => tab.files.list().every(({ state }) => state.kind === 'held')

test('[STORAGE-16] of a thousand fragments one is spoiled while away: the others count again, that one is fetched anew', async () => {
  const room = new TwinRoomState()
  const ada = await enter(room, { clock })
  const disk = new MemoryDisk()
  const ben = await openTab(room, { clock, store: new MemoryBlockStore({ disk }) })
  const [before] = connect(ada, ben)
  const put = (i: number) => ada.files.put(new Blob([bytesOf(200, i + 1)]), { name: `${i}` })
  for (let from = 0; from < 1_000; from += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => put(from + i)))
  await until(ben, () => ben.files.list().length === 1_000 && isWhole(ben), 30_000)
  ben.close()
  expect(before.sent.dataBytes).toBeGreaterThan(200_000)

  const [spoiled] = [...disk.blocks.fragment.keys()].slice(500) as [BlockId]
  const rotten = (disk.blocks.fragment.get(spoiled) as Uint8Array<ArrayBuffer>).map((byte, i) => (i === 0 ? byte ^ 1 : byte))
  disk.blocks.fragment.set(spoiled, rotten)
  const again = await enter(room, { clock, key: ben.key, store: new MemoryBlockStore({ disk }) })
  await until(again, () => room.present.get(again.side.tab)?.leader === true)
  // Whatever the sample missed is found by whoever reads it, as the idle reading through the store does.
  expect(await again.store.get(spoiled)).toBeUndefined()
  const [link] = connect(ada, again)
  await until(again, () => disk.blocks.fragment.has(spoiled), 30_000)
  await later(300)

  expect(again.files.list().every(({ copies }) => copies.length === 2)).toBe(true)
  expect(link.sent.dataBytes).toBeLessThan(1_500)
})

test('[STORAGE-16] a store that lost everything withdraws all, says nothing else, and fills up again', async () => {
  const room = new TwinRoomState()
  const ada = await enter(room, { clock })
  const ben = await openTab(room, { clock })
  connect(ada, ben)
  const data = bytesOf(3 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'a' })
  await until(ben, () => ben.files.list().length === 1 && isWhole(ben))
  ben.close()

  const emptied = await enter(room, { clock, key: ben.key })
  await until(ada, () => ada.files.list()[0]?.copies.length === 1)
  connect(ada, emptied)
  await until(emptied, () => isWhole(emptied) && emptied.files.list()[0]?.copies.length === 2)
  expect(isSame(await readAll(emptied.files.get(id)), data)).toBe(true)
})

test('[STORAGE-5] nothing is asked of a device that has not checked its store yet', async () => {
  const room = new TwinRoomState()
  const ada = await enter(room, { clock })
  const disk = new MemoryDisk()
  const ben = await openTab(room, { clock, store: new MemoryBlockStore({ disk }) })
  connect(ada, ben)
  await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a' })
  await until(ben, () => ben.files.list().length === 1 && isWhole(ben))
  ben.close()
  ada.close()

  class SlowStore extends MemoryBlockStore {
    override async has(ids: readonly BlockId[]) {
      await later(400)
      return super.has(ids)
    }
  }
  const slow = await enter(room, { clock, key: ben.key, store: new SlowStore({ disk }) })
  const cyd = await enter(room, { clock })
  connect(slow, cyd)
  await until(cyd, () => cyd.files.list().length === 1)
  await later(150)
  expect(cyd.files.list()[0]?.state.kind).not.toBe('fetching')
  await until(cyd, () => isWhole(cyd))
})

test('[STORAGE-5] a fragment found spoiled while somebody reads it is fetched again, and the device says so', async () => {
  const room = new TwinRoomState()
  const ada = await enter(room, { clock })
  const disk = new MemoryDisk()
  const ben = await enter(room, { clock, store: new MemoryBlockStore({ disk }) })
  connect(ada, ben)
  const data = bytesOf(4 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'a' })
  await until(ben, () => isWhole(ben) && ben.files.list().length === 1)
  for (const [block, bytes] of disk.blocks.fragment)
    disk.blocks.fragment.set(
      block,
      bytes.map((byte, i) => (i === 9 ? byte ^ 4 : byte)),
    )

  expect(isSame(await readAll(ben.files.get(id)), data)).toBe(true)
  await later(100)
  expect(isSame(await readAll(ben.files.get(id)), data)).toBe(true)
})
