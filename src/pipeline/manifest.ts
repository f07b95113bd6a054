/**
 * Manifests as sealed blocks: a root and its pages, AES-256-GCM under the room's manifest key. The nonce is an HMAC of
 * what is sealed, so the same manifest is the same blocks, whoever seals it, and different ones never share a nonce.
 * A member may write a manifest that lies; so everything that follows from something else is computed again: which
 * pages there are, how long each chunk is, and the UnixFS root of it all.
 */
import { toRawId } from '../core/storage/block-id.ts'
import { type ChunkShape, chunkBytesOf, chunksOf, type ObjectShape, segmentsOf } from '../core/storage/layout.ts'
import { type Bytes, concatBytes, equalBytes } from '../protocol/bytes.ts'
import { RoomError } from '../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../protocol/frame.ts'
import type { BlockId } from '../protocol/ids.ts'
import { MANIFEST_PAGE_CHUNKS, MANIFEST_PAGES, READ_AHEAD_BLOCKS, SEGMENT_DIGEST_BYTES } from '../protocol/limits.ts'
import {
  MANIFEST_SEALED_BYTES,
  type ManifestChunk,
  type ManifestRoot,
  manifestContext,
  manifestPage,
  manifestRoot,
  type ObjectId,
} from '../protocol/object.ts'
import type { StoredBlock } from '../protocol/storage-worker.ts'
import type { RoomFileKeys } from './file-keys.ts'
import { fragmentId, matchesId } from './fragment-id.ts'
import { inOrder } from './in-order.ts'
import { NONCE_BYTES, seal, unseal } from './seal.ts'
import { unixfsRoot } from './unixfs-root.ts'

export type ManifestDraft = Pick<ManifestRoot, 'bytes' | 'root' | 'k' | 'rows' | 'key'> & { readonly chunks: readonly ManifestChunk[] }

/** A manifest that opened and adds up. `blocks`: ids of all its blocks, the root's first. */
export type OpenObject = ObjectShape & { readonly root: BlockId; readonly key: Bytes | null; readonly blocks: readonly BlockId[] }

const DIGEST_BYTES = 32

/** Pages come first in `blocks`: who stores them in order has all of an object before its root. */
export async function sealManifest(
  { chunks, ...draft }: ManifestDraft,
  keys: RoomFileKeys,
): Promise<{ id: ObjectId; blocks: readonly StoredBlock[] }> {
  if (chunks.length > MANIFEST_PAGES * MANIFEST_PAGE_CHUNKS) throw new RoomError('file-invalid', 'longer than a manifest can say')
  const blocks: StoredBlock[] = []
  const pages: { id: BlockId; chunks: number }[] = []
  for (let at = 0; at < chunks.length; at += MANIFEST_PAGE_CHUNKS) {
    const page = chunks.slice(at, at + MANIFEST_PAGE_CHUNKS)
    const block = await sealBlock('page', { t: 'page', chunks: page }, keys)
    blocks.push(block)
    pages.push({ id: block.id, chunks: page.length })
  }
  const root = await sealBlock('object', { t: 'object', ...draft, pages }, keys)
  return { id: root.id, blocks: [...blocks, root] }
}

/** `load` may throw `block-missing`; what does not open or does not add up throws `manifest-invalid`. */
export async function openManifest(id: ObjectId, load: (id: BlockId) => Promise<Bytes>, keys: RoomFileKeys): Promise<OpenObject> {
  const read = async (kind: Kind, block: BlockId) => openBlock(kind, block, await load(block), keys)
  const rootFrame = parseFrame(await read('object', id), manifestRoot, MANIFEST_SEALED_BYTES)
  demand(rootFrame.kind === 'ok', 'the root cannot be read')
  const { bytes, root, k, rows, key, pages } = rootFrame.message
  demand(k <= rows, 'fewer rows than are needed')
  demand(hasPagesFor(bytes, pages), 'the pages do not add up')

  const chunks: ManifestChunk[] = []
  for await (const plain of inOrder(pages, READ_AHEAD_BLOCKS, (page) => read('page', page.id))) {
    const page = parseFrame(plain, manifestPage, MANIFEST_SEALED_BYTES)
    demand(page.kind === 'ok', 'a page cannot be read')
    for (const chunk of page.message.chunks) {
      demand(chunk.bytes === chunkBytesOf(bytes, chunks.length), 'the chunks do not add up')
      demand(hasRows(chunk.fragments, k, rows), 'a chunk has other rows')
      demand(hasSegments(chunk), 'a chunk has other segments')
      chunks.push(chunk)
    }
  }
  demand(chunks.length === chunksOf(bytes), 'a page is shorter or longer than the root says')
  demand((await unixfsRoot(chunks)) === root, 'the chunks are not those of the checksum')
  return { id, bytes, k, rows, root, key, chunks: chunks.map((chunk) => shapeOf(chunk, k)), blocks: [id, ...pages.map((page) => page.id)] }
}

type Kind = 'object' | 'page'

async function sealBlock(kind: Kind, message: unknown, keys: RoomFileKeys): Promise<StoredBlock> {
  const plain = encodeFrame(message)
  const additionalData = manifestContext(kind)
  const mac = await crypto.subtle.sign('HMAC', keys.nonce, concatBytes([additionalData, plain]))
  const bytes = await seal(keys.manifest, plain, additionalData, new Uint8Array(mac).slice(0, NONCE_BYTES))
  return { id: await fragmentId(bytes), bytes }
}

async function openBlock(kind: Kind, id: BlockId, sealed: Bytes, keys: RoomFileKeys): Promise<Bytes> {
  demand(sealed.byteLength <= MANIFEST_SEALED_BYTES, `the ${kind} has no possible length`)
  demand(await matchesId(id, sealed), `the ${kind} is not the block it was asked for`)
  const plain = await unseal(keys.manifest, sealed, manifestContext(kind))
  demand(plain !== undefined, `the ${kind} does not open`)
  return plain
}

function demand(isTrue: boolean, claim: string): asserts isTrue {
  if (!isTrue) throw new RoomError('manifest-invalid', claim)
}

/** All pages are full but the last, so that one object has one spelling and a lie about pages costs no loading. */
function hasPagesFor(bytes: number, pages: ManifestRoot['pages']): boolean {
  const chunks = chunksOf(bytes)
  return (
    pages.length === Math.ceil(chunks / MANIFEST_PAGE_CHUNKS) &&
    pages.every((page, i) => page.chunks === Math.min(MANIFEST_PAGE_CHUNKS, chunks - i * MANIFEST_PAGE_CHUNKS))
  )
}

function hasRows(fragments: Bytes, k: number, rows: number): boolean {
  if (fragments.byteLength !== DIGEST_BYTES * rows) return false
  if (k > 1) return true
  const copy = fragments.subarray(0, DIGEST_BYTES)
  return Array.from({ length: rows }, (_, row) => fragments.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES)).every((other) =>
    equalBytes(other, copy),
  )
}

function hasSegments({ bytes, segments }: ManifestChunk): boolean {
  return segments === undefined || segments.byteLength === SEGMENT_DIGEST_BYTES * segmentsOf(bytes)
}

/** Ids are spelled when they are first asked for: a large object has more of them than anybody reads. */
function shapeOf({ hash, bytes, fragments, segments }: ManifestChunk, k: number): ChunkShape {
  let ids: readonly BlockId[] | undefined
  return {
    hash,
    bytes,
    segments,
    get ids() {
      ids ??= spell(fragments, k)
      return ids
    },
  }
}

function spell(fragments: Bytes, k: number): readonly BlockId[] {
  const rows = fragments.byteLength / DIGEST_BYTES
  if (k === 1) return new Array<BlockId>(rows).fill(toRawId(fragments.subarray(0, DIGEST_BYTES)))
  return Array.from({ length: rows }, (_, row) => toRawId(fragments.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES)))
}
