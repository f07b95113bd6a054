/**
 * What readers left behind, made useful to others: a reader takes whichever k fragments of each chunk came first, so it
 * ends with pieces of many rows. When it could read all of an object it makes k rows whole of them, without asking
 * anybody for a byte.
 */
import { makeFragment } from '../../pipeline/code-chunk.ts'
import { matchesId } from '../../pipeline/fragment-id.ts'
import { heldRows, loadRows, rowIds, unfailing } from '../../pipeline/held-rows.ts'
import type { OpenObject } from '../../pipeline/manifest.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { BlockId } from '../../protocol/ids.ts'

/** Rows in the store of each chunk. */
type HeldRows = readonly (readonly number[])[]

/** Rows of which every fragment is there; copies are row 0. */
export function wholeRows(held: HeldRows, { k, rows }: OpenObject): ReadonlySet<number> {
  return new Set(Array.from({ length: k === 1 ? 1 : rows }, (_, row) => row).filter((row) => held.every((chunk) => chunk.includes(row))))
}

/** Gives the rows that are whole afterwards. What is made is marked: it may go when room is needed. */
export async function completeRows(blocks: BlockStore, object: OpenObject, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const held = await heldRows(unfailing(blocks), object, [...object.chunks.keys()])
  const whole = wholeRows(held, object)
  const isReadable = held.every((chunk) => chunk.length >= object.k)
  if (whole.size >= object.k || !isReadable) return whole
  const chosen = fullest(held, object).slice(0, object.k)
  for (const [chunk, here] of held.entries()) {
    const lacking = chosen.filter((row) => !here.includes(row))
    if (lacking.length > 0 && !(await completeChunk(blocks, object, chunk, lacking))) return whole
    if (signal.aborted) return whole
  }
  return new Set([...whole, ...chosen])
}

function fullest(held: HeldRows, { rows }: OpenObject): readonly number[] {
  const counts = Array.from({ length: rows }, (_, row) => held.filter((chunk) => chunk.includes(row)).length)
  return [...counts.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
}

async function completeChunk(blocks: BlockStore, object: OpenObject, chunk: number, lacking: readonly number[]): Promise<boolean> {
  const ids = rowIds(object, chunk)
  const { fragments } = await loadRows(blocks, object, chunk)
  if (fragments.size < object.k) return false
  const made = lacking.map((row) => ({ id: ids[row] as BlockId, bytes: makeFragment(fragments, object, row) }))
  // A manifest may name rows that do not follow from the others.
  for (const { id, bytes } of made) if (!(await matchesId(id, bytes))) return false
  return blocks.putMany(made, { marked: true }).then(
    () => true,
    () => false,
  )
}
