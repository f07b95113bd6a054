/**
 * Opened manifests. Every member device keeps the manifests of all the room's objects on a shelf of their own; what is
 * not there yet is fetched from any tab. In memory stay the sizes of all objects and the chunks of those used lately.
 */

import type { RoomFileKeys } from '../../pipeline/file-keys.ts'
import { type OpenObject, openManifest } from '../../pipeline/manifest.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { BOOK_CHUNKS, MANIFEST_PACE_MS, MANIFESTS_FETCHED_AT_ONCE } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { StoredBlock } from '../../protocol/storage-worker.ts'

/** How an object is cut, and the checksum of the whole. */
export type ObjectCut = { readonly bytes: number; readonly k: number; readonly rows: number; readonly root: BlockId }

export type BookParts = {
  readonly blocks: BlockStore
  readonly keys: RoomFileKeys
  /** From any tab, checked by hash. Throws `block-missing`. */
  readonly fetch: (id: BlockId, signal?: AbortSignal) => Promise<Bytes>
  /** Nobody is here to ask. */
  readonly isAlone: () => boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  /** One more is known, or known to be broken. */
  readonly opened: (id: ObjectId) => void
}

export class ObjectBook {
  readonly #parts: BookParts
  readonly #cuts = new Map<ObjectId, ObjectCut>()
  readonly #broken = new Set<ObjectId>()
  /** Least lately used first. */
  readonly #open = new Map<ObjectId, OpenObject>()
  #openChunks = 0
  readonly #opening = new Map<ObjectId, Promise<OpenObject>>()
  #fetching = 0
  readonly #turns: (() => void)[] = []

  constructor(parts: BookParts) {
    this.#parts = parts
  }

  cut(id: ObjectId): ObjectCut | undefined {
    return this.#cuts.get(id)
  }

  /** It opens to nonsense: no file of it is shown. */
  isBroken(id: ObjectId): boolean {
    return this.#broken.has(id)
  }

  /** Throws `block-missing`, `manifest-invalid`. */
  open(id: ObjectId): Promise<OpenObject> {
    const known = this.#open.get(id)
    if (known !== undefined) {
      this.#use(known)
      return Promise.resolve(known)
    }
    const opening = this.#opening.get(id) ?? this.#load(id)
    this.#opening.set(id, opening)
    return opening
  }

  /** From this device's shelf alone. */
  async openHere(id: ObjectId): Promise<OpenObject | undefined> {
    const known = this.#open.get(id)
    if (known !== undefined) return known
    const load = async (block: BlockId) => (await this.#parts.blocks.get(block, 'manifest')) ?? missing(block)
    try {
      return this.#keep(await openManifest(id, load, this.#parts.keys))
    } catch {
      return undefined
    }
  }

  forget(id: ObjectId): void {
    this.#openChunks -= this.#open.get(id)?.chunks.length ?? 0
    this.#open.delete(id)
    this.#cuts.delete(id)
    this.#broken.delete(id)
  }

  async #load(id: ObjectId): Promise<OpenObject> {
    const { blocks, keys, opened } = this.#parts
    const fetched: StoredBlock[] = []
    const load = async (block: BlockId): Promise<Bytes> => {
      const held = await blocks.get(block, 'manifest')
      if (held !== undefined) return held
      if (this.#parts.isAlone()) return missing(block)
      const bytes = await this.#inTurn(() => this.#parts.fetch(block, this.#parts.signal))
      fetched.push({ id: block, bytes })
      return bytes
    }
    try {
      const object = await openManifest(id, load, keys)
      // Only what opened is kept; a full disk does not keep anybody from reading.
      if (fetched.length > 0) await blocks.putMany(fetched, { shelf: 'manifest' }).catch(() => undefined)
      return this.#keep(object)
    } catch (error) {
      if (error instanceof RoomError && error.code === 'manifest-invalid') this.#broken.add(id)
      throw error
    } finally {
      this.#opening.delete(id)
      if (!this.#parts.signal.aborted && (this.#cuts.has(id) || this.#broken.has(id))) opened(id)
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    while (this.#fetching >= MANIFESTS_FETCHED_AT_ONCE) await new Promise<void>((resolve) => this.#turns.push(resolve))
    this.#fetching++
    try {
      return await work()
    } finally {
      // Each is a command of its own, and a link that carries too many of them is cut.
      this.#parts.clock.after(MANIFEST_PACE_MS, () => {
        this.#fetching--
        this.#turns.shift()?.()
      })
    }
  }

  #keep(object: OpenObject): OpenObject {
    const { id, bytes, k, rows, root } = object
    this.#cuts.set(id, { bytes, k, rows, root })
    this.#use(object)
    for (const [oldest, { chunks }] of this.#open) {
      if (this.#openChunks <= BOOK_CHUNKS || oldest === id) break
      this.#open.delete(oldest)
      this.#openChunks -= chunks.length
    }
    return object
  }

  #use(object: OpenObject): void {
    if (!this.#open.delete(object.id)) this.#openChunks += object.chunks.length
    this.#open.set(object.id, object)
  }
}

function missing(id: BlockId): never {
  throw new RoomError('block-missing', id)
}
