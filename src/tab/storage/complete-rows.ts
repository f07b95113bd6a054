/**
 * What readers left behind, made useful to others: a reader takes whichever k fragments of each chunk came first, so it
 * ends with pieces of many rows. When it could read all of an object it makes k rows whole of them, without asking
 * anybody for a byte.
 */
import { makeFragment } from '../../pipeline/code-chunk.ts'
import { matchesId } from '../../pipeline/fragment-id.ts'
import type { OpenObject } from '../../pipeline/manifest.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { LOOK_FRAGMENTS } from '../../protocol/limits.ts'

/** Rows in the store of each chunk. */
export type HeldRows = readonly ReadonlySet<number>[]

/** Copies are all the same: row 0 stands for them. */
export async function heldRows(blocks: BlockStore, { chunks, k, rows }: OpenObject): Promise<HeldRows> {
  const width = k === 1 ? 1 : rows
  const step = Math.max(1, Math.floor(LOOK_FRAGMENTS / width))
  const held: ReadonlySet<number>[] = []
  for (let at = 0; at < chunks.length; at += step) {
    const some = chunks.slice(at, at + step)
    const ids = some.flatMap((chunk) => chunk.ids.slice(0, width))
    const answers = await blocks.has(ids).catch(() => [])
    for (const i of some.keys()) {
      const rowsHere = Array.from({ length: width }, (_, row) => row).filter((row) => answers[i * width + row] === true)
      held.push(new Set(rowsHere))
    }
  }
  return held
}

export function wholeRows(held: HeldRows, { k, rows }: OpenObject): ReadonlySet<number> {
  return new Set(Array.from({ length: k === 1 ? 1 : rows }, (_, row) => row).filter((row) => held.every((chunk) => chunk.has(row))))
}

/** Gives the rows that are whole afterwards. What is made is marked: it may go when room is needed. */
export async function completeRows(blocks: BlockStore, object: OpenObject, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const held = await heldRows(blocks, object)
  const whole = wholeRows(held, object)
  const isReadable = held.every((chunk) => chunk.size >= object.k)
  if (whole.size >= object.k || !isReadable) return whole
  const chosen = fullest(held, object).slice(0, object.k)
  for (const [chunk, here] of held.entries()) {
    const lacking = chosen.filter((row) => !here.has(row))
    if (lacking.length > 0 && !(await completeChunk(blocks, object, chunk, here, lacking))) return whole
    if (signal.aborted) return whole
  }
  return new Set([...whole, ...chosen])
}

function fullest(held: HeldRows, { rows }: OpenObject): readonly number[] {
  const counts = Array.from({ length: rows }, (_, row) => held.filter((chunk) => chunk.has(row)).length)
  return [...counts.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
}

async function completeChunk(
  blocks: BlockStore,
  object: OpenObject,
  chunk: number,
  here: ReadonlySet<number>,
  lacking: readonly number[],
): Promise<boolean> {
  const ids = object.chunks[chunk]?.ids ?? []
  const fragments = new Map<number, Bytes>()
  for (const row of here) {
    const bytes = fragments.size < object.k ? await blocks.get(ids[row] as BlockId) : undefined
    if (bytes !== undefined) fragments.set(row, bytes)
  }
  if (fragments.size < object.k) return false
  const made = lacking.map((row) => ({ id: ids[row] as BlockId, bytes: makeFragment(fragments, object, row) }))
  // A manifest may name rows that do not follow from the others.
  for (const { id, bytes } of made) if (!(await matchesId(id, bytes))) return false
  return blocks.putMany(made, { marked: true }).then(
    () => true,
    () => false,
  )
}
