/**
 * `/asterism/rendezvous/1`, tab and relay: how tabs of a room find each other. The relay greets with a nonce; the tab
 * answers with a record signed by the room key over that nonce, so only holders of the link can register or list, and
 * a recorded answer is worth nothing. The record lives exactly as long as the stream: closing is leaving.
 */
import * as v from 'valibot'
import type { Bytes } from './bytes.ts'
import { bytesOf, countOf, encodeFrame, idOf } from './frame.ts'
import { parseRoomId, parseTabId, type RoomId, type TabId } from './ids.ts'
import { RENDEZVOUS_RECORD_BYTES, RENDEZVOUS_RECORDS } from './limits.ts'
import { wireRange } from './wire-version.ts'

export const RENDEZVOUS_PROTOCOL = '/asterism/rendezvous/1'

/** What a tab says of itself, sealed under the room's rendezvous key with the tab id as associated data. */
const record = v.object({ tab: idOf(parseTabId), sealed: bytesOf(1, RENDEZVOUS_RECORD_BYTES) })
export type RendezvousRecord = v.InferOutput<typeof record>

export const rendezvousRequest = v.variant('t', [
  v.object({
    t: v.literal('join'),
    room: idOf(parseRoomId),
    /** Ed25519 public key whose hash is the room id. */
    key: bytesOf(32),
    sealed: bytesOf(1, RENDEZVOUS_RECORD_BYTES),
    signature: bytesOf(64),
  }),
])
export type RendezvousRequest = v.InferOutput<typeof rendezvousRequest>

export const RENDEZVOUS_REFUSALS = ['bad-signature', 'wrong-room-key', 'room-full', 'too-many-rooms', 'malformed'] as const

export const rendezvousReply = v.variant('t', [
  /** `segment`: keyed prefix of the network the tab comes from; equal values mean the same network, nothing more. */
  v.object({ t: v.literal('greet'), nonce: bytesOf(16), wire: wireRange, segment: bytesOf(8) }),
  /** Those already there: a long list comes in several frames, and being alone is one empty list. */
  v.object({ t: v.literal('peers'), records: v.pipe(v.array(record), v.maxLength(RENDEZVOUS_RECORDS)) }),
  v.object({ t: v.literal('joined'), record }),
  v.object({ t: v.literal('left'), tab: idOf(parseTabId) }),
  v.object({ t: v.literal('refused'), reason: v.picklist(RENDEZVOUS_REFUSALS) }),
])
export type RendezvousReply = v.InferOutput<typeof rendezvousReply>

/** What the room key signs. */
export function rendezvousClaim(claim: { nonce: Bytes; room: RoomId; tab: TabId; sealed: Bytes }): Bytes {
  return encodeFrame(['asterism rendezvous 1', claim.nonce, claim.room, claim.tab, claim.sealed])
}

/** Inside the seal. */
export const tabCard = v.object({ tab: idOf(parseTabId), wire: wireRange, atMs: countOf() })
export type TabCard = v.InferOutput<typeof tabCard>
