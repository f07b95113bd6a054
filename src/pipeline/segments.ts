/**
 * A few sealed segments of a chunk: checked against their digests in the manifest, then opened. Members hold the keys,
 * so that a segment opens says nothing; its digest does, as far as the one who added the object is trusted.
 */
import { SEALED_SEGMENT_BYTES, type Segments } from '../core/storage/segments.ts'
import { type Bytes, concatBytes, equalBytes } from '../protocol/bytes.ts'
import { RoomError } from '../protocol/errors.ts'
import { SEGMENT_DIGEST_BYTES } from '../protocol/limits.ts'
import { segmentNonce } from './segment-nonce.ts'
import { sha256 } from './sha256.ts'

/** Of all segments of a sealed chunk, laid end to end. */
export async function segmentDigests(sealed: Bytes): Promise<Bytes> {
  return concatBytes(await Promise.all(cut(sealed).map(digestOf)))
}

/** Whether these bytes are that segment; `digests`: of all segments of its chunk. */
export async function isSegment(digests: Uint8Array, segment: number, sealed: Bytes): Promise<boolean> {
  const at = segment * SEGMENT_DIGEST_BYTES
  return equalBytes(await digestOf(sealed), digests.subarray(at, at + SEGMENT_DIGEST_BYTES))
}

/** Plaintext of segments laid end to end. Throws `block-mismatch`. */
export async function openSegments(sealed: Bytes, { first, count }: Segments, digests: Uint8Array, key: CryptoKey): Promise<Bytes> {
  const pieces = cut(sealed)
  if (pieces.length !== count) throw new RoomError('block-mismatch', `${pieces.length} of ${count} segments`)
  const open = async (piece: Bytes, at: number): Promise<Bytes> => {
    if (!(await isSegment(digests, first + at, piece))) throw new RoomError('block-mismatch', `segment ${first + at}`)
    const iv = segmentNonce(first + at)
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, piece))
  }
  try {
    return concatBytes(await Promise.all(pieces.map(open)))
  } catch (cause) {
    throw new RoomError('block-mismatch', 'a segment does not open', { cause })
  }
}

async function digestOf(segment: Bytes): Promise<Bytes> {
  return (await sha256(segment)).subarray(0, SEGMENT_DIGEST_BYTES)
}

function cut(sealed: Bytes): Bytes[] {
  return Array.from({ length: Math.ceil(sealed.byteLength / SEALED_SEGMENT_BYTES) }, (_, segment) =>
    sealed.subarray(segment * SEALED_SEGMENT_BYTES, (segment + 1) * SEALED_SEGMENT_BYTES),
  )
}
