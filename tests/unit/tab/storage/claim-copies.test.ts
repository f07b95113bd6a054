/** What a device says it holds stays true: after losses, after time away, and when blocks come by another way. */
import { expect, onTestFinished, test } from 'vitest'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { copyKey } from '../../../../src/protocol/room-state.ts'
import { bytesOf, connect, type FilesTab, hurriedClock, openTab, until } from '../../../twins/files-tab.ts'
import { TwinRoomState } from '../../../twins/room.ts'

const MIB = 1024 * 1024

function opened(tab: FilesTab): FilesTab {
  onTestFinished(() => tab.close())
  return tab
}

const stateOf = (tab: FilesTab, index = 0) => tab.files.list()[index]?.state.kind
const later = () => new Promise((resolve) => setTimeout(resolve, 50))

test('[STORAGE-13] a device that announced a file its store lost withdraws it and fetches it again', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), openTab(room)]
  connect(ada, ben)
  const { id } = await ada.files.put(new Blob([bytesOf(3 * MIB)]), { name: 'a' })
  await until(ben, () => stateOf(ben) === 'held')
  ben.close()

  const emptied = opened(openTab(room, { device: ben.side.device }))
  await until(emptied, () => stateOf(emptied) === 'waiting')
  expect(room.copies.get(copyKey(id, ben.side.device))).toBeUndefined()
  connect(ada, emptied)
  await until(emptied, () => stateOf(emptied) === 'held')
})

test('[STORAGE-19] a file nobody holds becomes held when its blocks come with another file', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room, { clock: hurriedClock(50) }))]
  const data = new Blob([bytesOf(2 * MIB)])
  const lost = await ada.files.put(data, { name: 'lost.png' })
  room.copies.deleteMany([copyKey(lost.id, ada.side.device)])
  await until(ben, () => stateOf(ben) === 'waiting')
  await later()
  const twin = await ada.files.put(data, { name: 'twin.png' })
  connect(ada, ben)
  await until(ben, () => ben.files.list().every(({ state }) => state.kind === 'held'))

  expect(room.copies.get(copyKey(twin.id, ben.side.device))).toBeDefined()
  expect(room.copies.get(copyKey(lost.id, ben.side.device))).toBeDefined()
})

test('[STORAGE-20] a claim from before a loss that others bring back is withdrawn again', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = [opened(openTab(room)), opened(openTab(room))]
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a' })
  await until(ben, () => stateOf(ben) === 'waiting')
  await later()
  room.copies.setMany(new Map([[copyKey(id, ben.side.device), { atMs: 1 }]]))
  await later()

  expect(room.copies.get(copyKey(id, ben.side.device))).toBeUndefined()
  expect(stateOf(ben)).toBe('waiting')
})

test('[STORAGE-20] a device that was away while files were taken out takes back what it is said to hold of them, all at once', async () => {
  const room = new TwinRoomState()
  const ada = opened(openTab(room))
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'kept' })
  const claims = Array.from({ length: 100 }, (_, i) => [copyKey(`gone${i}` as FileId, ada.side.device), { atMs: 1 }] as const)
  const before = room.copies.writes
  room.copies.setMany(new Map(claims))
  await later()

  expect([...room.copies.entries().keys()]).toEqual([copyKey(id, ada.side.device)])
  expect(room.copies.writes - before).toBe(2)
})
