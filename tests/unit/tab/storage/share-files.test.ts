import { expect, onTestFinished, test } from 'vitest'
import { TwinRoomState } from '../../../twins/room.ts'
import { bytesOf, connect, type FilesTab, openTab, readAll, until } from '../../../twins/files-tab.ts'

const MIB = 1024 * 1024

function tabs(state: TwinRoomState, count: number): FilesTab[] {
  const all = Array.from({ length: count }, () => openTab(state))
  onTestFinished(() => {
    for (const tab of all) tab.close()
  })
  return all
}

const stateOf = (tab: FilesTab, index = 0) => tab.files.list()[index]?.state.kind

test('[STORAGE-13] a file put on one device comes to another, byte for byte, and is then announced', async () => {
  const room = new TwinRoomState()
  const [ada, ben] = tabs(room, 2) as [FilesTab, FilesTab]
  connect(ada, ben)
  const data = bytesOf(10 * MIB + 123)

  const added = await ada.files.put(new Blob([data]), { name: 'night sky.png', type: 'image/png' })
  await until(ben, () => stateOf(ben) === 'held')

  expect(added).toMatchObject({ name: 'night sky.png', bytes: data.byteLength, state: { kind: 'held' } })
  expect(ben.files.list()[0]?.copies).toHaveLength(2)
  expect(await readAll(ben.files.get(added.id))).toEqual(data)
})
