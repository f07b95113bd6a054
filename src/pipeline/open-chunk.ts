/** Opens a sealed chunk and compares the hash of what comes out: no byte of a chunk is given before all of it is right. */
import { sealedBytesOf, segmentsOf } from '../core/storage/layout.ts'
import { SEALED_SEGMENT_BYTES } from '../core/storage/segments.ts'
import { type Bytes, equalBytes } from '../protocol/bytes.ts'
import { RoomError } from '../protocol/errors.ts'
import { SEGMENT_BYTES } from '../protocol/limits.ts'
import { segmentNonce } from './segment-nonce.ts'
import { sha256 } from './sha256.ts'

/** Bytes beyond the sealed chunk, which filled up the last fragment, are passed over. Throws `block-mismatch`. */
export async function openChunk(
  sealed: Bytes,
  chunk: { readonly hash: Uint8Array; readonly bytes: number },
  key: CryptoKey,
): Promise<Bytes> {
  const sealedBytes = sealedBytesOf(chunk.bytes)
  if (sealed.byteLength < sealedBytes) throw new RoomError('block-mismatch', 'a sealed chunk is too short')
  const plain = new Uint8Array(chunk.bytes)
  try {
    await Promise.all(
      Array.from({ length: segmentsOf(chunk.bytes) }, async (_, segment) => {
        const from = segment * SEALED_SEGMENT_BYTES
        const piece = sealed.subarray(from, Math.min(from + SEALED_SEGMENT_BYTES, sealedBytes))
        const bytes = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: segmentNonce(segment) }, key, piece)
        plain.set(new Uint8Array(bytes), segment * SEGMENT_BYTES)
      }),
    )
  } catch (cause) {
    throw new RoomError('block-mismatch', 'a sealed chunk does not open', { cause })
  }
  const hash = await sha256(plain)
  if (!equalBytes(hash, chunk.hash)) throw new RoomError('block-mismatch', 'a chunk does not match its checksum')
  return plain
}
