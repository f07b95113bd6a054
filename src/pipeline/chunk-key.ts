/**
 * The key of one chunk (HKDF, RFC 5869). It follows from the room's chunk key and the hash of the chunk: who adds the
 * same bytes to the same room makes the same ciphertext, and nobody outside can tell whether a guess is stored. A key
 * seals one plaintext only, so its nonces may count from zero.
 */
import { type Bytes, concatBytes } from '../protocol/bytes.ts'
import type { RoomFileKeys } from './file-keys.ts'

const INFO = new TextEncoder().encode('asterism chunk 1')
const KEY = { name: 'AES-GCM', length: 256 } as const

/** The key that a sensitive object was given, and which of its chunks is meant. */
export type Sensitive = { readonly key: Bytes; readonly index: number }

/** `hash`: SHA-256 of the chunk's plaintext. */
export async function chunkKey(keys: RoomFileKeys, hash: Uint8Array, sensitive?: Sensitive): Promise<CryptoKey> {
  const { subtle } = crypto
  const root = sensitive === undefined ? keys.chunk : await subtle.importKey('raw', sensitive.key, 'HKDF', false, ['deriveKey'])
  const info = sensitive === undefined ? INFO : concatBytes([INFO, bigEndian(sensitive.index)])
  const salt = hash as Bytes
  return subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info }, root, KEY, false, ['encrypt', 'decrypt'])
}

function bigEndian(index: number): Bytes {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, index)
  return bytes
}
