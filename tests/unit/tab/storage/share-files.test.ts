/** Files of a small room, where every device ends with all of them. */
import { expect, test } from 'vitest'
import { encodeFrame } from '../../../../src/protocol/frame.ts'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { encodeDataFrame } from '../../../../src/protocol/transfer.ts'
import { MemoryBlockStore } from '../../../../src/tab/storage/memory-block-store.ts'
import { bytesOf, connect, type FilesTab, hurriedClock, isSame, later, openTab, readAll, until } from '../../../twins/files-tab.ts'
import { TwinRoomState } from '../../../twins/room.ts'
import { enter, keptBytes } from './enter.ts'

const MIB = 1024 * 1024

async function enterTwo(): Promise<readonly [TwinRoomState, FilesTab, FilesTab]> {
  const room = new TwinRoomState()
  return [room, await enter(room), await enter(room)]
}

const stateOf = (tab: FilesTab, index = 0) => tab.files.list()[index]?.state.kind
test('[STORAGE-14] a file put on one device comes to another, byte for byte, and is then announced', async () => {
  const [, ada, ben] = await enterTwo()
  connect(ada, ben)
  const data = bytesOf(10 * MIB + 123)

  const added = await ada.files.put(new Blob([data]), { name: 'night sky.png', type: 'image/png' })
  await until(ben, () => stateOf(ben) === 'held')

  expect(added).toMatchObject({ name: 'night sky.png', bytes: data.byteLength, state: { kind: 'held' } })
  expect(ben.files.list()[0]?.copies.map(({ share }) => share)).toEqual(['whole', 'whole'])
  expect(isSame(await readAll(ben.files.get(added.id)), data)).toBe(true)
})

test('[STORAGE-14] files of nothing and of one byte are shared as any other', async () => {
  const [, ada, ben] = await enterTwo()
  connect(ada, ben)
  const none = await ada.files.put(new Blob([]), { name: 'empty' })
  const one = await ada.files.put(new Blob(['x']), { name: 'one' })

  await until(ben, () => ben.files.list().length === 2 && ben.files.list().every(({ state }) => state.kind === 'held'))
  expect((await readAll(ben.files.get(none.id))).byteLength).toBe(0)
  expect(await readAll(ben.files.get(one.id))).toEqual(new TextEncoder().encode('x'))
})

test('a file comes from all who hold it', async () => {
  const [room, ada, ben] = await enterTwo()
  connect(ada, ben)
  await ada.files.put(new Blob([bytesOf(40 * MIB)]), { name: 'film.mp4' })
  await until(ben, () => stateOf(ben) === 'held')
  const cyd = await enter(room)
  const [fromAda] = connect(ada, cyd)
  const [fromBen] = connect(ben, cyd)
  await until(cyd, () => stateOf(cyd) === 'held')

  expect(fromAda.sent.dataBytes).toBeGreaterThan(8 * MIB)
  expect(fromBen.sent.dataBytes).toBeGreaterThan(8 * MIB)
})

test('a holder that sends wrong bytes is noticed and the fragment comes from another', async () => {
  const [room, ada, ben] = await enterTwo()
  connect(ada, ben)
  const data = bytesOf(6 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4' })
  await until(ben, () => stateOf(ben) === 'held')
  const cyd = await enter(room)
  const spoil = (frame: Uint8Array) => [frame.map((byte, i) => (i === 1000 ? byte ^ 1 : byte))]
  connect(ada, cyd, { data: spoil })
  connect(ben, cyd)
  await until(cyd, () => stateOf(cyd) === 'held')

  expect(cyd.notices).toContain('block-mismatch')
  expect(isSame(await readAll(cyd.files.get(id)), data)).toBe(true)
})

test('[STORAGE-8] a fetch whose only holder leaves waits, and goes on from there when it is back', async () => {
  const [, ada, ben] = await enterTwo()
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
  await later(1_500)
  const done = ben.files.list()[0]?.state
  expect(done?.kind === 'waiting' && done.doneBytes).toBeGreaterThan(4 * MIB)

  const [again] = connect(ada, ben)
  await until(ben, () => stateOf(ben) === 'held')
  expect(again.sent.dataBytes).toBeLessThan(18 * MIB)
})

test('[STORAGE-7] a paused file stays so after a reload, and resumes', async () => {
  const room = new TwinRoomState()
  const store = new MemoryBlockStore()
  const [ada, before] = [await enter(room), await openTab(room, { store })]
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a' })
  before.files.pause(id)
  await until(before, () => stateOf(before) === 'paused')
  await later()
  before.close()

  const ben = await enter(room, { store, key: before.key })
  connect(ada, ben)
  await later(500)
  expect(stateOf(ben)).toBe('paused')
  ben.files.resume(id)
  await until(ben, () => stateOf(ben) === 'held')
})

test('[STORAGE-7] a cancelled fetch stays cancelled and the file stays with who holds it', async () => {
  const [, ada, ben] = await enterTwo()
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a' })
  await until(ben, () => ben.files.list().length === 1)
  ben.files.cancel(id)
  connect(ada, ben)
  await later(500)

  expect([stateOf(ada), stateOf(ben)]).toEqual(['held', 'cancelled'])
})

test('[STORAGE-2] an aborted file leaves nothing behind, but a block another file needs', async () => {
  const ada = await enter(new TwinRoomState())
  const shared = bytesOf(MIB, 7)
  const kept = await ada.files.put(new Blob([shared]), { name: 'kept' })
  const before = await keptBytes(ada)
  const stop = new AbortController()
  const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 10 * MIB && stop.abort()
  const adding = ada.files.put(new Blob([shared, bytesOf(40 * MIB)]), { name: 'film.mp4', signal: stop.signal, onProgress })

  await expect(adding).rejects.toMatchObject({ code: 'aborted' })
  expect(await keptBytes(ada)).toBe(before)
  expect(ada.files.list().map(({ name }) => name)).toEqual(['kept'])
  expect(isSame(await readAll(ada.files.get(kept.id)), shared)).toBe(true)
})

test('[STORAGE-2] cancelling a file that is being added stops it', async () => {
  const ada = await enter(new TwinRoomState())
  const adding = ada.files.put(new Blob([bytesOf(40 * MIB)]), { name: 'a' })
  expect(stateOf(ada)).toBe('adding')
  ada.files.cancel(ada.files.list()[0]?.id as FileId)

  await expect(adding).rejects.toMatchObject({ code: 'aborted' })
  expect([await keptBytes(ada), ada.files.list()]).toEqual([0, []])
})

test('[STORAGE-2] a disk that fills up in the middle of a file leaves nothing of it and loses nothing else', async () => {
  const store = new MemoryBlockStore({ quotaBytes: 12 * MIB })
  const ada = await enter(new TwinRoomState(), { store })
  await ada.files.put(new Blob([bytesOf(2 * MIB)]), { name: 'small' })
  const before = await keptBytes(ada)

  await expect(ada.files.put(new Blob([bytesOf(30 * MIB, 5)]), { name: 'large' })).rejects.toMatchObject({ code: 'quota-exceeded' })
  expect(await keptBytes(ada)).toBe(before)
  expect(ada.files.list().map(({ name, state }) => [name, state.kind])).toEqual([['small', 'held']])
})

test('[STORAGE-2] two at once of the same bytes: one given up takes nothing from the other', async () => {
  const ada = await enter(new TwinRoomState())
  const data = bytesOf(12 * MIB, 3)
  const stop = new AbortController()
  const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 4 * MIB && stop.abort()
  const given = ada.files.put(new Blob([data]), { name: 'given up', signal: stop.signal, onProgress })
  const kept = ada.files.put(new Blob([data]), { name: 'kept' })

  await expect(given).rejects.toMatchObject({ code: 'aborted' })
  expect(isSame(await readAll(ada.files.get((await kept).id)), data)).toBe(true)
})

test('a device without room is given nothing, and says that the file is elsewhere', async () => {
  const room = new TwinRoomState()
  const ada = await enter(room)
  const ben = await enter(room, { store: new MemoryBlockStore({ quotaBytes: 10 * MIB }) })
  connect(ada, ben)
  await ada.files.put(new Blob([bytesOf(30 * MIB)]), { name: 'large' })
  await until(ben, () => stateOf(ben) === 'elsewhere')
  await later(500)

  expect([stateOf(ben), await keptBytes(ben)].map(String)[0]).toBe('elsewhere')
  expect(await keptBytes(ben)).toBeLessThan(MIB)
})

test('[STORAGE-6] of two tabs of one device one keeps files, and the other reads and takes over', async () => {
  const room = new TwinRoomState()
  const store = new MemoryBlockStore()
  const { locks } = navigator
  const first = await openTab(room, { store, locks })
  await later()
  const second = await enter(room, { store, locks, key: first.key })
  const ada = await enter(room)
  const data = bytesOf(3 * MIB)
  connect(ada, second)
  const { id } = await ada.files.put(new Blob([data]), { name: 'a' })
  await until(second, () => second.files.list().length === 1)
  await later()

  expect(second.files.list()[0]?.copies).toHaveLength(1)
  expect(isSame(await readAll(second.files.get(id, { offset: MIB, length: 10 })), data.subarray(MIB, MIB + 10))).toBe(true)
  first.close()
  await until(second, () => second.files.list()[0]?.copies.length === 2 && stateOf(second) === 'held')
})

test('a range is read from members while the file itself is not fetched', async () => {
  const [, ada, ben] = await enterTwo()
  const data = bytesOf(20 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4' })
  await until(ben, () => ben.files.list().length === 1)
  ben.files.pause(id)
  const [link] = connect(ada, ben)

  expect(isSame(await readAll(ben.files.get(id, { offset: 15 * MIB, length: 3 })), data.subarray(15 * MIB, 15 * MIB + 3))).toBe(true)
  expect(link.sent.dataBytes).toBeLessThan(3 * MIB)
})

test('[STORAGE-30] who reads before he is connected to anybody gets the file when he is', async () => {
  const [, ada, ben] = await enterTwo()
  const data = bytesOf(2 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4' })
  await until(ben, () => ben.files.list().length === 1)
  const reading = readAll(ben.files.get(id))
  await later()
  connect(ada, ben)

  expect(isSame(await reading, data)).toBe(true)
})

test('a file on no device that is here is said to be missing, and one nobody knows not to exist', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [await enter(room), await enter(room, { clock: hurriedClock(30) })]
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a' })
  await until(ben, () => ben.files.list().length === 1)

  await expect(readAll(ben.files.get(id))).rejects.toMatchObject({ code: 'block-missing' })
  await expect(readAll(ben.files.get('nothing' as FileId))).rejects.toMatchObject({ code: 'file-not-found' })
})

test('a peer that sends gigabytes nobody asked for is cut at the first frame', async () => {
  const [, ada, ben] = await enterTwo()
  const [hostile, link] = connect(ada, ben)
  await hostile.sendData(encodeDataFrame({ transfer: 1, index: 0, offset: 0, blockBytes: MIB, payload: new Uint8Array(65536) }))
  await later()

  expect(link.cutBy).toMatchObject([{ code: 'credit-exceeded' }])
})

test('a peer that floods unknown commands is cut', async () => {
  const [, ada, ben] = await enterTwo()
  const [hostile, link] = connect(ada, ben)
  for (let i = 0; i < 100; i++) hostile.sendCommand(encodeFrame({ t: 'newer', id: i }))
  await later()

  expect(link.cutBy).toMatchObject([{ code: 'frame-unknown' }])
})

test('what is neither a Blob nor a stream of bytes is no file, and what is no profile no way to keep it', async () => {
  const ada = await enter(new TwinRoomState())
  await expect(ada.files.put('text' as unknown as Blob, { name: 'a' })).rejects.toMatchObject({ code: 'file-invalid' })
  async function* words(): AsyncGenerator<Uint8Array> {
    yield 'word' as unknown as Uint8Array
  }
  await expect(ada.files.put(words(), { name: 'a' })).rejects.toMatchObject({ code: 'file-invalid' })
  await expect(ada.files.put(new Blob(['x']), { name: 'a', profile: 'raid7' })).rejects.toMatchObject({ code: 'profile-invalid' })
  expect([ada.files.list(), await keptBytes(ada)]).toEqual([[], 0])
})
