/** Why a stream goes the way it does, in words for people. Ids stand as `#<id>`; the screen puts names in their place. */
import type { MediaId } from '../../../protocol/media.ts'
import type { Tree } from './tree.ts'

/** Named before the rest are counted: a reason has 200 characters. */
const NAMED = 4

export function explainStream({ demand, branches, straight }: Tree, withoutCount: number): string {
  const carriers = new Set<MediaId>()
  for (const { parent } of branches.values()) if (parent !== demand.source) carriers.add(parent.id)
  const wanting = demand.wanters.length + demand.without.length
  const asked = `${count(wanting, 'person wants', 'people want')} it`
  const sent = `; its sender sends ${count(straight, 'copy', 'copies')}`
  const passed = carriers.size === 0 ? '' : `; ${listOf([...carriers])} ${carriers.size === 1 ? 'passes' : 'pass'} it on`
  return `${asked}${sent}${passed}${shortage(demand.layer === 'main', withoutCount)}`
}

function shortage(isFull: boolean, withoutCount: number): string {
  if (withoutCount === 0) return ''
  return isFull
    ? `; lines are short: ${count(withoutCount, 'takes', 'take')} the small picture`
    : `; lines are short: ${count(withoutCount, 'goes', 'go')} without`
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}

function listOf(ids: readonly MediaId[]): string {
  const names = ids.slice(0, NAMED).map((id) => `#${id}`)
  const more = ids.length - names.length
  if (more > 0) return `${names.join(', ')} and ${more} more`
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
