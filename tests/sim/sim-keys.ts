/**
 * Keys of simulated devices and rooms, by Node.js's own digests. Signatures and proofs are keyed digests that the world
 * can check: as unforgeable here as Ed25519 and HMAC are outside, and a hundred times as fast.
 */
import { hash } from 'node:crypto'
import { type Bytes, concatBytes, equalBytes, ownBytes } from '../../src/protocol/bytes.ts'
import { type DeviceId, type EntryId, type RoomId, type TabId, toDeviceId, toEntryId, toRoomId } from '../../src/protocol/ids.ts'
import { entryClaim, type MembershipEntry, type UnsignedEntry } from '../../src/protocol/membership.ts'
import type { Random } from './random.ts'

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

export function makeTabId(random: Random): TabId {
  return `12D3KooW${Array.from({ length: 44 }, () => BASE58[random.below(58)]).join('')}` as TabId
}

export class RoomKeys {
  readonly id: RoomId
  readonly #joinKey: Bytes
  readonly #signingKey: Bytes

  constructor(random: Random) {
    this.#joinKey = random.bytes(32)
    this.#signingKey = random.bytes(32)
    this.id = toRoomId(sha256(this.#signingKey))
  }

  prove(claim: Bytes): Bytes {
    return keyedDigest(this.#joinKey, claim, 'sha256')
  }

  sign(claim: Bytes): Bytes {
    return keyedDigest(this.#signingKey, claim)
  }
}

export class DeviceKeys {
  readonly #secrets = new Map<DeviceId, Bytes>()
  readonly #certificates = new Map<string, Bytes>()

  make(random: Random): DeviceId {
    const secret = random.bytes(32)
    const id = toDeviceId(sha256(secret))
    this.#secrets.set(id, secret)
    return id
  }

  sign(device: DeviceId, claim: Bytes): Bytes {
    return keyedDigest(this.#secrets.get(device) ?? new Uint8Array(), claim)
  }

  /** A device signs for a tab once, however many tabs it is shown to. */
  certify(device: DeviceId, tab: TabId, claim: () => Bytes): Bytes {
    const known = this.#certificates.get(`${device} ${tab}`) ?? this.sign(device, claim())
    this.#certificates.set(`${device} ${tab}`, known)
    return known
  }

  verify(device: DeviceId, claim: Bytes, signature: Bytes): boolean {
    return this.#secrets.has(device) && equalBytes(this.sign(device, claim), signature)
  }

  signEntry(room: RoomKeys, entry: UnsignedEntry): MembershipEntry {
    const claim = entryClaim(entry)
    const signature = this.sign(entry.by, claim)
    return entry.t === 'role' ? { ...entry, signature } : { ...entry, signature, roomSignature: room.sign(claim) }
  }

  verifyEntry(room: RoomKeys, entry: MembershipEntry): boolean {
    const claim = entryClaim(entry)
    if (!this.verify(entry.by, claim, entry.signature)) return false
    return entry.t === 'role' || equalBytes(room.sign(claim), entry.roomSignature)
  }
}

const entryIds = new WeakMap<MembershipEntry, EntryId>()

/** Objects travel between simulated tabs uncopied, so each is hashed once. */
export function entryIdOf(entry: MembershipEntry): EntryId {
  const known = entryIds.get(entry)
  if (known !== undefined) return known
  const id = toEntryId(sha256(entryClaim(entry)))
  entryIds.set(entry, id)
  return id
}

function sha256(bytes: Uint8Array): Bytes {
  return ownBytes(hash('sha256', bytes, 'buffer'))
}

function keyedDigest(key: Uint8Array, claim: Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha512'): Bytes {
  return ownBytes(hash(algorithm, concatBytes([key, claim]), 'buffer'))
}
