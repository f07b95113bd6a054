/** Seals a chunk: segments of 64 KiB under AES-256-GCM, each with its tag behind it, laid end to end. */
import { sealedBytesOf, segmentsOf } from '../core/storage/layout.ts'
import type { Bytes } from '../protocol/bytes.ts'
import { SEGMENT_BYTES, SEGMENT_TAG_BYTES } from '../protocol/limits.ts'
import { segmentNonce } from './segment-nonce.ts'

/** Segments are sealed side by side: a chunk is 16 calls, and the browser has threads for them. */
export async function sealChunk(plain: Bytes, key: CryptoKey): Promise<Bytes> {
  const sealed = new Uint8Array(sealedBytesOf(plain.byteLength))
  await Promise.all(
    Array.from({ length: segmentsOf(plain.byteLength) }, async (_, segment) => {
      const from = segment * SEGMENT_BYTES
      const bytes = plain.subarray(from, from + SEGMENT_BYTES)
      const piece = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: segmentNonce(segment) }, key, bytes)
      sealed.set(new Uint8Array(piece), segment * (SEGMENT_BYTES + SEGMENT_TAG_BYTES))
    }),
  )
  return sealed
}
