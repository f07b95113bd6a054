/**
 * `/asterism/hello/1`, tab and tab, on a Noise-authenticated connection: each proves to the other that it holds the
 * room secret and that its device vouches for this tab. Nothing about the room is said before both proofs stand.
 */
import * as v from 'valibot'
import type { Bytes } from './bytes.ts'
import { bytesOf, encodeFrame, idOf } from './frame.ts'
import { type DeviceId, parseDeviceId, parseRoomId, type RoomId, type TabId } from './ids.ts'
import { ENTRIES_PER_FRAME } from './limits.ts'
import { membershipEntry } from './membership.ts'
import { wireRange } from './wire-version.ts'

export const HELLO_PROTOCOL = '/asterism/hello/1'

export const HELLO_REFUSALS = ['wire-newer', 'wire-older', 'proof-refused', 'membership-invalid', 'room-full', 'left'] as const
export type HelloRefusal = (typeof HELLO_REFUSALS)[number]

export const helloMessage = v.variant('t', [
  v.object({
    t: v.literal('hello'),
    room: idOf(parseRoomId),
    wire: wireRange,
    device: idOf(parseDeviceId),
    /** The device key over `tabClaim`. */
    certificate: bytesOf(64),
    nonce: bytesOf(16),
  }),
  /** HMAC-SHA-256 under the join key over `proofClaim`. */
  v.object({ t: v.literal('proof'), mac: bytesOf(32) }),
  /** Membership log, in as many frames as it takes; `last` closes it. */
  v.object({ t: v.literal('entries'), entries: v.pipe(v.array(membershipEntry), v.maxLength(ENTRIES_PER_FRAME)), last: v.boolean() }),
  v.object({ t: v.literal('refused'), reason: v.picklist(HELLO_REFUSALS) }),
])
export type HelloMessage = v.InferOutput<typeof helloMessage>

/** What a device signs to vouch for a tab. */
export function tabClaim(claim: { room: RoomId; tab: TabId; device: DeviceId }): Bytes {
  return encodeFrame(['asterism tab 1', claim.room, claim.tab, claim.device])
}

export type HelloSide = { readonly tab: TabId; readonly device: DeviceId; readonly nonce: Bytes }

/** Names the prover first: a proof reflected to its maker is for the wrong side and fails. */
export function proofClaim(room: RoomId, prover: HelloSide, verifier: HelloSide): Bytes {
  const side = ({ tab, device, nonce }: HelloSide) => [tab, device, nonce]
  return encodeFrame(['asterism proof 1', room, side(prover), side(verifier)])
}
