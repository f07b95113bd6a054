/** The objects of a simulated room: shapes without bytes. A fragment is its id and its length. */
import { type ChunkShape, chunkBytesOf, chunksOf, fragmentBytesOf, type Layout, type ObjectShape } from '../../src/core/storage/layout.ts'
import type { Profile } from '../../src/core/storage/profile.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import { CHUNK_BYTES } from '../../src/protocol/limits.ts'
import type { Random } from './random.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

export type SimObject = ObjectShape & { readonly profile: Profile }

export class Library {
  /** Length of every fragment there may be. */
  readonly fragments = new Map<BlockId, number>()
  readonly objects: SimObject[] = []
  readonly #byId = new Map<string, SimObject>()
  readonly #chunks = new Map<string, ChunkShape[]>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  get(id: string): SimObject | undefined {
    return this.#byId.get(id)
  }

  /** Some chunks occur in other objects of the same layout, as equal bytes do. */
  make(profile: Profile, layout: Layout): SimObject {
    const bytes = this.#random.pick([1, 1_000, 300_000, CHUNK_BYTES, 3 * CHUNK_BYTES - 7, 8 * CHUNK_BYTES + 1, 40 * CHUNK_BYTES])
    const chunks = Array.from({ length: chunksOf(bytes) }, (_, i) => this.#chunk(chunkBytesOf(bytes, i), layout))
    const object = { id: this.#makeId(), bytes, ...layout, chunks, profile }
    this.objects.push(object)
    this.#byId.set(object.id, object)
    return object
  }

  #chunk(bytes: number, layout: Layout): ChunkShape {
    const kind = `${bytes}/${layout.k}/${layout.rows}`
    const known = this.#chunks.get(kind) ?? []
    if (known.length > 0 && this.#random.chance(0.15)) return this.#random.pick(known)
    const fragmentBytes = fragmentBytesOf(bytes, layout.k)
    const first = this.#makeId()
    const ids = Array.from({ length: layout.rows }, (_, row) => (row === 0 || layout.k === 1 ? first : this.#makeId()))
    for (const id of ids) this.fragments.set(id, fragmentBytes)
    const chunk = { hash: new Uint8Array(), bytes, ids }
    this.#chunks.set(kind, [...known, chunk])
    return chunk
  }

  #makeId(): BlockId {
    return `bafkrei${Array.from({ length: 52 }, () => BASE32[this.#random.below(32)]).join('')}` as BlockId
  }
}

export function rowIds({ chunks }: ObjectShape, row: number): readonly BlockId[] {
  return chunks.map(({ ids }) => ids[row] as BlockId)
}
