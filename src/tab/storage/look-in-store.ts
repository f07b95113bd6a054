/** What a fetch asks of the store, for keeping and for reading. */
import type { FetchEffect } from '../../core/storage/fetch-state.ts'
import type { ObjectShape } from '../../core/storage/layout.ts'
import { makeFragment } from '../../pipeline/code-chunk.ts'
import { matchesId } from '../../pipeline/fragment-id.ts'
import { heldRows, loadRows, rowIds, unfailing } from '../../pipeline/held-rows.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { BlockId } from '../../protocol/ids.ts'

export function fragmentIdOf(object: ObjectShape, chunk: number, row: number): BlockId {
  return object.chunks[chunk]?.ids[row] as BlockId
}

/** Rows there are of each chunk. Those of `rows` are kept from now on: a reader may have left them. */
export async function keptRows(
  blocks: BlockStore,
  object: ObjectShape,
  chunks: readonly number[],
  rows: readonly number[],
): Promise<readonly (readonly number[])[]> {
  const held = await heldRows(unfailing(blocks), object, chunks)
  const kept = chunks.flatMap((chunk, at) =>
    rows.filter((row) => held[at]?.includes(row)).flatMap((row) => rowIds(object, chunk)[row] ?? []),
  )
  if (kept.length > 0) await blocks.mark(kept, false).catch(() => {})
  return held
}

/** `given`: rows gathered for the chunk. undefined: the rows do not give the fragment that the manifest names. */
export async function madeRow(
  blocks: BlockStore,
  { object, chunk, row, from }: Extract<FetchEffect, { kind: 'make' }>,
  given: ReadonlyMap<number, Bytes>,
): Promise<Bytes | undefined> {
  const fragments = from === 'read' ? given : (await loadRows(unfailing(blocks), object, chunk)).fragments
  if (fragments.size < object.k) return undefined
  const bytes = makeFragment(fragments, object, row)
  return (await matchesId(fragmentIdOf(object, chunk, row), bytes)) ? bytes : undefined
}
