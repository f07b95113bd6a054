/**
 * Bytes become an object: cut into chunks, each hashed, sealed, cut into fragments and coded. The hash of a chunk is its
 * checksum, the leaf of its UnixFS tree and what its key is made of. Several chunks are worked on at once while the next
 * is read; what comes out leaves in order and in batches, so an object of any size takes the same memory. Parity is
 * computed for its ids and forgotten: whoever keeps a row of it makes it again from the data.
 */
import { digestOf, toRawId } from '../core/storage/block-id.ts'
import { segmentsOf } from '../core/storage/layout.ts'
import { type Bytes, concatBytes } from '../protocol/bytes.ts'
import { RoomError } from '../protocol/errors.ts'
import type { BlockId } from '../protocol/ids.ts'
import type { ImportedPart, ImportLayout } from '../protocol/import-worker.ts'
import { IMPORT_CHUNKS } from '../protocol/limits.ts'
import type { ManifestChunk, ObjectId } from '../protocol/object.ts'
import type { StoredBlock } from '../protocol/storage-worker.ts'
import { chunkKey, type Sensitive } from './chunk-key.ts'
import { parityOf, splitChunk } from './code-chunk.ts'
import { cutChunks, isBlobs, type ObjectSource } from './cut-chunks.ts'
import type { RoomFileKeys } from './file-keys.ts'
import { fragmentId } from './fragment-id.ts'
import { inOrder } from './in-order.ts'
import { sealManifest } from './manifest.ts'
import { type ObjectSink, Outbox } from './outbox.ts'
import { sealChunk } from './seal-chunk.ts'
import { segmentDigests } from './segments.ts'
import { sha256 } from './sha256.ts'
import { unixfsRoot } from './unixfs-root.ts'

export type ImportedObject = { readonly object: ObjectId; readonly bytes: number; readonly parts: readonly ImportedPart[] }

/** Resolves when all of it is in the store, manifest last. Throws `file-invalid`, `aborted`, and what the source or the sink throws. */
export async function importObject(
  source: ObjectSource,
  layout: ImportLayout,
  keys: RoomFileKeys,
  sink: ObjectSink,
  signal?: AbortSignal,
): Promise<ImportedObject> {
  const { k, rows } = layout
  const key = layout.sensitive ? crypto.getRandomValues(new Uint8Array(32)) : null
  const outbox = new Outbox(sink)
  const chunks: ManifestChunk[] = []
  let last: Bytes | undefined
  let bytes = 0
  let next = 0
  const seal = (plain: Bytes): Promise<SealedChunk> => {
    const index = next++
    last = plain
    return sealOne(plain, layout, keys, key === null ? undefined : { key, index })
  }
  for await (const { chunk, blocks } of inOrder(cutChunks(source), IMPORT_CHUNKS, seal)) {
    if (signal?.aborted) throw new RoomError('aborted')
    chunks.push(chunk)
    bytes += chunk.bytes
    await outbox.add('fragment', blocks, bytes)
  }
  const root = await unixfsRoot(chunks)
  const manifest = await sealManifest({ bytes, root, k, rows, key, chunks }, keys)
  // Its fragments are in the store before anything says that there are any.
  await outbox.emptied()
  for (const block of manifest.blocks) await outbox.add('manifest', [block], bytes)
  await outbox.emptied()
  if (signal?.aborted) throw new RoomError('aborted')
  const isPack = isBlobs(source) && source.length > 1
  return { object: manifest.id, bytes, parts: isPack ? await partsOf(source, last) : [{ offset: 0, bytes, root }] }
}

type SealedChunk = { readonly chunk: ManifestChunk; readonly blocks: readonly StoredBlock[] }

async function sealOne(plain: Bytes, layout: ImportLayout, keys: RoomFileKeys, sensitive: Sensitive | undefined): Promise<SealedChunk> {
  const { k, rows } = layout
  const hash = await sha256(plain)
  const sealed = await sealChunk(plain, await chunkKey(keys, hash, sensitive))
  // A chunk of one segment is never read in part.
  const digests = segmentsOf(plain.byteLength) > 1 ? segmentDigests(sealed) : undefined
  const data = splitChunk(sealed, layout)
  const parityRows = Array.from({ length: k === 1 ? 0 : rows - k }, (_, parity) => k + parity)
  const parity = Promise.all(parityOf(data, layout, parityRows, parityBuffers(parityRows.length, data[0]?.byteLength ?? 0)).map(sha256))
  const blocks = await Promise.all(data.map(async (bytes): Promise<StoredBlock> => ({ id: await fragmentId(bytes), bytes })))
  const rowDigests = [...blocks.map(({ id }) => digestOf(id) as Bytes), ...(await parity)]
  const fragments = concatBytes(k === 1 ? new Array<Bytes>(rows).fill(rowDigests[0] as Bytes) : rowDigests)
  const chunk: ManifestChunk = { hash, bytes: plain.byteLength, fragments, ...(digests && { segments: await digests }) }
  return { chunk, blocks }
}

let parityBytes: readonly Bytes[] = []

/** The same for every chunk: digest takes a copy before it returns, and new buffers take longer than the arithmetic. */
function parityBuffers(count: number, length: number): readonly Bytes[] {
  const isFitting = parityBytes.length === count && (parityBytes[0]?.byteLength ?? 0) === length
  if (!isFitting) parityBytes = Array.from({ length: count }, () => new Uint8Array(length))
  return parityBytes
}

/** Each Blob of a pack fits into one leaf. */
async function partsOf(blobs: readonly Blob[], plain = new Uint8Array()): Promise<readonly ImportedPart[]> {
  let at = 0
  const places = blobs.map(({ size }) => {
    const offset = at
    at += size
    return { offset, bytes: size }
  })
  const rootOf = async (offset: number, bytes: number): Promise<BlockId> => toRawId(await sha256(plain.subarray(offset, offset + bytes)))
  return Promise.all(places.map(async ({ offset, bytes }) => ({ offset, bytes, root: await rootOf(offset, bytes) })))
}
