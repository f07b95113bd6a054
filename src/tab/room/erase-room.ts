/**
 * Erases what this device keeps of a room. Rows and manifests lie on the disk under names that say nothing of it, so they
 * are found through the room's document while its keys are known; the keys, addresses and values go last. A fragment
 * belongs to one room alone, since its key does.
 */
import { openManifest } from '../../pipeline/manifest.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceStore } from '../../ports/file-gateway.ts'
import type { RoomState } from '../../ports/room-state.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { LOOK_FRAGMENTS, MANIFESTS_FETCHED_AT_ONCE } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { keepDocument } from './persist-document.ts'
import { createRoomDocument } from './room-document.ts'
import type { RoomKeys } from './room-keys.ts'

export async function eraseRoom(store: DeviceStore, keys: RoomKeys, clock: Clock): Promise<void> {
  const { blocks, values, gateway } = store
  const document = createRoomDocument()
  const stopped = AbortSignal.abort()
  const around = { doc: document.doc, room: keys.roomId, key: keys.content, values, clock, signal: stopped, failed: () => {} }
  await keepDocument(around).load()
  const objects = [...objectsOf(document)]
  for (let at = 0; at < objects.length; at += MANIFESTS_FETCHED_AT_ONCE) {
    const some = objects.slice(at, at + MANIFESTS_FETCHED_AT_ONCE)
    const ids = (await Promise.all(some.map((object) => idsOf(blocks, keys, object)))).flat()
    for (let from = 0; from < ids.length; from += LOOK_FRAGMENTS) await blocks.delete(ids.slice(from, from + LOOK_FRAGMENTS))
  }
  await gateway.forget(keys.roomId)
  document.doc.destroy()
}

/** Whoever said something of them, and whether that was true: an object that is none here opens to nothing. */
function objectsOf({ files, bin, plans, holdings }: RoomState): ReadonlySet<ObjectId> {
  return new Set([
    ...[...files.entries().values()].map(({ object }) => object),
    ...[...bin.entries().values()].map(({ file }) => file.object),
    ...[...plans.entries().values()].map(({ object }) => object),
    ...[...holdings.entries().values()].map(({ object }) => object),
  ])
}

async function idsOf(blocks: BlockStore, { files }: RoomKeys, id: ObjectId): Promise<readonly BlockId[]> {
  const load = async (block: BlockId) => {
    const bytes = await blocks.get(block, 'manifest')
    if (bytes === undefined) throw new RoomError('block-missing', block)
    return bytes
  }
  try {
    const object = await openManifest(id, load, files)
    return [...object.chunks.flatMap(({ ids }) => ids), ...object.blocks]
  } catch {
    return [id]
  }
}
