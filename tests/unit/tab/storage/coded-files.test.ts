/** Files cut into rows: a room of several devices, any of which may go. */
import { expect, onTestFinished, test } from 'vitest'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { bytesOf, connect, type FilesTab, hurriedClock, isSame, later, openTabs, readAll, until } from '../../../twins/files-tab.ts'
import { TwinRoomState } from '../../../twins/room.ts'
import { enter, keptBytes } from './enter.ts'

const MIB = 1024 * 1024
const DAY = 24 * 60 * 60_000

type Room = { readonly room: TwinRoomState; readonly tabs: readonly FilesTab[]; readonly clock: ReturnType<typeof hurriedClock> }

async function roomOf(count: number): Promise<Room> {
  const room = new TwinRoomState()
  const clock = hurriedClock(10)
  const tabs = await openTabs(room, count, { clock })
  onTestFinished(() => {
    for (const tab of tabs) tab.close()
  })
  await until(tabs[0] as FilesTab, () => room.devices.entries().size === count)
  return { room, tabs, clock }
}

const safety = (tab: FilesTab, id: FileId) => tab.files.list().find((file) => file.id === id)?.safety.state

test('[STORAGE-14] each of six devices keeps a share, two of them may go, and the file is read all the same', async () => {
  const { tabs } = await roomOf(6)
  const [ada, ben, cyd] = tabs as [FilesTab, FilesTab, FilesTab]
  const data = bytesOf(9 * MIB + 5)
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4', profile: 'raid6', until: 'spread' })
  const { k, rows } = ada.files.stat(id)
  expect([k, rows]).toEqual([4, 7])

  for (const tab of tabs.slice(1)) expect(await keptBytes(tab)).toBeLessThan(0.3 * data.byteLength)
  ada.close()
  ben.close()
  await later()
  expect(isSame(await readAll(cyd.files.get(id)), data)).toBe(true)
  expect(isSame(await readAll(cyd.files.get(id, { offset: 5 * MIB - 3, length: 10 })), data.subarray(5 * MIB - 3, 5 * MIB + 7))).toBe(true)
})

test('[STORAGE-15] what its adder holds beyond the plan is marked when all have their rows, and gives way', async () => {
  const { tabs } = await roomOf(6)
  const [ada] = tabs as [FilesTab]
  const data = bytesOf(8 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4', profile: 'raid6' })
  expect((await ada.store.usage()).markedBytes).toBe(0)
  await until(ada, () => safety(ada, id) === 'spread')
  await until(ada, () => ada.files.storage.markedBytes > 5 * MIB)

  expect(isSame(await readAll(ada.files.get(id)), data)).toBe(true)
  expect(ada.files.list()[0]?.state.kind).toBe('held')
})

test('[STORAGE-17] rows of a device away stay where they are; lost, they are made anew by the others', async () => {
  const { room, tabs, clock } = await roomOf(7)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  const data = bytesOf(6 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4', profile: 'raid5', until: 'spread' })
  const planned = () => [...room.plans.entries().values()][0]?.slots.map(({ device }) => device) ?? []
  const before = planned()
  ben.close()
  await later(1_000)
  expect([planned(), before.includes(ben.side.device)]).toEqual([before, true])

  clock.jump(20 * DAY)
  const dan = await enter(room, { clock })
  for (const tab of tabs) if (tab !== ben) connect(dan, tab)
  await until(ada, () => !planned().includes(ben.side.device) && safety(ada, id) === 'spread', 20_000)
  expect(ada.files.stat(id).spareDevices).toBeGreaterThan(0)
  const others = tabs.filter((tab) => tab !== ben)
  for (const tab of others.slice(1)) expect(isSame(await readAll(tab.files.get(id)), data)).toBe(true)
})

test('[STORAGE-12] the same bytes added by four members are stored once, and the floor rises', async () => {
  const { room, tabs } = await roomOf(4)
  const data = bytesOf(3 * MIB)
  const ids: FileId[] = []
  for (const tab of tabs) ids.push((await tab.files.put(new Blob([data]), { name: 'same.bin', profile: 'raid1(2)' })).id)
  const [ada] = tabs as [FilesTab]
  await until(ada, () => ada.files.list().length === 4)

  expect(room.plans.entries().size).toBe(1)
  expect(new Set([...room.files.entries().values()].map(({ object }) => object)).size).toBe(1)
  const wanted = () => [...room.plans.entries().values()][0]?.slots.length
  await until(ada, () => wanted() === 4)
  for (const id of ids.slice(1)) ada.files.remove(id)
  expect(isSame(await readAll(ada.files.get(ids[0] as FileId)), data)).toBe(true)
})

test('[STORAGE-13] small files added together are few objects, each with its own bytes', async () => {
  const { room, tabs } = await roomOf(2)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  const files = Array.from({ length: 40 }, (_, i) => ({
    name: `${i}.txt`,
    folder: 'notes/2026',
    data: new Blob([bytesOf(100_000, i + 1)]),
  }))
  const added = await ada.files.putMany(files)
  await until(ben, () => ben.files.list().length === 40 && ben.files.list().every(({ state }) => state.kind === 'held'))

  expect(room.plans.entries().size).toBe(4)
  expect(added[7]).toMatchObject({ name: '7.txt', folder: 'notes/2026', bytes: 100_000 })
  for (const i of [0, 7, 39]) expect(isSame(await readAll(ben.files.get(added[i]?.id as FileId)), bytesOf(100_000, i + 1))).toBe(true)
})

test('[STORAGE-20] what a reader fetched stays as a marked copy that others can read from', async () => {
  const { tabs } = await roomOf(6)
  const [ada, ben, cyd] = tabs as [FilesTab, FilesTab, FilesTab]
  const data = bytesOf(5 * MIB)
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4', profile: 'raid6', until: 'spread' })
  await readAll(ben.files.get(id))
  await until(ben, () => ben.files.list()[0]?.state.kind === 'held')

  await until(cyd, () => cyd.files.list()[0]?.copies.find(({ device }) => device === ben.side.device)?.share === 'whole')
  expect((await ben.store.usage()).markedBytes).toBeGreaterThan(0)
})

test('[STORAGE-31] a read that began beside one of six goes on when the others come', async () => {
  const { room, tabs } = await roomOf(6)
  const data = bytesOf(5 * MIB)
  const [ada] = tabs as [FilesTab]
  const { id } = await ada.files.put(new Blob([data]), { name: 'film.mp4', profile: 'raid6', until: 'spread' })
  const gus = await enter(room, { isVisitor: true })
  await until(gus, () => gus.files.list().length === 1)
  const [last, ...others] = [...tabs].reverse()
  connect(gus, last as FilesTab)
  const reading = readAll(gus.files.get(id))
  await later(500)
  for (const tab of others) connect(gus, tab)

  expect(isSame(await reading, data)).toBe(true)
})

test('[STORAGE-21] a file given up while it spreads is taken out again', async () => {
  const room = new TwinRoomState()
  const ada = await enter(room)
  const stop = new AbortController()
  const adding = ada.files.put(new Blob(['x']), { name: 'a', until: 'safe', signal: stop.signal })
  await until(ada, () => ada.files.list()[0]?.state.kind === 'held')
  stop.abort()

  await expect(adding).rejects.toMatchObject({ code: 'aborted' })
  expect(ada.files.list()).toEqual([])
})

test('[STORAGE-23] a file kept whole is whole here, and another profile makes another plan', async () => {
  const { tabs } = await roomOf(6)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  const { id } = await ada.files.put(new Blob([bytesOf(5 * MIB)]), { name: 'film.mp4', profile: 'raid6', until: 'spread' })
  expect(ben.files.list()[0]?.state.kind).toBe('part')
  ben.files.pin(id, true)
  expect([ben.files.stat(id).isPinned, ada.files.stat(id).isPinned]).toEqual([true, false])
  await until(ben, () => ben.files.list()[0]?.state.kind === 'held')
  expect((await ben.store.usage()).markedBytes).toBe(0)
  ben.files.pin(id, false)
  expect(ben.files.stat(id).isPinned).toBe(false)

  ada.files.setProfile(id, 'raid5')
  await until(ada, () => ada.files.stat(id).profile === 'raid5')
  expect(() => ada.files.setProfile(id, 'raid9')).toThrow(expect.objectContaining({ code: 'profile-invalid' }))
})

test('[STORAGE-22] a device that lets go erases what others have, and what nobody else has stays', async () => {
  const { tabs } = await roomOf(4)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  await ada.files.put(new Blob([bytesOf(4 * MIB)]), { name: 'shared', profile: 'raid1(3)', until: 'spread' })
  const before = await keptBytes(ada)
  const freed = await ada.files.storage.release()
  expect(freed).toBeGreaterThan(0.9 * 4 * MIB)
  expect(await keptBytes(ada)).toBeLessThan(before)
  await until(ben, () => ben.files.list()[0]?.copies.length === 3)

  const alone = new TwinRoomState()
  const cyd = await enter(alone, { clock: hurriedClock(20) })
  const { id } = await cyd.files.put(new Blob(['only here']), { name: 'only' })
  await cyd.files.storage.release()
  expect(new TextDecoder().decode(await readAll(cyd.files.get(id)))).toBe('only here')
})

test('[STORAGE-24] how safe a file is comes from signed records, in figures and words', async () => {
  const { tabs } = await roomOf(3)
  const [ada] = tabs as [FilesTab]
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a', profile: 'raid1(3)', until: 'spread' })

  expect(ada.files.stat(id)).toMatchObject({ state: 'spread', spareDevices: 2, k: 1, profile: 'raid1(3)' })
  expect(ada.files.stat(id, 'raid1(2)')).toMatchObject({ profile: 'raid1(2)', spareDevices: 1 })
  expect(() => ada.files.stat(id, 'best')).toThrow(expect.objectContaining({ code: 'profile-invalid' }))
})
