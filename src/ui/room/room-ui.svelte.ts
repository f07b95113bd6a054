/** What is open on the room's screen, and how a call is looked at. On a wide screen the files lie open from the start; on a phone a panel covers the stage and is asked for. */
import { StageChoice } from '../call/stage-choice.svelte.ts'
import { FilesUi } from '../files/files-ui.svelte.ts'

export type PanelName = 'people' | 'files' | 'chat'
export type PeopleView = 'people' | 'side-rooms' | 'polls' | 'welcome'
export type OpenDialog = 'share' | 'me' | 'help' | 'more' | 'travels' | 'look-back' | 'look' | 'share-with'

export type ToolName = 'watch' | 'record' | 'doors' | 'companion' | 'effects' | 'check'
/** What a second device of a person shows: buttons for the first, the call on all of the screen, or the call as on any device. */
export type SecondView = 'remote' | 'screen' | 'call'

const WIDE = '(width >= 60rem)'

export class RoomUi {
  panel: PanelName | undefined = $state(matchMedia(WIDE).matches ? 'files' : undefined)
  dialog: OpenDialog | undefined = $state()
  people: PeopleView = $state('people')
  /** Which of what stands in `More` is open. */
  tool: ToolName | undefined = $state()
  second: SecondView = $state('remote')
  /** A second device plays nothing: the first one does, beside it. */
  hearsAsSecond = $state(false)
  readonly files = new FilesUi()
  readonly stage: StageChoice

  constructor(stage = new StageChoice()) {
    this.stage = stage
  }

  openTool(tool: ToolName): void {
    this.tool = tool
    this.dialog = 'more'
  }

  togglePanel(panel: PanelName): void {
    this.panel = this.panel === panel ? undefined : panel
  }
}
