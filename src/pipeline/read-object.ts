/**
 * Bytes of a range of an object, in order. Chunks are loaded a few ahead of the reader and no further, so a paused video
 * costs a few chunks of memory and no traffic. A reader gets no byte of a chunk whose checksum was not compared, but for
 * the first of a range: where they are far away, the segments they lie in come ahead, each compared with its own digest.
 */
import type { ObjectShape } from '../core/storage/layout.ts'
import { firstSegments, type Segments } from '../core/storage/segments.ts'
import type { Bytes } from '../protocol/bytes.ts'
import { assert, RoomError } from '../protocol/errors.ts'
import { CHUNK_BYTES, READ_AHEAD_BLOCKS, SEGMENT_BYTES } from '../protocol/limits.ts'
import { chunkKey } from './chunk-key.ts'
import { joinChunk } from './code-chunk.ts'
import type { RoomFileKeys } from './file-keys.ts'
import { matchesId } from './fragment-id.ts'
import { inOrder } from './in-order.ts'
import type { OpenObject } from './manifest.ts'
import { openChunk } from './open-chunk.ts'
import { openSegments } from './segments.ts'

/** k fragments of a chunk or more, by row. `signal` says that nobody waits any more. Throws `block-missing`. */
export type LoadChunk = (object: OpenObject, chunk: number, signal: AbortSignal) => Promise<ReadonlyMap<number, Bytes>>

/** Sealed segments laid end to end; undefined: the chunk is at hand, or had better be loaded whole. */
export type LoadSegments = (object: OpenObject, chunk: number, segments: Segments, signal: AbortSignal) => Promise<Bytes | undefined>

export type ReadOptions = { readonly signal?: AbortSignal; readonly readAhead?: number; readonly loadSegments?: LoadSegments }

/**
 * Throws `manifest-invalid` for a range beyond the end, which only a lying record asks for, `aborted`, `block-mismatch`,
 * and what `loadChunk` throws.
 */
export async function* readObject(
  object: OpenObject,
  offset: number,
  length: number,
  keys: RoomFileKeys,
  loadChunk: LoadChunk,
  { signal, readAhead = READ_AHEAD_BLOCKS, loadSegments }: ReadOptions = {},
): AsyncGenerator<Bytes> {
  const end = offset + length
  if (end > object.bytes) throw new RoomError('manifest-invalid', 'a range beyond the end of an object')
  if (signal?.aborted) throw new RoomError('aborted')
  if (length === 0) return
  const gone = new AbortController()
  const stop = () => gone.abort()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    let at = offset
    // A second time for a short range that ends in the next chunk.
    while (loadSegments !== undefined && (at === offset || (at % CHUNK_BYTES === 0 && end - at <= SEGMENT_BYTES))) {
      const ahead = await orAborted(firstOf(object, at, end - at, keys, loadSegments, gone.signal), gone.signal)
      if (ahead === undefined) break
      at += ahead.byteLength
      yield ahead
      if (at === end) return
    }
    if (gone.signal.aborted) throw new RoomError('aborted')
    const read = async (chunk: number) => openOf(object, chunk, await loadChunk(object, chunk, gone.signal), keys)
    const opened = inOrder(chunksBetween(at, end), readAhead, (chunk) => orAborted(read(chunk), gone.signal))
    for await (const bytes of opened) {
      const from = at % CHUNK_BYTES
      const part = bytes.subarray(from, from + Math.min(bytes.byteLength - from, end - at))
      at += part.byteLength
      yield part
      if (gone.signal.aborted) throw new RoomError('aborted')
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    gone.abort()
  }
}

/** The first bytes of a range, as many as a few segments hold; undefined: nothing came, or nothing right. The chunk will tell. */
async function firstOf(
  object: OpenObject,
  offset: number,
  length: number,
  keys: RoomFileKeys,
  load: LoadSegments,
  signal: AbortSignal,
): Promise<Bytes | undefined> {
  const index = Math.floor(offset / CHUNK_BYTES)
  const from = offset % CHUNK_BYTES
  const chunk = object.chunks[index]
  const segments = chunk && firstSegments(chunk, from, length)
  if (chunk?.segments === undefined || segments === undefined) return undefined
  try {
    const sealed = await load(object, index, segments, signal)
    if (sealed === undefined) return undefined
    const begin = from - segments.first * SEGMENT_BYTES
    const plain = await openSegments(sealed, segments, chunk.segments, await keyOf(object, index, keys))
    return plain.subarray(begin, begin + length)
  } catch {
    return undefined
  }
}

function keyOf({ chunks, key }: OpenObject, index: number, keys: RoomFileKeys): Promise<CryptoKey> {
  const chunk = chunks[index]
  assert(chunk !== undefined, 'a chunk of this object')
  return chunkKey(keys, chunk.hash, key === null ? undefined : { key, index })
}

/** One chunk in plain, checked. */
async function openOf(object: OpenObject, index: number, fragments: ReadonlyMap<number, Bytes>, keys: RoomFileKeys): Promise<Bytes> {
  const chunk = object.chunks[index]
  assert(chunk !== undefined, 'a chunk of this object')
  const key = await keyOf(object, index, keys)
  try {
    return await openChunk(joinChunk(fragments, chunk.bytes, object), chunk, key)
  } catch (cause) {
    if (!(cause instanceof RoomError && cause.code === 'block-mismatch')) throw cause
    const rows = await wrongRows(object, index, fragments)
    throw new RoomError('block-mismatch', `chunk ${index}, wrong rows: ${rows.join(' ') || 'none'}`, { cause })
  }
}

/** Which of these fragments are not those the manifest names. None, though the chunk does not open: who added it sealed other bytes. */
export async function wrongRows(object: ObjectShape, chunk: number, fragments: ReadonlyMap<number, Bytes>): Promise<readonly number[]> {
  const wrong: number[] = []
  for (const [row, bytes] of fragments) {
    const id = object.chunks[chunk]?.ids[row]
    if (id === undefined || !(await matchesId(id, bytes))) wrong.push(row)
  }
  return wrong
}

function* chunksBetween(offset: number, end: number): Generator<number> {
  for (let chunk = Math.floor(offset / CHUNK_BYTES); chunk * CHUNK_BYTES < end; chunk++) yield chunk
}

/** A load that does not listen to its signal must not hold the reader. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new RoomError('aborted'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
