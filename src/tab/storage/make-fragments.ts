/** Fragments that nobody stored, made on demand of k others in this device's store: a parity row before anybody has it. */
import { makeFragment } from '../../pipeline/code-chunk.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { ObjectBook } from './object-book.ts'
import type { MakeRow } from './serve-blocks.ts'

export function fragmentMaker(blocks: BlockStore, book: () => ObjectBook): MakeRow {
  return async (id, chunk, row) => {
    const object = await book().openHere(id)
    const ids = object?.chunks[chunk]?.ids
    if (object === undefined || ids === undefined || row >= object.rows) return undefined
    const held = await blocks.has(ids)
    const fragments = new Map<number, Bytes>()
    for (const [at, block] of ids.entries()) {
      if (fragments.size === object.k) break
      const bytes = held[at] === true ? await blocks.get(block) : undefined
      if (bytes !== undefined) fragments.set(at, bytes)
    }
    return fragments.size < object.k ? undefined : makeFragment(fragments, object, row)
  }
}
