/** A file's row in words: *state · n of N · speed · time left · who helps*, its dots, and what may be done with it. */

import type { FileCopy, FileState, RoomFile, TransferFigures } from '../../ports/asterism.ts'
import { ERROR_SENTENCES } from '../../protocol/errors.ts'
import { formatPart, formatSpeed, formatWait, percentOf } from './amounts.ts'
import { listNames } from './people.ts'

function figures(verb: string, state: TransferFigures, bytes: number): string[] {
  const parts = [verb, formatPart(state.doneBytes, bytes)]
  if (state.bytesPerSecond > 0) parts.push(formatSpeed(state.bytesPerSecond))
  if (state.etaMs !== undefined) parts.push(`${formatWait(state.etaMs)} left`)
  if (state.from.length > 0) parts.push(`from ${listNames(state.from)}`)
  return parts
}

/** The parts of the line; the view puts a middle dot between them. Empty for a file that simply lies in the room. */
export function fileLine(file: RoomFile): readonly string[] {
  const { state, bytes } = file
  switch (state.kind) {
    case 'held':
    case 'part':
    case 'elsewhere':
      return []
    case 'adding':
      return figures('Adding', state, bytes)
    case 'fetching':
      return figures('Fetching', state, bytes)
    case 'paused':
      return ['Paused', formatPart(state.doneBytes, bytes)]
    case 'waiting':
      return [`Waiting for ${holders(file)}`, formatPart(state.doneBytes, bytes)]
    case 'cancelled':
      return ['Not kept on this device']
    case 'failed':
      return [ERROR_SENTENCES[state.code]]
    default:
      return state satisfies never
  }
}

function holders(file: RoomFile): string {
  const names = [...new Set(file.copies.filter((copy) => !copy.isMyDevice).map((copy) => copy.name))]
  return names.length === 0 ? 'someone who has it' : listNames(names)
}

/** Undefined when there is nothing to measure. */
export function filePercent(file: RoomFile): number | undefined {
  const { state } = file
  return 'doneBytes' in state ? percentOf(state.doneBytes, file.bytes) : undefined
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
