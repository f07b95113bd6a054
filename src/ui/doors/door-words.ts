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

/** Of a program that called and was sent away: it is told why as well, but rarely shows it. Empty when there is none. */
export function refusedLine({ direction, refused }: Pick<Door, 'direction' | 'refused'>): string {
  const isIn = direction === 'in'
  switch (refused) {
    case undefined:
      return ''
    case 'nothing-in-common':
      return isIn
        ? 'A program called, but it offered no picture format that works here. Another video encoder, set there, may do.'
        : 'A player called, but it takes no picture and no sound in a format that works here.'
    case 'unreadable':
      return `A ${isIn ? 'program' : 'player'} called, but it could not be understood. It has to speak ${isIn ? 'WHIP' : 'WHEP'}.`
    default:
      return refused satisfies never
  }
}
