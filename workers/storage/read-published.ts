/**
 * Bytes of a published file. Manifest blocks and fragments come from the store; what it lacks is asked of the tabs, and
 * reading goes on as soon as any k fragments of a chunk are here, whichever they are.
 */
import type { OpenObject } from '../../src/pipeline/manifest.ts'
import { openManifest } from '../../src/pipeline/manifest.ts'
import { readObject } from '../../src/pipeline/read-object.ts'
import type { BlockStore } from '../../src/ports/block-store.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { BlockId, RoomId } from '../../src/protocol/ids.ts'
import { OPEN_MANIFESTS } from '../../src/protocol/limits.ts'
import type { ChunkNeeded } from '../../src/protocol/storage-worker.ts'
import { untilHere } from './await-block.ts'
import type { Published } from './published-files.ts'

export type AskTabs = (needed: ChunkNeeded) => Promise<void>

export type Reading = Published & {
  readonly room: RoomId
  readonly store: BlockStore
  readonly askTabs: AskTabs
  /** Nobody reads any more. */
  readonly signal: AbortSignal
}

/** Saves a seek the opening; gone with the worker, whenever that is stopped. Last used last. */
const opened = new Map<string, OpenObject>()

export async function* readPublished(reading: Reading, offset: number, length: number): AsyncGenerator<Bytes> {
  const { file, keys, signal } = reading
  if (length === 0) return
  const object = await openObject(reading)
  if (file.offset + file.bytes > object.bytes) throw new RoomError('manifest-invalid', 'the file lies outside its object')
  yield* readObject(object, file.offset + offset, length, keys, (_, chunk, stopped) => loadChunk(reading, object, chunk, stopped), {
    signal,
  })
}

async function openObject(reading: Reading): Promise<OpenObject> {
  const { room, file, store, keys, signal } = reading
  const name = `${room}/${file.object}`
  const known = opened.get(name)
  opened.delete(name)
  const load = (id: BlockId) => untilHere({ ids: [id], look: () => store.get(id, 'manifest'), ask: () => ask(reading, undefined), signal })
  const object = known ?? (await openManifest(file.object, load, keys))
  opened.set(name, object)
  for (const oldest of opened.keys()) {
    if (opened.size <= OPEN_MANIFESTS) break
    opened.delete(oldest)
  }
  return object
}

function loadChunk(reading: Reading, object: OpenObject, chunk: number, signal: AbortSignal): Promise<ReadonlyMap<number, Bytes>> {
  const ids = object.chunks[chunk]?.ids ?? []
  // Copies are one block under every row.
  const rows = object.k === 1 ? ids.slice(0, 1) : ids
  return untilHere({
    ids: rows,
    look: () => heldRows(reading.store, rows, object.k),
    ask: () => ask(reading, chunk),
    signal,
  })
}

/** k rows of these, data before parity, since data needs no arithmetic; undefined when there are fewer. */
async function heldRows(store: BlockStore, ids: readonly BlockId[], k: number): Promise<ReadonlyMap<number, Bytes> | undefined> {
  const held = await store.has(ids)
  const there = [...ids.keys()].filter((row) => held[row])
  const found = new Map<number, Bytes>()
  while (found.size < k && found.size + there.length >= k) {
    const next = there.splice(0, k - found.size)
    const blocks = await Promise.all(next.map((row) => store.get(ids[row] as BlockId)))
    for (const [index, bytes] of blocks.entries()) if (bytes !== undefined) found.set(next[index] as number, bytes)
  }
  return found.size < k ? undefined : found
}

function ask({ room, file, askTabs }: Reading, chunk: number | undefined): Promise<void> {
  return askTabs({ t: 'need', room, file: file.id, object: file.object, chunk })
}
