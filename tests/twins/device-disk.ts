/** A device's disk in memory: the real database code over an IndexedDB that is not the browser's, and ways to harm it. */
import { IDBFactory } from 'fake-indexeddb'
import type { BlockId } from '../../src/protocol/ids.ts'
import type { Shelf } from '../../src/protocol/storage-worker.ts'
import { closeDatabase, openDatabase } from '../../workers/storage/database.ts'

export function emptyDisk(): void {
  closeDatabase()
  globalThis.indexedDB = new IDBFactory()
}

/** Changes one byte of a block where it lies. */
export async function rotOnDisk(id: BlockId, shelf: Shelf): Promise<void> {
  const db = await openDatabase()
  const data = await db.get(shelf, id)
  const bytes = new Uint8Array((await data?.arrayBuffer()) ?? new ArrayBuffer(0))
  bytes[0] = (bytes[0] as number) ^ 1
  await db.put(shelf, new Blob([bytes]), id)
}
