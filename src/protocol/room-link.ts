/**
 * A room is a link: `https://host/#/r/<roomId>.<secret>`. The fragment never reaches a server. The secret is 16 random
 * bytes followed by the first 16 bytes of the SHA-256 of the founder's device key, so everyone who holds the link
 * knows who the owner is without asking anybody.
 */
import { type Bytes, fromBase64Url, toBase64Url } from './bytes.ts'
import { parseRoomId, type RoomId } from './ids.ts'

export const SECRET_BYTES = 32
export const SECRET_RANDOM_BYTES = 16

export type RoomLink = { readonly roomId: RoomId; readonly secret: Bytes }

const FRAGMENT = /#\/r\/([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

/** Takes a whole URL, a fragment, or the bare `<roomId>.<secret>`; surrounding white space is a slip of the mouse. */
export function parseRoomLink(text: string): RoomLink | undefined {
  const trimmed = text.trim()
  const match = FRAGMENT.exec(trimmed.includes('#') ? trimmed : `#/r/${trimmed}`)
  const roomId = parseRoomId(match?.[1] ?? '')
  const secret = fromBase64Url(match?.[2] ?? '')
  if (roomId === undefined || secret?.byteLength !== SECRET_BYTES) return undefined
  return { roomId, secret }
}

/** `base` is the address of the app without its fragment. */
export function formatRoomLink(base: string, link: RoomLink): string {
  return `${base}#/r/${link.roomId}.${toBase64Url(link.secret)}`
}
