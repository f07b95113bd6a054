/** What the blocks of a simulated room hold. A block is its id, its length and, for a node, the ids below it. */
import type { Child } from '../../src/core/storage/fetch-state.ts'
import { type BlockId, type FileId, toFileId } from '../../src/protocol/ids.ts'
import { CHUNK_BYTES } from '../../src/protocol/limits.ts'
import type { Random } from './random.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

export type SimBlock = { readonly bytes: number; readonly children: readonly Child[] | undefined }
export type SimFile = { readonly id: FileId; readonly root: BlockId; readonly bytes: number; readonly blocks: readonly BlockId[] }

export class Library {
  readonly blocks = new Map<BlockId, SimBlock>()
  readonly files: SimFile[] = []
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** A file of one leaf, or a node over several; some leaves occur in other files and twice in their own. */
  makeFile(): SimFile {
    const leaves = Array.from({ length: this.#random.pick([1, 1, 2, 3, 8, 60]) }, () => this.#pickLeaf())
    const bytes = leaves.reduce((sum, leaf) => sum + this.#bytesOf(leaf), 0)
    const [only] = leaves
    const root = leaves.length === 1 && only !== undefined ? only : this.#makeNode(leaves)
    const file = { id: toFileId(this.#random.bytes(16)), root, bytes, blocks: [...new Set([root, ...leaves])] }
    this.files.push(file)
    return file
  }

  #pickLeaf(): BlockId {
    const known = [...this.blocks].filter(([, { children }]) => children === undefined).map(([id]) => id)
    if (known.length > 0 && this.#random.chance(0.15)) return this.#random.pick(known)
    return this.#add('bafkrei', { bytes: this.#random.chance(0.05) ? 0 : this.#random.between(1, CHUNK_BYTES), children: undefined })
  }

  #makeNode(leaves: readonly BlockId[]): BlockId {
    const children = leaves.map((id) => ({ id, bytes: this.#bytesOf(id) }))
    return this.#add('bafybei', { bytes: 60 * leaves.length, children })
  }

  #add(prefix: string, block: SimBlock): BlockId {
    const id = `${prefix}${Array.from({ length: 52 }, () => BASE32[this.#random.below(32)]).join('')}` as BlockId
    this.blocks.set(id, block)
    return id
  }

  #bytesOf(id: BlockId): number {
    return this.blocks.get(id)?.bytes ?? 0
  }
}
