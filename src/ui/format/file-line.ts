/** A file's row in words: *state · n of N*, *speed · time left · who helps*, its dots, and what may be done with it. */
import type { FileCopy, FileState, RoomFile, TransferFigures } from '../../ports/asterism.ts'
import { ERROR_SENTENCES } from '../../protocol/errors.ts'
import { formatPart, formatSpeed, formatWait, percentOf } from './amounts.ts'
import { listNames } from './people.ts'

/** How far it is; then how fast, how long and from whom, or what went wrong. Nothing of a file that simply lies in the room. */
export type FileLine = { readonly state: string | undefined; readonly figures: readonly string[] }

export function fileLine(file: RoomFile): FileLine {
  const { state, bytes } = file
  switch (state.kind) {
    case 'held':
    case 'part':
    case 'elsewhere':
      return { state: undefined, figures: [] }
    case 'adding':
      return { state: `Adding · ${formatPart(state.doneBytes, bytes)}`, figures: figures(state) }
    case 'fetching':
      return { state: `Fetching · ${formatPart(state.doneBytes, bytes)}`, figures: figures(state) }
    case 'paused':
      return { state: stopped('Paused', state.doneBytes, bytes), figures: [] }
    case 'waiting':
      return { state: stopped(`Waiting for ${holders(file)}`, state.doneBytes, bytes), figures: [] }
    case 'cancelled':
      return { state: 'Not kept on this device', figures: [] }
    case 'failed':
      return { state: 'Could not be fetched', figures: [ERROR_SENTENCES[state.code]] }
    default:
      return state satisfies never
  }
}

function figures({ bytesPerSecond, etaMs, from }: TransferFigures): string[] {
  const parts: string[] = []
  if (bytesPerSecond > 0) parts.push(formatSpeed(bytesPerSecond))
  if (etaMs !== undefined) parts.push(`${formatWait(etaMs)} left`)
  if (from.length > 0) parts.push(`from ${listNames(from)}`)
  return parts
}

/** After a reload nobody has counted yet what is on the disk: nothing is said then, rather than nought. */
function stopped(state: string, doneBytes: number, bytes: number): string {
  return doneBytes === 0 ? state : `${state} · ${formatPart(doneBytes, bytes)}`
}

function holders(file: RoomFile): string {
  const names = [...new Set(file.copies.filter((copy) => !copy.isMyDevice).map((copy) => copy.name))]
  return names.length === 0 ? 'someone who has it' : listNames(names)
}

/** Undefined when there is nothing to measure. */
export function filePercent(file: RoomFile): number | undefined {
  const { state } = file
  if (!('doneBytes' in state)) return undefined
  const isKnown = state.doneBytes > 0 || state.kind === 'adding' || state.kind === 'fetching'
  return isKnown ? percentOf(state.doneBytes, file.bytes) : undefined
}

/** Dots in words, for those who hear them: "on 2 devices here, 1 away"; "whole on 1 device, parts on 4, 2 of them away". */
export function copiesPhrase(copies: readonly FileCopy[]): string {
  if (copies.length === 0) return 'no whole copy yet'
  const away = copies.filter((copy) => !copy.isHere).length
  const counts = { whole: 0, part: 0, spare: 0 }
  for (const { share } of copies) counts[share]++
  if (counts.whole === copies.length) return wholesPhrase(copies.length - away, away)
  const kinds = [
    ['whole on', counts.whole],
    ['parts on', counts.part],
    ['spare on', counts.spare],
  ] as const
  const present = kinds.filter(([, count]) => count > 0)
  const parts = present.map(([word, count], i) => `${word} ${i === 0 ? devices(count) : count}`)
  if (away > 0) parts.push(away === copies.length ? 'away' : `${away} of them away`)
  return parts.join(', ')
}

function wholesPhrase(here: number, away: number): string {
  if (away === 0) return `on ${devices(here)}`
  return here === 0 ? `on ${devices(away)}, away` : `on ${devices(here)} here, ${away} away`
}

function devices(count: number): string {
  return `${count} ${count === 1 ? 'device' : 'devices'}`
}

export type FileAction = 'pause' | 'resume' | 'cancel' | 'fetch' | 'retry'

const ACTIONS: Record<FileState['kind'], readonly FileAction[]> = {
  held: [],
  part: [],
  elsewhere: [],
  adding: ['cancel'],
  fetching: ['pause', 'cancel'],
  waiting: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  cancelled: ['fetch'],
  failed: ['retry'],
}

export function fileActions(state: FileState): readonly FileAction[] {
  return ACTIONS[state.kind]
}

/** A file that is not whole here can still be opened: it streams from those who hold it, as long as enough of them are here. */
export function canOpen(file: RoomFile): boolean {
  if (file.state.kind === 'held') return true
  if (file.state.kind === 'adding' || file.safety.state === 'unreadable' || file.safety.state === 'lost') return false
  return file.copies.some((copy) => copy.isHere && !copy.isMyDevice)
}

/** One sentence for everything on the way, for the live region and the title. Undefined when nothing is. */
export function transferSummary(files: readonly RoomFile[]): { readonly percent: number; readonly text: string } | undefined {
  let [count, done, total] = [0, 0, 0]
  for (const { state, bytes } of files) {
    if (state.kind !== 'adding' && state.kind !== 'fetching') continue
    count++
    done += state.doneBytes
    total += bytes
  }
  if (count === 0) return undefined
  const percent = percentOf(done, total)
  return { percent, text: `${count} ${count === 1 ? 'file' : 'files'} on the way, ${percent} percent` }
}
