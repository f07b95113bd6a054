import { expect, onTestFinished, test } from 'vitest'
import { encodeFrame } from '../../../../src/protocol/frame.ts'
import type { DeviceId, FileId } from '../../../../src/protocol/ids.ts'
import { copyKey } from '../../../../src/protocol/room-state.ts'
import { encodeDataFrame } from '../../../../src/protocol/transfer.ts'
import { MemoryBlockStore } from '../../../../src/tab/storage/memory-block-store.ts'
import { bytesOf, connect, type FilesTab, openTab, readAll, until } from '../../../twins/files-tab.ts'
import { TwinRoomState } from '../../../twins/room.ts'

const MIB = 1024 * 1024

function opened(tab: FilesTab): FilesTab {
  onTestFinished(() => tab.close())
  return tab
}

const stateOf = (tab: FilesTab, index = 0) => tab.files.list()[index]?.state.kind
const same = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(b)
const later = () => new Promise((resolve) => setTimeout(resolve, 50))

test('[STORAGE-13] a file put on one device comes to another, byte for byte, and is then announced', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  connect(ada, ben)
  const data = bytesOf(10 * MIB + 123)

  const added = await ada.files.put(new Blob([data]), { name: 'night sky.png', type: 'image/png' })
  await until(ben, () => stateOf(ben) === 'held')

  expect(added).toMatchObject({ name: 'night sky.png', bytes: data.byteLength, state: { kind: 'held' } })
  expect(ben.files.list()[0]?.copies).toHaveLength(2)
  expect(same(await readAll(ben.files.get(added.id)), data)).toBe(true)
})

test('[STORAGE-13] files of nothing and of one byte are shared as any other', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  connect(ada, ben)
  await ada.files.put(new Blob([]), { name: 'empty' })
  const one = await ada.files.put(new Blob(['x']), { name: 'one' })

  await until(ben, () => ben.files.list().length === 2 && ben.files.list().every(({ state }) => state.kind === 'held'))
  expect(await readAll(ben.files.get(one.id))).toEqual(new TextEncoder().encode('x'))
})

test('[TRANSFER-12] a file comes from all who hold it', async () => {
  const room = new TwinRoomState()
  const [ada, ben, cyd] = [opened(openTab(room)), opened(openTab(room)), opened(openTab(room))]
  connect(ada, ben)
  await ada.files.put(new Blob([bytesOf(40 * MIB)]), { name: 'film.mp4' })
  await until(ben, () => stateOf(ben) === 'held')
  const [fromAda] = connect(ada, cyd)
  const [fromBen] = connect(ben, cyd)
  await until(cyd, () => stateOf(cyd) === 'held')

  expect(fromAda.sent.dataBytes).toBeGreaterThan(8 * MIB)
  expect(fromBen.sent.dataBytes).toBeGreaterThan(8 * MIB)
})

test('[TRANSFER-13] a holder that sends wrong bytes is noticed and the block comes from another', async () => {
  const room = new TwinRoomState()
  const [ada, ben, cyd] = [opened(openTab(room)), opened(openTab(room)), opened(openTab(room))]
  connect(ada, ben)
  const data = bytesOf(6 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4' })
  await until(ben, () => stateOf(ben) === 'held')
  const spoil = (frame: Uint8Array) => [frame.map((byte, i) => (i === 1000 ? byte ^ 1 : byte))]
  connect(ada, cyd, { data: spoil })
  connect(ben, cyd)
  await until(cyd, () => stateOf(cyd) === 'held')

  expect(cyd.notices).toContain('block-mismatch')
  expect(same(await readAll(cyd.files.get(id)), data)).toBe(true)
})

test('[STORAGE-16] a fetch whose only holder leaves waits, and goes on from there when it is back', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  let arrived = 0
  const [link] = connect(ada, ben, {
    data: (frame) => {
      arrived += frame.byteLength
      if (arrived > 12 * MIB) link.end()
      return [frame]
    },
  })
  await ada.files.put(new Blob([bytesOf(20 * MIB)]), { name: 'film.mp4' })
  await until(ben, () => stateOf(ben) === 'waiting')
  const done = ben.files.list()[0]?.state
  expect(done).toMatchObject({ kind: 'waiting', doneBytes: expect.any(Number) })
  expect(done?.kind === 'waiting' && done.doneBytes).toBeGreaterThan(4 * MIB)

  const [again] = connect(ada, ben)
  await until(ben, () => stateOf(ben) === 'held')
  expect(again.sent.dataBytes).toBeLessThan(18 * MIB)
})

test('[STORAGE-15] a paused file stays so after a reload, and resumes', async () => {
  const room = new TwinRoomState()
  const store = new MemoryBlockStore()
  const ada = opened(openTab(room))
  const before = openTab(room, { store })
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a' })
  before.files.pause(id)
  await until(before, () => stateOf(before) === 'paused')
  await later()
  before.close()

  const ben = opened(openTab(room, { store, device: before.side.device }))
  connect(ada, ben)
  await later()
  expect(stateOf(ben)).toBe('paused')
  ben.files.resume(id)
  await until(ben, () => stateOf(ben) === 'held')
})

test('[STORAGE-15] a cancelled fetch stays cancelled and the file stays with who holds it', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a' })
  ben.files.cancel(id)
  connect(ada, ben)
  await later()

  expect([stateOf(ada), stateOf(ben)]).toEqual(['held', 'cancelled'])
})

test('[STORAGE-11] an aborted file leaves nothing behind, but a block another file needs', async () => {
  const room = new TwinRoomState()
  const ada = opened(openTab(room))
  const shared = bytesOf(MIB, 7)
  const kept = await ada.files.put(new Blob([shared]), { name: 'kept' })
  const before = (await ada.store.usage()).usedBytes
  const stop = new AbortController()
  const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 10 * MIB && stop.abort()
  const adding = ada.files.put(new Blob([shared, bytesOf(40 * MIB)]), { name: 'film.mp4', signal: stop.signal, onProgress })

  await expect(adding).rejects.toMatchObject({ code: 'aborted' })
  expect((await ada.store.usage()).usedBytes).toBe(before)
  expect(ada.files.list().map(({ name }) => name)).toEqual(['kept'])
  expect(same(await readAll(ada.files.get(kept.id)), shared)).toBe(true)
})

test('[STORAGE-11] cancelling a file that is being added stops it', async () => {
  const ada = opened(openTab(new TwinRoomState()))
  const adding = ada.files.put(new Blob([bytesOf(40 * MIB)]), { name: 'a' })
  expect(stateOf(ada)).toBe('adding')
  ada.files.cancel(ada.files.list()[0]?.id as FileId)

  await expect(adding).rejects.toMatchObject({ code: 'aborted' })
  expect((await ada.store.usage()).usedBytes).toBe(0)
})

test('[STORAGE-11] a disk that fills up in the middle of a file leaves nothing of it and loses nothing else', async () => {
  const store = new MemoryBlockStore({ quotaBytes: 12 * MIB })
  const ada = opened(openTab(new TwinRoomState(), { store }))
  await ada.files.put(new Blob([bytesOf(2 * MIB)]), { name: 'small' })
  const before = (await store.usage()).usedBytes

  await expect(ada.files.put(new Blob([bytesOf(30 * MIB, 5)]), { name: 'large' })).rejects.toMatchObject({ code: 'quota-exceeded' })
  expect((await store.usage()).usedBytes).toBe(before)
  expect(ada.files.list().map(({ name, state }) => [name, state.kind])).toEqual([['small', 'held']])
})

test('[TRANSFER-18] a disk that fills up while fetching fails the file and says so', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room, { store: new MemoryBlockStore({ quotaBytes: 10 * MIB }) }))]
  connect(ada, ben)
  await ada.files.put(new Blob([bytesOf(30 * MIB)]), { name: 'large' })
  await until(ben, () => stateOf(ben) === 'failed')

  expect(ben.files.list()[0]?.state).toMatchObject({ kind: 'failed', code: 'quota-exceeded' })
  expect(ben.notices).toContain('quota-exceeded')
})

test('[STORAGE-12] a file taken out of the room gives its blocks back on every device', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  connect(ada, ben)
  const { id } = await ada.files.put(new Blob([bytesOf(3 * MIB)]), { name: 'a' })
  await until(ben, () => stateOf(ben) === 'held')
  ben.files.remove(id)
  await later()

  expect([ada.files.list(), ben.files.list(), room.copies.entries().size]).toEqual([[], [], 0])
  expect([(await ada.store.usage()).usedBytes, (await ben.store.usage()).usedBytes]).toEqual([0, 0])
})

test('[STORAGE-14] of two tabs of one device one replicates, and the other reads and takes over', async () => {
  const room = new TwinRoomState()
  const store = new MemoryBlockStore()
  const { locks } = navigator
  const first = openTab(room, { store, locks })
  await later()
  const second = opened(openTab(room, { store, locks, device: first.side.device }))
  const ada = opened(openTab(room))
  const data = bytesOf(3 * MIB)
  connect(ada, second)
  const { id } = await ada.files.put(new Blob([data]), { name: 'a' })
  await later()

  expect(room.copies.get(copyKey(id, first.side.device))).toBeUndefined()
  expect(same(await readAll(second.files.get(id, { offset: MIB, length: 10 })), data.subarray(MIB, MIB + 10))).toBe(true)
  first.close()
  await until(second, () => stateOf(second) === 'held')
})

test('[TRANSFER-15] a range is read from members while the file itself is not fetched', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  const data = bytesOf(20 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4' })
  ben.files.pause(id)
  const [link] = connect(ada, ben)

  expect(same(await readAll(ben.files.get(id, { offset: 15 * MIB, length: 3 })), data.subarray(15 * MIB, 15 * MIB + 3))).toBe(true)
  expect(link.sent.dataBytes).toBeLessThan(2 * MIB)
})

test('a block on no device that is here is said to be missing', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a' })

  await expect(readAll(ben.files.get(id))).rejects.toMatchObject({ code: 'block-missing' })
  await expect(readAll(ben.files.get('nothing' as FileId))).rejects.toMatchObject({ code: 'file-not-found' })
})

test('[TRANSFER-3] a peer that sends gigabytes nobody asked for is cut at the first frame', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  const [hostile, link] = connect(ada, ben)
  await hostile.sendData(encodeDataFrame({ transfer: 1, index: 0, offset: 0, blockBytes: MIB, payload: new Uint8Array(65536) }))
  await later()

  expect(link.cutBy).toMatchObject([{ code: 'credit-exceeded' }])
})

test('[TRANSFER-10] a peer that floods unknown commands is cut', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  const [hostile, link] = connect(ada, ben)
  for (let i = 0; i < 100; i++) hostile.sendCommand(encodeFrame({ t: 'newer', id: i }))
  await later()

  expect(link.cutBy).toMatchObject([{ code: 'frame-unknown' }])
})

test('what is neither a Blob nor a stream of bytes is no file', async () => {
  const ada = opened(openTab(new TwinRoomState()))
  await expect(ada.files.put('text' as unknown as Blob, { name: 'a' })).rejects.toMatchObject({ code: 'file-invalid' })
  async function* words(): AsyncGenerator<Uint8Array> {
    yield 'word' as unknown as Uint8Array
  }
  await expect(ada.files.put(words(), { name: 'a' })).rejects.toMatchObject({ code: 'file-invalid' })
  expect(ada.files.list()).toEqual([])
})

test('ten thousand files are listed, walked and announced in a few updates', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  const { root } = await ada.files.put(new Blob(['same']), { name: 'first' })
  const records = Array.from({ length: 10_000 }, (_, i) => {
    const id = `file${String(i).padStart(18, '0')}` as FileId
    return { id, root: root as never, name: `${i}.txt`, type: '', bytes: 4, addedBy: ada.side.device as DeviceId, addedAtMs: i }
  })
  const startedMs = performance.now()
  room.files.setMany(new Map(records.map((record) => [record.id, record])))
  room.copies.setMany(new Map(records.map(({ id }) => [copyKey(id, ada.side.device), { atMs: 1 }])))
  connect(ada, ben)
  const writes = room.copies.writes
  await until(ben, () => ben.files.list().length === 10_001 && ben.files.list().every(({ state }) => state.kind === 'held'), 25_000)

  expect(room.copies.writes - writes).toBeLessThan(100)
  expect(performance.now() - startedMs).toBeLessThan(20_000)
})
