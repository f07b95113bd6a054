/** What the store has of an object's chunks, for keeping and for reading. A store that does not answer has nothing: storing tells what is wrong. */
import type { ObjectShape } from '../../core/storage/layout.ts'
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
  const held = await heldRows(blocks, object, chunks)
  const kept = chunks.flatMap((chunk, at) => rows.filter((row) => held[at]?.includes(row)).map((row) => fragmentIdOf(object, chunk, row)))
  if (kept.length > 0) await blocks.mark(kept, false).catch(() => {})
  return held
}

/** Up to k fragments of a chunk, data rows first. */
export async function loadRows(blocks: BlockStore, object: ObjectShape, chunk: number): Promise<Map<number, Bytes>> {
  const [held = []] = await heldRows(blocks, object, [chunk])
  const found = new Map<number, Bytes>()
  const read = async (row: number) => {
    const bytes = await blocks.get(fragmentIdOf(object, chunk, row)).catch(() => undefined)
    if (bytes !== undefined) found.set(row, bytes)
  }
  await Promise.all(held.slice(0, object.k).map(read))
  for (const row of held.slice(object.k)) if (found.size < object.k) await read(row)
  return found
}

/** For each of the chunks; copies are one row. */
async function heldRows(blocks: BlockStore, object: ObjectShape, chunks: readonly number[]): Promise<readonly (readonly number[])[]> {
  const rows = Array.from({ length: object.k === 1 ? 1 : object.rows }, (_, row) => row)
  const ids = chunks.flatMap((chunk) => rows.map((row) => fragmentIdOf(object, chunk, row)))
  const held = await blocks.has(ids).catch(() => ids.map(() => false))
  return chunks.map((_, at) => rows.filter((row) => held[at * rows.length + row] === true))
}
