/** Typed names. Text becomes an id once, at the door, through the parse function of its kind. */
import { type Bytes, fromBase64Url, toBase64Url } from './bytes.ts'

/** First 16 bytes of the SHA-256 of the room's public signing key, base64url. */
export type RoomId = string & { readonly brand: 'RoomId' }

/** A device's Ed25519 public key, base64url: the id is the key, so nobody can claim another's. */
export type DeviceId = string & { readonly brand: 'DeviceId' }

/** A tab's libp2p peer id in its base58 form. */
export type TabId = string & { readonly brand: 'TabId' }

/** Made by whoever adds the file, so that adding it twice is adding it once. */
export type FileId = string & { readonly brand: 'FileId' }

/** A CIDv1 as text, base32. What it names is checked by hash, never trusted. */
export type BlockId = string & { readonly brand: 'BlockId' }

/** SHA-256 of a membership entry's signed bytes, base64url. */
export type EntryId = string & { readonly brand: 'EntryId' }

const ROOM_ID_BYTES = 16
const DEVICE_ID_BYTES = 32
const FILE_ID_BYTES = 16

export function parseRoomId(text: string): RoomId | undefined {
  return fromBase64Url(text)?.byteLength === ROOM_ID_BYTES ? (text as RoomId) : undefined
}

export function parseDeviceId(text: string): DeviceId | undefined {
  return fromBase64Url(text)?.byteLength === DEVICE_ID_BYTES ? (text as DeviceId) : undefined
}

export function parseFileId(text: string): FileId | undefined {
  return fromBase64Url(text)?.byteLength === FILE_ID_BYTES ? (text as FileId) : undefined
}

/** libp2p checks the multihash when it dials; here only the shape and length, against injection and floods. */
export function parseTabId(text: string): TabId | undefined {
  return /^[1-9A-HJ-NP-Za-km-z]{46,60}$/.test(text) ? (text as TabId) : undefined
}

/** CIDv1 in base32: `b` and at most 110 letters, enough for SHA-256 and SHA-512. */
export function parseBlockId(text: string): BlockId | undefined {
  return /^b[a-z2-7]{50,110}$/.test(text) ? (text as BlockId) : undefined
}

export function toRoomId(hash: Uint8Array): RoomId {
  return toBase64Url(hash.subarray(0, ROOM_ID_BYTES)) as RoomId
}

export function toDeviceId(publicKey: Uint8Array): DeviceId {
  return toBase64Url(publicKey) as DeviceId
}

export function deviceKeyBytes(id: DeviceId): Bytes {
  return fromBase64Url(id) as Bytes
}

export function toFileId(random: Uint8Array): FileId {
  return toBase64Url(random.subarray(0, FILE_ID_BYTES)) as FileId
}

export function toEntryId(hash: Uint8Array): EntryId {
  return toBase64Url(hash) as EntryId
}
