/** The state of a room with many files, made with the code of the room itself and sealed as a device keeps it. */
import { toBlockId } from '../../src/core/storage/block-id.ts'
import { toDeviceId, toFileId } from '../../src/protocol/ids.ts'
import { parseRoomLink } from '../../src/protocol/room-link.ts'
import { type CopyRecord, copyKey, type FileRecord } from '../../src/protocol/room-state.ts'
import { browserClock } from '../../src/tab/browser-clock.ts'
import { keepDocument } from '../../src/tab/room/persist-document.ts'
import { createRoomDocument } from '../../src/tab/room/room-document.ts'
import { deriveRoomKeys } from '../../src/tab/room/room-keys.ts'

/** Each file was announced by a device that is away. */
export async function sealRoomOfMany(link: string, count: number): Promise<{ key: string; value: Uint8Array<ArrayBuffer> }> {
  const secret = parseRoomLink(link)?.secret
  if (secret === undefined) throw new Error('no room link')
  const { roomId: room, content: key } = await deriveRoomKeys(secret)
  const { doc, files, copies } = createRoomDocument()
  const saved: { key: string; value: Uint8Array<ArrayBuffer> }[] = []
  const values = {
    load: async () => undefined,
    save: async (name: string, value: Uint8Array<ArrayBuffer> | null) => {
      if (value !== null) saved.push({ key: name, value })
    },
  }
  const { signal } = new AbortController()
  const keeper = keepDocument({ doc, room, key, values, clock: browserClock, signal, failed: () => {} })

  const away = toDeviceId(crypto.getRandomValues(new Uint8Array(32)))
  const newFiles = new Map<string, FileRecord>()
  const newCopies = new Map<string, CopyRecord>()
  for (let n = 0; n < count; n++) {
    const id = toFileId(crypto.getRandomValues(new Uint8Array(16)))
    const root = toBlockId(new Uint8Array([1, 0x55, 0x12, 32, ...crypto.getRandomValues(new Uint8Array(32))]))
    const name = `photo ${String(n).padStart(5, '0')}.jpg`
    newFiles.set(id, { id, root, name, type: 'image/jpeg', bytes: 300_000, addedBy: away, addedAtMs: 1_700_000_000_000 + n })
    newCopies.set(copyKey(id, away), { atMs: 1_700_000_000_000 + n })
  }
  doc.transact(() => {
    files.setMany(newFiles)
    copies.setMany(newCopies)
  })
  await keeper.flush()
  const last = saved.at(-1)
  if (last === undefined) throw new Error('nothing was saved')
  return last
}
