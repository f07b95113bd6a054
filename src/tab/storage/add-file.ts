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
import type { Importer } from './importer.ts'

export type AddParts = {
  readonly blocks: BlockStore
  readonly keys: RoomFileKeys
  readonly importer: Importer
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
  const { blocks, keys, importer, locks } = parts
  const { layout, signal, onStored, commit } = options
  const fresh: BlockId[] = []
  const add = async (): Promise<ImportedObject> => {
    try {
      const object = await importer.run(data, {
        layout,
        keys,
        signal,
        onBlocks: async (shelf, batch, doneBytes) => {
          const ids = batch.map(({ id }) => id)
          const held = await blocks.has(ids)
          fresh.push(...ids.filter((_, i) => held[i] !== true))
          await blocks.putMany(batch, { shelf })
          onStored(doneBytes)
        },
      })
      if (signal.aborted) throw new RoomError('aborted')
      await commit(object)
      return object
    } catch (error) {
      // Under the lock still: what was not there before this began, nobody else can have begun to need unseen.
      await blocks.delete(fresh).catch(() => undefined)
      throw signal.aborted ? new RoomError('aborted') : error
    }
  }
  return locks === undefined ? add() : locks.request(ADDING_LOCK, { mode: 'shared' }, add)
}
