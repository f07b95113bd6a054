/** Tells the service worker which files have addresses, in the order they came and went. */
import type { RoomFileKeys } from '../../pipeline/file-keys.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import type { FileId, RoomId } from '../../protocol/ids.ts'
import type { FileRecord } from '../../protocol/room-state.ts'
import type { VerifiedMap } from './verified-map.ts'

export type PublishParts = { readonly room: RoomId; readonly keys: RoomFileKeys; readonly gateway: FileGateway }

export function publishFiles(
  { room, keys, gateway }: PublishParts,
  files: VerifiedMap<FileRecord>,
): { changed(ids: ReadonlySet<FileId>): void } {
  let changed = new Set<FileId>(files.entries.keys() as Iterable<FileId>)
  let working = Promise.resolve(gateway.unlock(room, keys)).catch(() => undefined)
  let isWaiting = false

  const publish = async () => {
    isWaiting = false
    const ids = [...changed]
    changed = new Set()
    const listed = ids.flatMap((id) => files.get(id) ?? [])
    const gone = ids.filter((id) => files.get(id) === undefined)
    if (listed.length > 0) await gateway.publish(room, listed)
    if (gone.length > 0) await gateway.unpublish(room, gone)
  }
  const soon = () => {
    if (isWaiting || changed.size === 0) return
    isWaiting = true
    // A store that fails leaves files without addresses; they can still be read in the page.
    working = working.then(publish).catch(() => undefined)
  }
  soon()
  return {
    changed(ids) {
      for (const id of ids) changed.add(id)
      soon()
    },
  }
}
