/**
 * A room's keys for files, of epoch 0. Each has one use and a label of its own, and none can be exported, so a tab may
 * hand them to its worker and to the service worker.
 */
import type { Bytes } from '../protocol/bytes.ts'
import type { FileKeys } from '../protocol/storage-worker.ts'

export type RoomFileKeys = FileKeys<CryptoKey>

/** `derive`: 32 bytes that follow from the room's secret and the label. */
export async function deriveFileKeys(derive: (label: string) => Promise<Bytes>): Promise<RoomFileKeys> {
  const [manifest, nonce, chunk] = await Promise.all([
    derive('file manifest epoch 0'),
    derive('file nonce epoch 0'),
    derive('file chunk epoch 0'),
  ])
  const { subtle } = crypto
  return {
    manifest: await subtle.importKey('raw', manifest, 'AES-GCM', false, ['encrypt', 'decrypt']),
    nonce: await subtle.importKey('raw', nonce, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
    chunk: await subtle.importKey('raw', chunk, 'HKDF', false, ['deriveKey']),
  }
}
