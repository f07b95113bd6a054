/**
 * Adds one object to this device: sealed, cut, stored. On any failure what it stored is taken away again, but for blocks
 * that were there before or that another object needs.
 */
import type { ObjectSource } from '../../pipeline/cut-chunks.ts'
import type { RoomFileKeys } from '../../pipeline/file-keys.ts'
import type { ImportedObject } from '../../pipeline/import-object.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import type { ImportLayout } from '../../protocol/import-worker.ts'
import type { Shelf, StoredBlock } from '../../protocol/storage-worker.ts'
import type { BlocksUnderway } from './blocks-underway.ts'
import type { Importer } from './importer.ts'

export type AddParts = {
  readonly blocks: BlockStore
  readonly keys: RoomFileKeys
  readonly importer: Importer
  readonly underway: BlocksUnderway
  readonly locks: LockManager | undefined
}

/** Held shared by who adds and alone by who erases: fragments of an unfinished object belong to nothing yet. */
export const ADDING_LOCK = 'asterism-adding'

export type AddOptions = {
  readonly layout: ImportLayout
  readonly signal: AbortSignal
  readonly onStored: (doneBytes: number) => void
  /** The object is in the store; the room hears of it before anybody may erase. */
  readonly commit: (object: ImportedObject) => Promise<void>
}

/** Throws `aborted`, `quota-exceeded`, `file-invalid`; then nothing of it is left. */
export async function addObject(parts: AddParts, data: ObjectSource, options: AddOptions): Promise<ImportedObject> {
  const { blocks, keys, importer, underway, locks } = parts
  const { layout, signal, onStored, commit } = options
  const used: BlockId[] = []
  let storing: Promise<unknown> = Promise.resolve()
  const store = async (shelf: Shelf, batch: readonly StoredBlock[]) => {
    const held = await heldOf(blocks, shelf, batch)
    for (const [i, { id }] of batch.entries()) {
      underway.use(id, held[i] === true)
      used.push(id)
    }
    await blocks.putMany(batch, { shelf })
  }
  const add = async (): Promise<ImportedObject> => {
    try {
      const object = await importer.run(data, {
        layout,
        keys,
        signal,
        onBlocks: (shelf, batch, doneBytes) => {
          const stored = store(shelf, batch).then(() => onStored(doneBytes))
          storing = Promise.allSettled([storing, stored])
          return stored
        },
      })
      if (signal.aborted) throw new RoomError('aborted')
      await commit(object)
      underway.added(used)
      return object
    } catch (error) {
      // What is on its way into the store would come after it was taken away.
      await storing
      await blocks.delete(underway.givenUp(used)).catch(() => undefined)
      throw signal.aborted ? new RoomError('aborted') : error
    }
  }
  return locks === undefined ? add() : locks.request(ADDING_LOCK, { mode: 'shared' }, add)
}

async function heldOf(blocks: BlockStore, shelf: Shelf, batch: readonly StoredBlock[]): Promise<readonly boolean[]> {
  if (shelf === 'fragment') return blocks.has(batch.map(({ id }) => id))
  return Promise.all(batch.map(async ({ id }) => (await blocks.get(id, 'manifest')) !== undefined))
}
