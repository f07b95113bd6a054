/**
 * Forgets a room: its keys, what its addresses answer with, and the values saved under its name, all at once. Its rows lie
 * on the shelves under names that say nothing of a room: the tab finds and deletes them first.
 */
import { prefixesOfRoom } from '../../src/core/storage/room-values.ts'
import type { RoomId } from '../../src/protocol/ids.ts'
import { openDatabase } from './database.ts'

export async function forgetRoom(room: RoomId): Promise<void> {
  const tx = (await openDatabase()).transaction(['keys', 'published', 'values'], 'readwrite', { durability: 'strict' })
  const gone = [
    tx.objectStore('keys').delete(room),
    tx.objectStore('published').delete(IDBKeyRange.bound([room], [room, []])),
    ...prefixesOfRoom(room).map((prefix) => tx.objectStore('values').delete(IDBKeyRange.bound(prefix, `${prefix}\uffff`))),
  ]
  for (const one of gone) one.catch(() => undefined)
  await tx.done
}
