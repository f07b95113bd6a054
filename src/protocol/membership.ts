/**
 * The membership log: entries signed by devices and linked by hash, merged without a coordinator. The relay has no
 * voice in it. An entry's id is the SHA-256 of its signed bytes.
 */
import * as v from 'valibot'
import type { Bytes } from './bytes.ts'
import { bytesOf, countOf, encodeFrame, idOf } from './frame.ts'
import { parseDeviceId, parseRoomId } from './ids.ts'
import { ENTRY_PREDECESSORS, MEMBERSHIP_ENTRIES } from './limits.ts'

export const ROLES = ['owner', 'moderator', 'member', 'guest'] as const
export type Role = (typeof ROLES)[number]

const signed = {
  room: idOf(parseRoomId),
  by: idOf(parseDeviceId),
  /** Ids of the entries this one was written after; at most the open heads its writer saw. */
  after: v.pipe(v.array(bytesOf(32)), v.maxLength(ENTRY_PREDECESSORS)),
  atMs: countOf(),
  /** Ed25519 by the device `by` over `entryClaim`. */
  signature: bytesOf(64),
}

export const membershipEntry = v.variant('t', [
  /** The founder's first entry. Valid only from the device whose key hash stands in the room secret. */
  v.object({ t: v.literal('genesis'), ...signed, roomSignature: bytesOf(64) }),
  /** A device joins itself: its own signature, and the room key's as proof that it holds the link. */
  v.object({ t: v.literal('join'), ...signed, roomSignature: bytesOf(64) }),
  /** An owner or moderator changes a role. */
  v.object({ t: v.literal('role'), ...signed, subject: idOf(parseDeviceId), role: v.picklist(ROLES) }),
])
export type MembershipEntry = v.InferOutput<typeof membershipEntry>

/** Some entries of a log, as they are saved and passed on. */
export const membershipEntries = v.object({
  t: v.literal('entries'),
  entries: v.pipe(v.array(membershipEntry), v.maxLength(MEMBERSHIP_ENTRIES)),
})

type Unsigned<E> = E extends MembershipEntry ? Omit<E, 'signature' | 'roomSignature'> : never
export type UnsignedEntry = Unsigned<MembershipEntry>

/** What is signed, by the device and (genesis, join) by the room key. */
export function entryClaim(entry: UnsignedEntry | MembershipEntry): Bytes {
  const subject = entry.t === 'role' ? [entry.subject, entry.role] : []
  return encodeFrame(['asterism membership 1', entry.t, entry.room, entry.by, entry.after, entry.atMs, ...subject])
}
