/** The nonce of a segment is its number, big-endian: a chunk's key seals no other bytes. */
import type { Bytes } from '../protocol/bytes.ts'

const NONCE_BYTES = 12

export function segmentNonce(segment: number): Bytes {
  const nonce = new Uint8Array(NONCE_BYTES)
  new DataView(nonce.buffer).setUint32(NONCE_BYTES - 4, segment)
  return nonce
}
