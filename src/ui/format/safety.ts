/** How safe a file is, in words a neighbour understands: a short form for the row, a sentence for its page. */
import type { FileCopy, FileSafety } from '../../ports/asterism.ts'
import { listNames } from './people.ts'

/** `calm`: as it should be. `busy`: getting there. `care`: somebody may want to act. `alarm`: it is gone. */
export type SafetyTone = 'calm' | 'busy' | 'care' | 'alarm'
export type SafetyWords = { readonly tone: SafetyTone; readonly short: string; readonly sentence: string }

type Kept = { readonly safety: FileSafety; readonly copies: readonly FileCopy[] }

/** Said only where fewer may go than a neighbour would expect. */
const SPREAD_YET = [', nothing spare', ': 1 may go']
const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

export function safetyWords({ safety, copies }: Kept): SafetyWords {
  const { state, spareDevices } = safety
  switch (state) {
    case 'spread':
      return {
        tone: 'calm',
        short: `Fully spread${SPREAD_YET[spareDevices] ?? ''}`,
        sentence: `Every copy is where it should be: ${mayGo(spareDevices)}, and nothing is lost.`,
      }
    case 'safe':
      return {
        tone: 'calm',
        short: `Safe: ${spareDevices} devices may go`,
        sentence: `Whichever ${NUMBERS[spareDevices] ?? spareDevices} go, nothing is lost. More copies follow as devices can take them.`,
      }
    case 'spreading':
      return {
        tone: 'busy',
        short: 'Copies are on their way',
        sentence:
          spareDevices === 0
            ? 'Copies are on their way. Until they have arrived, the device it came from should stay.'
            : `Copies are on their way; ${mayGo(spareDevices)} already.`,
      }
    case 'one-copy':
      return oneCopy(copies)
    case 'at-risk':
      return {
        tone: 'care',
        short: spareDevices === 0 ? 'No device may go' : spareDevices === 1 ? '1 device may go, not 2' : 'Less sure than wished',
        sentence: `${capital(mayGo(spareDevices))}. The wish was for more, and no device here can take another copy.`,
      }
    case 'unreadable':
      return {
        tone: 'busy',
        short: 'Asleep until more devices come',
        sentence: 'Too few of the devices that hold it are here. It opens again when they come back.',
      }
    case 'lost':
      return {
        tone: 'alarm',
        short: 'Lost',
        sentence: 'The devices that held it will not come back. Whoever has this file elsewhere can add it again.',
      }
    default:
      return state satisfies never
  }
}

function oneCopy(copies: readonly FileCopy[]): SafetyWords {
  const holders = copies.filter(({ share }) => share !== 'spare')
  const isMine = holders.every(({ isMyDevice }) => isMyDevice)
  return {
    tone: 'care',
    short: isMine ? 'Only on this device' : `Only with ${listNames(holders.map(({ name }) => name))}`,
    sentence: `If ${isMine ? 'this device' : 'that device'} is lost, the file is lost. It gets company as soon as another device is here.`,
  }
}

/** "any two devices may go"; with none to spare "every device is needed". */
function mayGo(devices: number): string {
  if (devices === 0) return 'every device is needed'
  return `any ${NUMBERS[devices] ?? devices} ${devices === 1 ? 'device' : 'devices'} may go`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const WORST_FIRST = ['lost', 'unreadable', 'one-copy', 'at-risk', 'spreading', 'safe', 'spread'] as const

/** A folder is as safe as its least safe file. */
export function weakest(states: Iterable<FileSafety['state']>): FileSafety['state'] {
  let worst: number = WORST_FIRST.length - 1
  for (const state of states) worst = Math.min(worst, WORST_FIRST.indexOf(state))
  return WORST_FIRST[worst] ?? 'spread'
}
