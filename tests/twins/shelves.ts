/** What an import leaves in a store, the keys of made-up rooms, and reading an object back from chosen rows of it. */
import { parityOf } from '../../src/pipeline/code-chunk.ts'
import type { ObjectSource } from '../../src/pipeline/cut-chunks.ts'
import { deriveFileKeys, type RoomFileKeys } from '../../src/pipeline/file-keys.ts'
import { fragmentId } from '../../src/pipeline/fragment-id.ts'
import { type ImportedObject, importObject } from '../../src/pipeline/import-object.ts'
import { type OpenObject, openManifest } from '../../src/pipeline/manifest.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import type { ImportLayout } from '../../src/protocol/import-worker.ts'

export function keysOfRoom(secret: string): Promise<RoomFileKeys> {
  return deriveFileKeys(async (label) => {
    const bytes = new TextEncoder().encode(`${secret} ${label}`)
    return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  })
}

export type Shelves = ImportedObject & {
  readonly keys: RoomFileKeys
  readonly fragments: Map<BlockId, Bytes>
  readonly manifest: Map<BlockId, Bytes>
  /** The manifest opened from these shelves as they are now. */
  open(): Promise<OpenObject>
}

export async function shelvesOf(source: ObjectSource, layout: Partial<ImportLayout> = {}, secret = 'room'): Promise<Shelves> {
  const keys = await keysOfRoom(secret)
  const fragments = new Map<BlockId, Bytes>()
  const manifest = new Map<BlockId, Bytes>()
  const imported = await importObject(source, { k: 1, rows: 3, sensitive: false, ...layout }, keys, async (shelf, blocks) => {
    for (const { id, bytes } of blocks) (shelf === 'fragment' ? fragments : manifest).set(id, bytes)
  })
  return { ...imported, keys, fragments, manifest, open: () => openManifest(imported.object, loadFrom(manifest), keys) }
}

export function loadFrom(blocks: ReadonlyMap<BlockId, Bytes>): (id: BlockId) => Promise<Bytes> {
  return async (id) => {
    const bytes = blocks.get(id)
    if (bytes === undefined) throw new RoomError('block-missing')
    return bytes
  }
}

/** Every row of an object, parity made from the data and found to have the ids that the manifest names. */
export async function allRows(object: OpenObject, fragments: ReadonlyMap<BlockId, Bytes>): Promise<readonly Map<number, Bytes>[]> {
  const { k, rows } = object
  return Promise.all(
    object.chunks.map(async ({ ids }) => {
      const data = ids.slice(0, k).map((id) => fragments.get(id) as Bytes)
      const parityRows = Array.from({ length: rows - k }, (_, parity) => k + parity)
      const whole = [...data, ...parityOf(data, object, parityRows)]
      for (const [row, bytes] of whole.entries()) if ((await fragmentId(bytes)) !== ids[row]) throw new Error(`row ${row} has another id`)
      return new Map(whole.entries())
    }),
  )
}
