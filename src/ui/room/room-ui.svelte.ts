/** What is open on the room's screen. On a wide screen the files lie open from the start; on a phone a panel covers the stage and is asked for. */
import { FilesUi } from '../files/files-ui.svelte.ts'

export type PanelName = 'files' | 'chat'
export type OpenDialog = 'share' | 'people' | 'me' | 'help' | 'travels'

const WIDE = '(width >= 60rem)'

export class RoomUi {
  panel: PanelName | undefined = $state(matchMedia(WIDE).matches ? 'files' : undefined)
  dialog: OpenDialog | undefined = $state()
  readonly files = new FilesUi()

  togglePanel(panel: PanelName): void {
    this.panel = this.panel === panel ? undefined : panel
  }
}
