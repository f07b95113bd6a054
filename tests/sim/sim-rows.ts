/** What a simulated disk has of an object's rows, and what it can make of them. */
import type { Place } from '../../src/core/storage/fetch-state.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import type { ObjectId } from '../../src/protocol/object.ts'
import type { SimDisk } from './sim-disk.ts'
import { type Library, rowIds, type SimObject } from './sim-library.ts'

export class SimRows {
  readonly #disk: SimDisk
  readonly #library: Library

  constructor(disk: SimDisk, library: Library) {
    this.#disk = disk
    this.#library = library
  }

  /** The fragment of k others of its chunk, all of which are read; its length. */
  make(id: BlockId, place: Place | undefined): number | undefined {
    const object = place === undefined ? undefined : this.#library.get(place.object)
    const ids = place === undefined ? undefined : object?.chunks[place.chunk]?.ids
    if (object === undefined || ids === undefined || ids[place?.row ?? 0] !== id) return undefined
    return this.isReadable(object, ids) ? this.#library.fragments.get(id) : undefined
  }

  isReadable({ k }: SimObject, ids: readonly BlockId[]): boolean {
    return new Set(ids.filter((id) => this.#disk.read(id) !== undefined)).size >= k
  }

  /** Fragments of the row that are not there. */
  lacking(object: ObjectId, row: number): number {
    const shape = this.#library.get(object)
    return shape === undefined ? 0 : rowIds(shape, row).filter((id) => !this.#disk.has(id)).length
  }

  /** Without a look at the bytes. */
  there(object: SimObject, chunk: number): number[] {
    return rowsWhere(object, chunk, (id) => this.#disk.has(id))
  }

  /** Up to k rows, their bytes compared. */
  sound(object: SimObject, chunk: number): number[] {
    return rowsWhere(object, chunk, (id) => this.#disk.read(id) !== undefined).slice(0, object.k)
  }
}

function rowsWhere(object: SimObject, chunk: number, isHeld: (id: BlockId) => boolean): number[] {
  const rows = Array.from({ length: object.k === 1 ? 1 : object.rows }, (_, row) => row)
  return rows.filter((row) => isHeld(object.chunks[chunk]?.ids[row] as BlockId))
}
