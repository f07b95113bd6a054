/** What a tab tells the service worker of a room's files, the first time and the next. */
import { expect, onTestFinished, test } from 'vitest'
import type { FileGateway } from '../../../../src/ports/file-gateway.ts'
import type { FileId } from '../../../../src/protocol/ids.ts'
import type { PublishedTag } from '../../../../src/protocol/storage-worker.ts'
import { MemoryBlockStore } from '../../../../src/tab/storage/memory-block-store.ts'
import { later, openTab, until } from '../../../twins/files-tab.ts'
import { TwinRoomState } from '../../../twins/room.ts'

/** A store that remembers what it was told, as the service worker does, and how often. */
class Remembering extends MemoryBlockStore {
  readonly addresses = new Map<FileId, PublishedTag>()
  told = 0

  override publish: FileGateway['publish'] = async (_, files) => {
    this.told += files.length
    for (const { id, signature } of files) this.addresses.set(id, { id, tag: signature.slice(0, 16) })
  }

  override async published(): Promise<readonly PublishedTag[]> {
    return [...this.addresses.values()]
  }

  override unpublish: FileGateway['unpublish'] = async (_, files) => {
    for (const id of files) this.addresses.delete(id)
  }
}

test('[STORE-22] of a room opened again only what changed meanwhile is published', async () => {
  const room = new TwinRoomState()
  const store = new Remembering()
  const ada = await openTab(room, { store })
  for (const name of ['a', 'b', 'c']) await ada.files.put(new Blob([name]), { name })
  await later()
  expect([store.told, store.addresses.size]).toEqual([3, 3])
  ada.close()
  const ben = await openTab(room)
  const [gone] = [...room.files.entries().keys()] as [FileId]
  await until(ben, () => ben.files.list().length === 3)
  ben.files.remove(gone)
  const added = await ben.files.put(new Blob(['d']), { name: 'd' })

  const again = await openTab(room, { store, key: ada.key })
  onTestFinished(() => {
    for (const tab of [ben, again]) tab.close()
  })
  await until(again, () => again.files.list().length === 3 && store.addresses.has(added.id))
  await until(again, () => !store.addresses.has(gone))
  expect([store.told, store.addresses.size]).toEqual([4, 3])
})
