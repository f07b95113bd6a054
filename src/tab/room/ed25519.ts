/** Ed25519 by WebCrypto (RFC 8032; key formats RFC 8410). */

import type { VerifySignature } from '../../ports/keys.ts'
import { type Bytes, fromBase64Url } from '../../protocol/bytes.ts'
import { type DeviceId, deviceKeyBytes } from '../../protocol/ids.ts'

export type SigningKey = { readonly publicKey: Bytes; sign(claim: Bytes): Promise<Bytes> }

/** PKCS #8 before the 32 bytes of an Ed25519 seed. */
const PKCS8_PREFIX = new Uint8Array([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32])

/** The key pair of a seed. It is extractable for a moment only, since WebCrypto tells a public key no other way. */
export async function signingKeyOf(seed: Bytes): Promise<SigningKey> {
  const pkcs8 = new Uint8Array([...PKCS8_PREFIX, ...seed])
  const extractable = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign'])
  const { x } = await crypto.subtle.exportKey('jwk', extractable)
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign'])
  return { publicKey: fromBase64Url(x ?? '') as Bytes, sign: (claim) => sign(key, claim) }
}

export async function sign(key: CryptoKey, claim: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key, claim))
}

/** False for a bad signature and for a key that is none. */
export async function verify(publicKey: Bytes, claim: Bytes, signature: Bytes): Promise<boolean> {
  return verifyWith(() => importPublicKey(publicKey), claim, signature)
}

/** Keys of devices are taken in once: thousands of records are signed by a few. */
export const verifySignature: VerifySignature = (device, claim, signature) => {
  const known = deviceKeys.get(device)
  if (known === undefined && deviceKeys.size >= DEVICE_KEYS) deviceKeys.clear()
  const key = known ?? importPublicKey(deviceKeyBytes(device))
  deviceKeys.set(device, key)
  return verifyWith(() => key, claim, signature)
}

const DEVICE_KEYS = 1_000
const deviceKeys = new Map<DeviceId, Promise<CryptoKey>>()

function importPublicKey(bytes: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify'])
}

async function verifyWith(key: () => Promise<CryptoKey>, claim: Bytes, signature: Bytes): Promise<boolean> {
  try {
    return await crypto.subtle.verify('Ed25519', await key(), signature, claim)
  } catch {
    return false
  }
}
