/** What stands in the list `More` of a call, in its order. Each is a chunk of its own, loaded when it is opened. */
import type { Component } from 'svelte'
import type { Call, Files, Member } from '../../ports/asterism.ts'
import type { CallModel } from '../call/call.svelte.ts'
import type { MeetingModel } from '../meeting/meeting.svelte.ts'
import type { IconName } from '../parts/Icon.svelte'
import type { RoomUi, ToolName } from '../room/room-ui.svelte.ts'
import { withTools } from './with-tools.ts'

export type ToolProps = {
  readonly source: Call
  readonly call: CallModel
  readonly meeting: MeetingModel
  readonly files: Files
  readonly members: readonly Member[]
  readonly ui: RoomUi
  readonly hue: number
  readonly onclose: () => void
}

export const TOOLS: readonly {
  readonly name: ToolName
  readonly title: string
  readonly line: string
  readonly icon: IconName
  readonly isForModerators: boolean
  readonly load: (source: Call) => Promise<{ default: Component<ToolProps> }>
}[] = [
  {
    name: 'watch',
    title: 'Watch together',
    line: 'A film, a sound or a screen, at the same moment for all',
    icon: 'film',
    isForModerators: false,
    load: (source) => withTools(source, import('../watch/WatchTool.svelte')),
  },
  {
    name: 'record',
    title: 'Record this call',
    line: 'A video for the room, and everybody is told',
    icon: 'record',
    isForModerators: false,
    load: (source) => withTools(source, import('../record/RecordTool.svelte')),
  },
  {
    name: 'doors',
    title: 'Other programs',
    line: 'Bring in OBS and the like, or send the call to a player',
    icon: 'door',
    isForModerators: true,
    load: (source) => withTools(source, import('../doors/DoorsTool.svelte')),
  },
  {
    name: 'companion',
    title: 'Second device',
    line: 'A phone that steers this, or a second screen',
    icon: 'phone',
    isForModerators: false,
    load: (source) => withTools(source, import('../companion/CompanionTool.svelte')),
  },
  {
    name: 'effects',
    title: 'Sound and picture',
    line: 'Your microphone and camera, noise, what is behind you',
    icon: 'settings',
    isForModerators: false,
    load: () => import('../effects/EffectsTool.svelte'),
  },
  {
    name: 'check',
    title: 'Check this device',
    line: 'What it can do, what it hears, how it gets to others',
    icon: 'check',
    isForModerators: false,
    load: (source) => withTools(source, import('../check/CheckTool.svelte')),
  },
]
