/** Objects as the room's records make them: which files point at each, who holds what of it, and whose facts changed. */
import type { DeviceId, FileId } from '../../protocol/ids.ts'
import type { HoldingRecord, ObjectId } from '../../protocol/object.ts'
import type { SignedRecords } from './signed-records.ts'

/** `pointers`: files came or went; `places`: somebody holds, or shall hold, something else. */
export type ObjectListener = (objects: ReadonlySet<ObjectId>, what: 'pointers' | 'places') => void

export class ObjectIndex {
  readonly #records: SignedRecords
  /** Files in the list and in the bin. */
  readonly #pointers = new Map<ObjectId, Set<FileId>>()
  readonly #objectOf = new Map<FileId, ObjectId>()
  readonly #holdings = new Map<ObjectId, Map<DeviceId, HoldingRecord>>()
  readonly #listeners = new Set<ObjectListener>()

  constructor(records: SignedRecords, signal: AbortSignal) {
    this.#records = records
    const stops = [
      records.files.subscribe((keys) => this.#takePointers(keys)),
      records.bin.subscribe((keys) => this.#takePointers(keys)),
      records.holdings.subscribe((keys) => this.#takeHoldings(keys)),
      records.plans.subscribe((keys) => this.#tell(new Set(keys as ReadonlySet<ObjectId>), 'places')),
    ]
    signal.addEventListener('abort', () => {
      for (const stop of stops) stop()
    })
    this.#takePointers(new Set([...records.files.entries.keys(), ...records.bin.entries.keys()]))
    this.#takeHoldings(new Set(records.holdings.entries.keys()))
  }

  /** Objects that a file points at, in the list or in the bin. */
  objects(): Iterable<ObjectId> {
    return this.#pointers.keys()
  }

  isWanted(object: ObjectId): boolean {
    return this.#pointers.has(object)
  }

  /** A file of the list points at it, not one in the bin alone. */
  isListed(object: ObjectId): boolean {
    return [...this.pointers(object)].some((id) => this.#records.files.get(id) !== undefined)
  }

  pointers(object: ObjectId): ReadonlySet<FileId> {
    return this.#pointers.get(object) ?? NONE
  }

  /** Objects that somebody says to hold, wanted or not. */
  heldObjects(): Iterable<ObjectId> {
    return this.#holdings.keys()
  }

  holdings(object: ObjectId): Iterable<HoldingRecord> {
    return this.#holdings.get(object)?.values() ?? []
  }

  holding(object: ObjectId, device: DeviceId): HoldingRecord | undefined {
    return this.#holdings.get(object)?.get(device)
  }

  subscribe(listener: ObjectListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #takePointers(files: ReadonlySet<string>): void {
    const { files: listed, bin } = this.#records
    const touched = new Set<ObjectId>()
    for (const id of files as ReadonlySet<FileId>) {
      const before = this.#objectOf.get(id)
      const object = listed.get(id)?.object ?? bin.get(id)?.file.object
      if (before !== undefined) touched.add(before)
      if (object !== undefined) touched.add(object)
      if (object === before) continue
      if (before !== undefined) drop(this.#pointers, before, id)
      this.#objectOf.delete(id)
      if (object === undefined) continue
      this.#objectOf.set(id, object)
      const pointers = this.#pointers.get(object)
      if (pointers === undefined) this.#pointers.set(object, new Set([id]))
      else pointers.add(id)
    }
    this.#tell(touched, 'places')
  }

  #takeHoldings(keys: ReadonlySet<string>): void {
    const touched = new Set<ObjectId>()
    for (const key of keys) {
      const [object, device] = key.split('/') as [ObjectId, DeviceId]
      const record = this.#records.holdings.get(key)
      const ofObject = this.#holdings.get(object) ?? new Map<DeviceId, HoldingRecord>()
      touched.add(object)
      if (record === undefined) ofObject.delete(device)
      else ofObject.set(device, record)
      if (ofObject.size === 0) this.#holdings.delete(object)
      else this.#holdings.set(object, ofObject)
    }
    this.#tell(touched, 'places')
  }

  #tell(objects: ReadonlySet<ObjectId>, what: 'pointers' | 'places'): void {
    if (objects.size > 0) for (const listener of [...this.#listeners]) listener(objects, what)
  }
}

const NONE: ReadonlySet<FileId> = new Set()

function drop(pointers: Map<ObjectId, Set<FileId>>, object: ObjectId, file: FileId): void {
  const files = pointers.get(object)
  files?.delete(file)
  if (files?.size === 0) pointers.delete(object)
}
