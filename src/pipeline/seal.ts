/** AES-256-GCM with its nonce in front: 12 bytes nonce, ciphertext, 16 bytes tag (NIST SP 800-38D). */
import { type Bytes, concatBytes } from '../protocol/bytes.ts'

export const NONCE_BYTES = 12
const SEAL_BYTES = NONCE_BYTES + 16

/** `iv`: random unless the caller can promise that one nonce never seals two plaintexts. */
export async function seal(
  key: CryptoKey,
  plain: Bytes,
  context: Bytes,
  iv: Bytes = crypto.getRandomValues(new Uint8Array(NONCE_BYTES)),
): Promise<Bytes> {
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: context }, key, plain)
  return concatBytes([iv, new Uint8Array(sealed)])
}

/** undefined when the key or context is wrong or a bit was changed. */
export async function unseal(key: CryptoKey, sealed: Bytes, context: Bytes): Promise<Bytes | undefined> {
  if (sealed.byteLength < SEAL_BYTES) return undefined
  const iv = sealed.subarray(0, NONCE_BYTES)
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: context }, key, sealed.subarray(NONCE_BYTES))
    return new Uint8Array(plain)
  } catch {
    return undefined
  }
}
