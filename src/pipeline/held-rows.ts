/**
 * What a store has of an object's chunks, and fragments out of it: k of a chunk at most, data before parity, since data
 * needs no arithmetic. Copies are all one row.
 */
import type { ObjectShape } from '../core/storage/layout.ts'
import type { BlockStore } from '../ports/block-store.ts'
import type { Bytes } from '../protocol/bytes.ts'
import type { BlockId } from '../protocol/ids.ts'
import { LOOK_FRAGMENTS } from '../protocol/limits.ts'

export type Readable = Pick<BlockStore, 'has' | 'get'>

/** `isDamaged`: a fragment that was there could not be read. */
export type Loaded = { readonly fragments: ReadonlyMap<number, Bytes>; readonly isDamaged: boolean }

/** Blocks of the chunk, one per row. */
export function rowIds({ chunks, k, rows }: ObjectShape, chunk: number): readonly BlockId[] {
  return (chunks[chunk]?.ids ?? []).slice(0, k === 1 ? 1 : rows)
}

/** For each of the chunks. */
export async function heldRows(store: Readable, object: ObjectShape, chunks: readonly number[]): Promise<readonly (readonly number[])[]> {
  const step = Math.max(1, Math.floor(LOOK_FRAGMENTS / (object.k === 1 ? 1 : object.rows)))
  const held: (readonly number[])[] = []
  for (let at = 0; at < chunks.length; at += step) {
    const ids = chunks.slice(at, at + step).map((chunk) => rowIds(object, chunk))
    const answers = (await store.has(ids.flat())).values()
    for (const rows of ids) held.push([...rows.keys()].filter(() => answers.next().value === true))
  }
  return held
}

/** `atLeast`: with fewer rows there, none is read. */
export async function loadRows(store: Readable, object: ObjectShape, chunk: number, { atLeast = 1 } = {}): Promise<Loaded> {
  const ids = rowIds(object, chunk)
  const [held = []] = await heldRows(store, object, [chunk])
  const there = [...held]
  const fragments = new Map<number, Bytes>()
  let isDamaged = false
  while (fragments.size < object.k && there.length > 0 && fragments.size + there.length >= atLeast) {
    const next = there.splice(0, object.k - fragments.size)
    const read = await Promise.all(next.map((row) => store.get(ids[row] as BlockId)))
    for (const [index, bytes] of read.entries()) {
      if (bytes === undefined) isDamaged = true
      else fragments.set(next[index] as number, bytes)
    }
  }
  return { fragments, isDamaged }
}

/** A store that does not answer has nothing: storing tells what is wrong. */
export function unfailing(store: Readable): Readable {
  return {
    has: (ids) => store.has(ids).catch(() => ids.map(() => false)),
    get: (id, shelf) => store.get(id, shelf).catch(() => undefined),
  }
}
