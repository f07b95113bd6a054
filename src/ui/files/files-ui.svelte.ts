/** What of the files is open: which view, which folder, which file's page, what is chosen. It outlives the panel. */
import { SvelteSet } from 'svelte/reactivity'
import type { RoomStatus } from '../../ports/asterism.ts'
import type { DeviceId, FileId } from '../../protocol/ids.ts'
import type { FileList } from './file-list.svelte.ts'

export type FilesView = 'room' | 'bin' | 'device'

/** What the panel of files is given, and passes on. */
export type FilesProps = {
  list: FileList
  ui: FilesUi
  hue: number
  /** This device. */
  me: DeviceId
  storage: RoomStatus['storage']
  onchoose: () => void
  onchoosefolder: () => void
}

export class FilesUi {
  view: FilesView = $state('room')
  folder = $state('')
  query = $state('')
  /** The file whose page or picture is open. */
  details: FileId | undefined = $state()
  preview: FileId | undefined = $state()
  isChoosing = $state(false)
  readonly chosen = new SvelteSet<FileId>()

  choose(ids: readonly FileId[], isChosen: boolean): void {
    for (const id of ids) {
      if (isChosen) this.chosen.add(id)
      else this.chosen.delete(id)
    }
  }

  toggleChoosing(): void {
    this.isChoosing = !this.isChoosing
    this.chosen.clear()
  }

  enter(folder: string): void {
    this.folder = folder
    this.query = ''
  }
}
