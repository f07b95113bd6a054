/**
 * Doors: how a program that is no tab meets one, by WHIP (RFC 9725) or WHEP. The program speaks HTTP with the relay, which
 * hands each exchange to the tab over a WebSocket and its answer back; media goes between program and tab alone. Whoever has
 * the token of a door may use it. The relay is told a hash of it, and sees the token itself when a program comes.
 */
import * as v from 'valibot'
import { type Bytes, fromBase64Url } from './bytes.ts'
import { bytesOf, countOf, encodeFrame } from './frame.ts'
import { DOOR_SDP_CHARS } from './relay-limits.ts'

/** Where tabs open their socket, and above the addresses of all doors. */
export const DOORS_PATH = '/doors'

/** Of a door's token and of the name of a session at it. */
export const DOOR_SECRET_BYTES = 16

export const SDP_TYPE = 'application/sdp'
/** RFC 8840: candidates that come later. */
export const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag'

const door = bytesOf(32)
const exchange = countOf()
const session = v.pipe(
  v.string(),
  v.check((text) => isDoorSecret(text), 'session'),
)
const sdp = v.pipe(v.string(), v.maxLength(DOOR_SDP_CHARS))

/** Said by a tab. `door` is the hash of `doorClaim`. */
export const doorWord = v.variant('t', [
  v.object({ t: v.literal('open'), door }),
  v.object({ t: v.literal('close'), door }),
  /** A new session, to be answered with 201. */
  v.object({ t: v.literal('begun'), exchange, session, sdp }),
  v.object({ t: v.literal('done'), exchange }),
  v.object({
    t: v.literal('declined'),
    exchange,
    reason: v.picklist(['busy', 'unknown-session', 'unreadable', 'nothing-in-common', 'no-restarts']),
  }),
])
export type DoorWord = v.InferOutput<typeof doorWord>
export type DeclineReason = Extract<DoorWord, { t: 'declined' }>['reason']

/** Said by a relay. */
export const doorReply = v.variant('t', [
  v.object({ t: v.literal('opened'), door }),
  v.object({ t: v.literal('refused'), door, reason: v.picklist(['taken', 'too-many']) }),
  v.object({ t: v.literal('offered'), exchange, door, sdp }),
  v.object({ t: v.literal('trickled'), exchange, door, session, sdp }),
  v.object({ t: v.literal('ended'), exchange, door, session }),
])
export type DoorReply = v.InferOutput<typeof doorReply>
export type DoorRefusal = Extract<DoorReply, { t: 'refused' }>['reason']
/** What a program asked; each is answered once, by its number. */
export type DoorExchange = Extract<DoorReply, { exchange: number }>

export function isDoorSecret(text: string): boolean {
  return fromBase64Url(text)?.byteLength === DOOR_SECRET_BYTES
}

/** Its SHA-256 is the name of a door between tab and relay. */
export function doorClaim(token: string): Bytes {
  return encodeFrame(['asterism door 1', token])
}
