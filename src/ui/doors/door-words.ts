/** What is said of doors to people. */
import type { Door } from '../../ports/asterism.ts'

export type DoorKind = 'in' | 'out-all' | 'out-share'

export const OPEN_LABELS: Readonly<Record<DoorKind, string>> = {
  in: 'Make an address for a program',
  'out-all': 'All of the call',
  'out-share': 'Only what is shared',
}

export const DOOR_NAMES: Readonly<Record<DoorKind, string>> = {
  in: 'Program coming in',
  'out-all': 'All of the call going out',
  'out-share': 'What is shared going out',
}

export function doorState({ direction, state }: Pick<Door, 'direction' | 'state'>): string {
  const who = direction === 'in' ? 'program' : 'player'
  switch (state) {
    case 'waiting':
      return `Waiting for the ${who}`
    case 'connecting':
      return `Connecting to the ${who}`
    case 'connected':
      return direction === 'in' ? 'Connected: everybody sees it' : 'Connected: it goes out now'
    case 'failed':
      return `The ${who} was lost. It may come again`
    default:
      return state satisfies never
  }
}
