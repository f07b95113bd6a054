/** What a scene of the gallery is: a screen, the values it is fed with, and what is open on it. */

import type { Member, RecentRoom, SharedLayout } from '../../ports/asterism.ts'
import type { FileId } from '../../protocol/ids.ts'
import type { Updates } from '../context.ts'
import type { FileList } from '../files/file-list.svelte.ts'
import type { FilesUi } from '../files/files-ui.svelte.ts'
import type { OpenDialog, PanelName, PeopleView, SecondView, ToolName } from '../room/room-ui.svelte.ts'
import type { RoomFacts } from './fixtures/fake-room.ts'

export type Scene =
  | { readonly screen: 'landing'; readonly recent?: readonly RecentRoom[]; readonly link?: string }
  | { readonly screen: 'door'; readonly facts?: RoomFacts | (() => RoomFacts) }
  | {
      readonly screen: 'room'
      readonly facts: RoomFacts | (() => RoomFacts)
      readonly panel?: PanelName
      readonly people?: PeopleView
      readonly layout?: SharedLayout
      /** Whom this person wants large, and whom not at all. */
      readonly large?: readonly Member[]
      readonly leftOut?: readonly Member[]
      readonly dialog?: OpenDialog
      readonly second?: SecondView
      /** What of `More` is open. */
      readonly tool?: ToolName
      readonly updates?: Updates
      readonly files?: Partial<Pick<FilesUi, 'view' | 'folder' | 'query' | 'details' | 'preview' | 'isChoosing'>>
      readonly chosen?: readonly FileId[]
      /** Sets the list of files going before it is looked at. */
      readonly prepare?: (list: FileList) => void
    }
  | { readonly screen: 'float'; readonly facts: () => RoomFacts }
  | { readonly screen: 'left' | 'opening' }
  | { readonly screen: 'failed'; readonly sentence: string; readonly isLinkBad: boolean }
  | { readonly screen: 'parts' }
