/** Tabs that go with the test, whatever becomes of it, and what their devices keep. */
import { onTestFinished } from 'vitest'
import { type FilesTab, openTab, type TabOptions } from '../../../twins/files-tab.ts'
import type { TwinRoomState } from '../../../twins/room.ts'

export async function enter(room: TwinRoomState, options?: TabOptions): Promise<FilesTab> {
  const tab = await openTab(room, options)
  onTestFinished(() => tab.close())
  return tab
}

export async function keptBytes({ store }: FilesTab): Promise<number> {
  return (await store.usage()).keptBytes
}
