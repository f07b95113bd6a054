/**
 * A sealed chunk as fragments, one per row, and back. It is cut end to end, so data fragments are views of it and
 * reading without loss is a copy. What is missing of the last fragments is filled with the chunk's own first bytes:
 * zeros would be the same fragment in every room.
 */
import { fragmentBytesOf, type Layout, sealedBytesOf } from '../core/storage/layout.ts'
import { type Bytes, concatBytes } from '../protocol/bytes.ts'
import { RoomError } from '../protocol/errors.ts'
import { SEGMENT_BYTES, SEGMENT_TAG_BYTES } from '../protocol/limits.ts'
import { reedSolomon } from './reed-solomon.ts'

/** Data fragments, rows 0 to k-1. They share memory with `sealed`. */
export function splitChunk(sealed: Bytes, { k }: Layout): readonly Bytes[] {
  if (k === 1) return [sealed]
  const length = fragmentBytesOf(plainBytesOf(sealed.byteLength), k)
  return Array.from({ length: k }, (_, row) => {
    const from = row * length
    return from + length <= sealed.byteLength ? sealed.subarray(from, from + length) : filledUp(sealed, from, length)
  })
}

/** Fragments of the rows asked for, k and up, from all data fragments; in the buffers of `into`, when those are given. */
export function parityOf(data: readonly Bytes[], { k, rows }: Layout, wanted: readonly number[], into?: readonly Bytes[]): Bytes[] {
  if (k === 1) return wanted.map(() => data[0] as Bytes)
  return reedSolomon().encodeRows(k, rows, data, wanted, into)
}

/** The sealed chunk from any k fragments; perhaps with a few bytes behind it. Throws `block-missing`. */
export function joinChunk(fragments: ReadonlyMap<number, Bytes>, chunkBytes: number, { k, rows }: Layout): Bytes {
  const sound = soundOf(fragments, fragmentBytesOf(chunkBytes, k), { k, rows })
  if (k === 1) return [...sound.values()][0] as Bytes
  return concatBytes(dataOf(sound, { k, rows }))
}

/** One row from any k others. Throws `block-missing`. */
export function makeFragment(fragments: ReadonlyMap<number, Bytes>, layout: Layout, row: number): Bytes {
  const [first] = fragments.values()
  const sound = soundOf(fragments, first?.byteLength ?? 0, layout)
  const { k, rows } = layout
  if (k === 1) return [...sound.values()][0] as Bytes
  return reedSolomon().reconstruct(k, rows, sound, [row])[0] as Bytes
}

function soundOf(fragments: ReadonlyMap<number, Bytes>, length: number, { k, rows }: Layout): ReadonlyMap<number, Bytes> {
  const sound = new Map([...fragments].filter(([row, bytes]) => row < rows && bytes.byteLength === length))
  if (sound.size < k) throw new RoomError('block-missing', `${sound.size} of ${k} fragments of a chunk`)
  return sound
}

function dataOf(fragments: ReadonlyMap<number, Bytes>, { k, rows }: Layout): Bytes[] {
  const lacking = Array.from({ length: k }, (_, row) => row).filter((row) => !fragments.has(row))
  const made = lacking.length === 0 ? [] : reedSolomon().reconstruct(k, rows, fragments, lacking)
  return Array.from({ length: k }, (_, row) => fragments.get(row) ?? (made[lacking.indexOf(row)] as Bytes))
}

function filledUp(sealed: Bytes, from: number, length: number): Bytes {
  const fragment = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const begin = (from + at) % sealed.byteLength
    const piece = sealed.subarray(begin, begin + length - at)
    fragment.set(piece, at)
    at += piece.byteLength
  }
  return fragment
}

/** The inverse of `sealedBytesOf`. */
function plainBytesOf(sealedBytes: number): number {
  const plainBytes = sealedBytes - Math.ceil(sealedBytes / (SEGMENT_BYTES + SEGMENT_TAG_BYTES)) * SEGMENT_TAG_BYTES
  if (sealedBytesOf(plainBytes) !== sealedBytes) throw new RoomError('block-mismatch', 'not the length of a sealed chunk')
  return plainBytes
}
