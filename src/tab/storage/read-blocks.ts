/** Blocks of a file somebody reads on this device: from the store, or fetched into it first. */
import type { BlockStore } from '../../ports/block-store.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId, FileId } from '../../protocol/ids.ts'
import type { BlockFetcher } from './fetch-blocks.ts'
import type { Replication } from './replicate-files.ts'

export type BlockReader = {
  /** Throws `block-missing`. */
  load(file: FileId, id: BlockId): Promise<Uint8Array>
  /** The service worker streams the file and lacks this block. */
  supply(file: FileId, id: BlockId): Promise<void>
}

export function openBlockReader(parts: {
  readonly blocks: BlockStore
  readonly fetcher: BlockFetcher
  readonly replication: Replication
  readonly notify: (code: RoomErrorCode, detail: string) => void
}): BlockReader {
  const { blocks, fetcher, replication, notify } = parts

  /** Whoever announced the whole file and lacks a block of it had one that no longer matched. */
  const fetch = async (file: FileId, id: BlockId): Promise<void> => {
    const wasHeld = replication.isHeld(file)
    const isHere = await fetcher.need(id, file, replication.holders(file))
    if (wasHeld && isHere) notify('block-mismatch', id)
  }

  return {
    async load(file, id) {
      const held = await blocks.get(id)
      if (held !== undefined) return held
      await fetch(file, id)
      const fetched = await blocks.get(id)
      if (fetched === undefined) throw new RoomError('block-missing', id)
      return fetched
    },
    async supply(file, id) {
      const [isHere] = await blocks.has([id])
      if (isHere !== true) await fetch(file, id)
    },
  }
}
