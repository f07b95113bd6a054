/**
 * A room is a link: `https://host/#/r/<roomId>.<secret>`. The fragment never reaches a server. The secret is 16 random
 * bytes followed by the first 16 bytes of the SHA-256 of the founder's device key, so everyone who holds the link
 * knows who the owner is without asking anybody. An invitation may say before it whom to ask first in a call, `#~<homes>#/r/...`:
 * tabs that know nothing of homes read the rest as ever.
 */
import { type Bytes, fromBase64Url, toBase64Url } from './bytes.ts'
import { fnv1a } from './fnv1a.ts'
import { type DeviceId, parseRoomId, type RoomId } from './ids.ts'

export const SECRET_BYTES = 32
export const SECRET_RANDOM_BYTES = 16

/** A device in a link, in four bytes: of two that share them either is asked. */
export type HomeMark = number

/** The home and its fallbacks: more would make a link that people do not trust. */
export const LINK_HOMES = 4

export type RoomLink = { readonly roomId: RoomId; readonly secret: Bytes; readonly homes?: readonly HomeMark[] }

const FRAGMENT = /(?:#~([A-Za-z0-9_-]{6,22}))?#\/r\/([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

/** Takes a whole URL, a fragment, or the bare `<roomId>.<secret>`; surrounding white space is a slip of the mouse. Homes that cannot be read are none. */
export function parseRoomLink(text: string): RoomLink | undefined {
  const trimmed = text.trim()
  const match = FRAGMENT.exec(trimmed.includes('#') ? trimmed : `#/r/${trimmed}`)
  const roomId = parseRoomId(match?.[2] ?? '')
  const secret = fromBase64Url(match?.[3] ?? '')
  if (roomId === undefined || secret?.byteLength !== SECRET_BYTES) return undefined
  const homes = parseHomes(match?.[1] ?? '')
  return homes.length === 0 ? { roomId, secret } : { roomId, secret, homes }
}

/** `base` is the address of the app without its fragment. */
export function formatRoomLink(base: string, { roomId, secret, homes = [] }: RoomLink): string {
  const bytes = new Uint8Array(4 * Math.min(LINK_HOMES, homes.length))
  const view = new DataView(bytes.buffer)
  for (const [at, mark] of homes.slice(0, LINK_HOMES).entries()) view.setUint32(4 * at, mark)
  const named = bytes.byteLength === 0 ? '' : `#~${toBase64Url(bytes)}`
  return `${base}${named}#/r/${roomId}.${toBase64Url(secret)}`
}

/** The same link, naming others; what is no link stays as it is. */
export function withHomes(text: string, homes: readonly HomeMark[]): string {
  const link = parseRoomLink(text)
  return link === undefined ? text : formatRoomLink(text.slice(0, Math.max(0, text.indexOf('#'))), { ...link, homes })
}

export function homeMark(device: DeviceId): HomeMark {
  return fnv1a(device)
}

function parseHomes(text: string): readonly HomeMark[] {
  const bytes = fromBase64Url(text)
  if (bytes === undefined || bytes.byteLength % 4 !== 0) return []
  const view = new DataView(bytes.buffer)
  return Array.from({ length: bytes.byteLength / 4 }, (_, at) => view.getUint32(4 * at))
}
