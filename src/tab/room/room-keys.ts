/**
 * Everything a room secret unlocks, derived once. Each key has one use and its own HKDF label (RFC 5869, SHA-256, no
 * salt: half of the secret is uniformly random), so a leaked one says nothing of the others.
 */
import { deriveFileKeys, type RoomFileKeys } from '../../pipeline/file-keys.ts'
import { sha256 } from '../../pipeline/sha256.ts'
import { type Bytes, equalBytes } from '../../protocol/bytes.ts'
import { type DeviceId, deviceKeyBytes, type RoomId, toRoomId } from '../../protocol/ids.ts'
import { SECRET_BYTES, SECRET_RANDOM_BYTES } from '../../protocol/room-link.ts'
import { CHECK_WORDS } from './check-words.ts'
import { signingKeyOf, verify } from './ed25519.ts'

export type RoomKeys = {
  readonly roomId: RoomId
  /** Ed25519 public key whose hash is the room id. */
  readonly publicKey: Bytes
  sign(claim: Bytes): Promise<Bytes>
  verify(claim: Bytes, signature: Bytes): Promise<boolean>
  /** HMAC-SHA-256 under the join key. */
  prove(claim: Bytes): Promise<Bytes>
  checkProof(claim: Bytes, mac: Bytes): Promise<boolean>
  readonly rendezvous: CryptoKey
  /** AES-256-GCM key of epoch 0, for room state. */
  readonly content: CryptoKey
  /** For what files become: their manifests and fragments. */
  readonly files: RoomFileKeys
  isFounder(device: DeviceId): Promise<boolean>
  readonly words: readonly string[]
  /** 0 to 359. */
  readonly hue: number
}

const WORDS = 4

export async function deriveRoomKeys(secret: Bytes): Promise<RoomKeys> {
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const derive = async (label: string, lengthBytes = 32): Promise<Bytes> => {
    const info = new TextEncoder().encode(`asterism 1 ${label}`)
    const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }, root, lengthBytes * 8)
    return new Uint8Array(bits)
  }
  const aesKey = async (label: string) => crypto.subtle.importKey('raw', await derive(label), 'AES-GCM', false, ['encrypt', 'decrypt'])

  const { publicKey, sign } = await signingKeyOf(await derive('room signature'))
  const joinKey = await crypto.subtle.importKey('raw', await derive('join'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
  const [high = 0, low = 0] = await derive('hue', 2)
  const mark = secret.slice(SECRET_RANDOM_BYTES)

  return {
    roomId: toRoomId(await sha256(publicKey)),
    publicKey,
    sign,
    verify: (claim, signature) => verify(publicKey, claim, signature),
    prove: async (claim) => new Uint8Array(await crypto.subtle.sign('HMAC', joinKey, claim)),
    checkProof: (claim, mac) => crypto.subtle.verify('HMAC', joinKey, mac, claim),
    rendezvous: await aesKey('rendezvous'),
    content: await aesKey('content epoch 0'),
    files: await deriveFileKeys(derive),
    isFounder: async (device) => equalBytes(await founderMark(device), mark),
    words: [...(await derive('check words', WORDS))].map((byte) => CHECK_WORDS[byte] as string),
    hue: (high * 256 + low) % 360,
  }
}

/** A fresh secret whose second half names the founder. */
export async function makeRoomSecret(founder: DeviceId): Promise<Bytes> {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
  secret.set(await founderMark(founder), SECRET_RANDOM_BYTES)
  return secret
}

async function founderMark(founder: DeviceId): Promise<Bytes> {
  return (await sha256(deviceKeyBytes(founder))).slice(0, SECRET_BYTES - SECRET_RANDOM_BYTES)
}
