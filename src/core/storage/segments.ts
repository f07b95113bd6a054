/**
 * Sealed segments of a chunk, and where they lie in its data fragments. Each has a digest in the manifest and opens by
 * itself, so whoever begins to read somewhere need not wait for the whole chunk.
 */
import type { BlockId } from '../../protocol/ids.ts'
import { PEEK_PIECE_BYTES, PEEK_SEGMENTS, SEGMENT_BYTES, SEGMENT_TAG_BYTES } from '../../protocol/limits.ts'
import type { Part } from './fetch-state.ts'
import { type ChunkShape, fragmentBytesOf, sealedBytesOf, segmentsOf } from './layout.ts'

export const SEALED_SEGMENT_BYTES = SEGMENT_BYTES + SEGMENT_TAG_BYTES

export type Segments = { readonly first: number; readonly count: number }

/** Bytes of one data fragment, or of the copy, PEEK_PIECE_BYTES at most. */
export type Piece = { readonly segment: number; readonly row: number; readonly id: BlockId; readonly part: Part }

/** What to fetch first of a range that begins at `from` in this chunk; undefined: the chunk is better fetched whole. */
export function firstSegments({ bytes, segments }: ChunkShape, from: number, length: number): Segments | undefined {
  if (segments === undefined || length === 0) return undefined
  const first = Math.floor(from / SEGMENT_BYTES)
  const end = Math.ceil(Math.min(from + length, bytes) / SEGMENT_BYTES)
  const count = Math.min(PEEK_SEGMENTS, end - first)
  return 2 * count <= segmentsOf(bytes) ? { first, count } : undefined
}

/** In order. A segment may end in the next fragment. */
export function piecesOf({ bytes, ids }: ChunkShape, k: number, { first, count }: Segments): readonly Piece[] {
  const fragmentBytes = fragmentBytesOf(bytes, k)
  const sealedBytes = sealedBytesOf(bytes)
  const pieces: Piece[] = []
  for (let segment = first; segment < first + count; segment++) {
    const end = Math.min((segment + 1) * SEALED_SEGMENT_BYTES, sealedBytes)
    for (let at = segment * SEALED_SEGMENT_BYTES; at < end; ) {
      const row = Math.floor(at / fragmentBytes)
      const to = Math.min(end, (row + 1) * fragmentBytes, at + PEEK_PIECE_BYTES)
      pieces.push({ segment, row, id: ids[row] as BlockId, part: { offset: at - row * fragmentBytes, bytes: to - at } })
      at = to
    }
  }
  return pieces
}
