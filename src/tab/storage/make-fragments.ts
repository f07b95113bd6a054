/** Fragments that nobody stored, made on demand of k others in this device's store: a parity row before anybody has it. */
import { makeFragment } from '../../pipeline/code-chunk.ts'
import { loadRows } from '../../pipeline/held-rows.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { ObjectBook } from './object-book.ts'
import type { MakeRow } from './serve-blocks.ts'

export function fragmentMaker(blocks: BlockStore, book: () => ObjectBook): MakeRow {
  return async (id, chunk, row) => {
    const object = await book().openHere(id)
    if (object === undefined || object.chunks[chunk] === undefined || row >= object.rows) return undefined
    const { fragments } = await loadRows(blocks, object, chunk)
    return fragments.size < object.k ? undefined : makeFragment(fragments, object, row)
  }
}
