/**
 * Bytes of a published file. Manifest blocks and fragments come from the store; what it lacks is asked of the tabs, and
 * reading goes on as soon as any k fragments of a chunk are here, whichever they are.
 */
import type { Segments } from '../../src/core/storage/segments.ts'
import { heldRows, loadRows, rowIds } from '../../src/pipeline/held-rows.ts'
import { type OpenObject, openManifest } from '../../src/pipeline/manifest.ts'
import { type LoadChunk, type LoadSegments, readObject } from '../../src/pipeline/read-object.ts'
import type { BlockStore } from '../../src/ports/block-store.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { BlockId, RoomId } from '../../src/protocol/ids.ts'
import { OPEN_MANIFESTS } from '../../src/protocol/limits.ts'
import type { Needed } from '../../src/protocol/storage-worker.ts'
import { untilHere } from './await-block.ts'
import { untilGiven } from './await-segments.ts'
import type { Published } from './published-files.ts'

export type AskTabs = (needed: Needed) => Promise<void>

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
  const load: LoadChunk = (_, chunk, stopped) => loadChunk(reading, object, chunk, stopped)
  const loadSegments: LoadSegments = (_, chunk, segments, stopped) => segmentsOf(reading, object, chunk, segments, stopped)
  yield* readObject(object, file.offset + offset, length, keys, load, { signal, loadSegments })
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
  return untilHere({
    ids: rowIds(object, chunk),
    look: () => readable(reading.store, object, chunk),
    ask: () => ask(reading, chunk),
    signal,
  })
}

/** Of a chunk that is not here, from the tabs. */
async function segmentsOf(
  { room, store, askTabs }: Reading,
  object: OpenObject,
  chunk: number,
  { first, count }: Segments,
  signal: AbortSignal,
): Promise<Bytes | undefined> {
  const [held = []] = await heldRows(store, object, [chunk])
  if (held.length >= object.k) return undefined
  return untilGiven((asked) => askTabs({ t: 'need-segments', asked, room, object: object.id, chunk, first, count }), signal)
}

/** Of as few as cannot be read nothing is read. */
async function readable(store: BlockStore, object: OpenObject, chunk: number): Promise<ReadonlyMap<number, Bytes> | undefined> {
  const { fragments } = await loadRows(store, object, chunk, { atLeast: object.k })
  return fragments.size < object.k ? undefined : fragments
}

function ask({ room, file, askTabs }: Reading, chunk: number | undefined): Promise<void> {
  return askTabs({ t: 'need', room, file: file.id, object: file.object, chunk })
}
