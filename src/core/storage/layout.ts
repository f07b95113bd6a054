/**
 * Sizes of an object. A chunk of plaintext is sealed in segments of 64 KiB with a tag each; the sealed chunk is cut
 * into k data fragments of equal length, the last one filled up with its first bytes; rows k and up are parity. Reading the
 * first segment of a chunk takes the first fragment alone.
 */
import type { BlockId } from '../../protocol/ids.ts'
import { CHUNK_BYTES, SEGMENT_BYTES, SEGMENT_TAG_BYTES } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'

export type Layout = { readonly k: number; readonly rows: number }

/** Fragments are whole multiples of this, so that a kernel of vectors never meets an end. */
const ALIGN_BYTES = 16

export function segmentsOf(chunkBytes: number): number {
  return Math.ceil(chunkBytes / SEGMENT_BYTES)
}

export function sealedBytesOf(chunkBytes: number): number {
  return chunkBytes + segmentsOf(chunkBytes) * SEGMENT_TAG_BYTES
}

/** Copies (k = 1) are the sealed chunk as it is. */
export function fragmentBytesOf(chunkBytes: number, k: number): number {
  const sealedBytes = sealedBytesOf(chunkBytes)
  return k === 1 ? sealedBytes : Math.ceil(sealedBytes / k / ALIGN_BYTES) * ALIGN_BYTES
}

export function chunksOf(objectBytes: number): number {
  return Math.ceil(objectBytes / CHUNK_BYTES)
}

/** Of chunk `index`; only the last is shorter. */
export function chunkBytesOf(objectBytes: number, index: number): number {
  return Math.min(CHUNK_BYTES, objectBytes - index * CHUNK_BYTES)
}

/** All fragments of one row together. */
export function rowBytesOf(objectBytes: number, k: number): number {
  const chunks = chunksOf(objectBytes)
  if (chunks === 0) return 0
  return (chunks - 1) * fragmentBytesOf(CHUNK_BYTES, k) + fragmentBytesOf(chunkBytesOf(objectBytes, chunks - 1), k)
}

/** What is needed of an object to fetch, check and read it; from its opened manifest. */
export type ObjectShape = {
  readonly id: ObjectId
  readonly bytes: number
  readonly k: number
  readonly rows: number
  readonly chunks: readonly ChunkShape[]
}

/** `ids`: one fragment id per row; for k = 1 they are all equal. */
export type ChunkShape = {
  readonly hash: Uint8Array
  readonly bytes: number
  readonly ids: readonly BlockId[]
  /** The beginnings of the sealed segments' hashes, SEGMENT_DIGEST_BYTES each; undefined where the manifest names none. */
  readonly segments?: Uint8Array | undefined
}
