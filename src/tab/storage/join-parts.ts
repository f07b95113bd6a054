/**
 * Parts of one block from several holders. Their hash is known for the whole alone: when it is wrong the parts are kept
 * until the right block is here, and whoever sent other bytes than those is found out.
 */
import { type Bytes, equalBytes } from '../../protocol/bytes.ts'
import type { BlockId, TabId } from '../../protocol/ids.ts'
import { keepNewest } from '../../protocol/keep-newest.ts'
import { BLOCK_BYTES, READ_BYTES_IN_FLIGHT } from '../../protocol/limits.ts'

export type JoinedPart = { readonly offset: number; readonly bytes: Bytes; readonly from: TabId }

const BLOCKS_AT_MOST = READ_BYTES_IN_FLIGHT / BLOCK_BYTES

export class JoinParts {
  readonly #parts = new Map<BlockId, JoinedPart[]>()
  readonly #suspects = new Map<BlockId, readonly JoinedPart[]>()

  take(id: BlockId, part: JoinedPart): void {
    // One from before, of the same tab, belongs to a want that was given up.
    const others = (this.#parts.get(id) ?? []).filter(({ offset, from }) => offset !== part.offset && from !== part.from)
    this.#parts.set(id, [...others, part])
    keepNewest(this.#parts, BLOCKS_AT_MOST)
  }

  /** undefined when they leave a gap. */
  join(id: BlockId): Bytes | undefined {
    const parts = [...(this.#parts.get(id) ?? [])].sort((a, b) => a.offset - b.offset)
    const length = parts.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    const block = new Uint8Array(length)
    let at = 0
    for (const { offset, bytes } of parts) {
      if (offset !== at) return undefined
      block.set(bytes, at)
      at += bytes.byteLength
    }
    return block
  }

  /** What they made together was wrong. */
  suspect(id: BlockId): void {
    const parts = this.#parts.get(id)
    this.#parts.delete(id)
    if (parts === undefined) return
    this.#suspects.set(id, parts)
    keepNewest(this.#suspects, BLOCKS_AT_MOST)
  }

  /** The right block is here. */
  liars(id: BlockId, block: Bytes): readonly TabId[] {
    const suspects = this.#suspects.get(id) ?? []
    this.#suspects.delete(id)
    this.#parts.delete(id)
    return suspects
      .filter(({ offset, bytes }) => !equalBytes(block.subarray(offset, offset + bytes.byteLength), bytes))
      .map(({ from }) => from)
  }
}
