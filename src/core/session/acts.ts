/**
 * The log of a meeting's acts: a set in which the newest act of each writer about each thing stands. Signatures were checked
 * at the door. What a writer may fill is bounded, so that nobody fills the devices of all; acts without
 * effect stay within that bound, because a role may still be on its way.
 */
import { readSaying, type Saying, type SignedAct } from '../../protocol/control.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { ACTS_LAPSE_MS, GOVERNING_ACTS_BYTES, OWN_ACTS_BYTES, REACTION_MS } from '../../protocol/limits.ts'
import { isGoverning, type Roles } from './say.ts'

export type KnownAct = {
  readonly signed: SignedAct
  /** Undefined: of a newer tab. */
  readonly says: Saying | undefined
  /** By this tab's clock; before all time when it was read from the disk. */
  readonly heardAtMs: number
}

/** By kind, subject and writer. */
export type Acts = ReadonlyMap<string, KnownAct>

export type Arrival = { readonly roles: Roles; readonly heardAtMs: number; readonly nowMs: number }

export type ActsAdded = {
  readonly next: Acts
  /** What the others want to hear. */
  readonly added: readonly SignedAct[]
}

/** Beside what it says: ids, times and the signature. */
const ENVELOPE_BYTES = 250

export function addActs(acts: Acts, arrived: readonly SignedAct[], { roles, heardAtMs, nowMs }: Arrival): ActsAdded {
  const next = new Map(acts)
  const added: SignedAct[] = []
  for (const signed of arrived) {
    const key = keyOf(signed)
    const before = next.get(key)
    if (hasLapsed(signed, nowMs) || (before !== undefined && !isNewer(signed, before.signed))) continue
    if (!roles.has(signed.by) || bytesWith(next, signed) > boundOf(signed.by, roles)) continue
    next.set(key, { signed, says: readSaying(signed), heardAtMs })
    added.push(signed)
  }
  return added.length === 0 ? { next: acts, added } : { next, added }
}

/** What a newcomer is told: all that still means something. */
export function actsToTell(acts: Acts, nowMs: number): readonly SignedAct[] {
  const isOver = ({ signed, says, heardAtMs }: KnownAct) =>
    hasLapsed(signed, nowMs) || (says?.t === 'reaction' && nowMs - heardAtMs > REACTION_MS)
  return [...acts.values()].filter((act) => !isOver(act)).map(({ signed }) => signed)
}

/** A clock far ahead is as wrong as an act of yesterday: neither counts for long. */
export function hasLapsed({ atMs }: SignedAct, nowMs: number): boolean {
  return Math.abs(nowMs - atMs) > ACTS_LAPSE_MS
}

/** Of one writer who signed two with one number all tabs keep the same. */
export function isNewer(one: SignedAct, other: SignedAct): boolean {
  if (one.sequence !== other.sequence) return one.sequence > other.sequence
  if (one.by !== other.by) return one.by > other.by
  return isGreater(one.signature, other.signature)
}

function isGreater(one: Uint8Array, other: Uint8Array): boolean {
  const at = one.findIndex((byte, at) => byte !== other[at])
  return at !== -1 && (one[at] as number) > (other[at] as number)
}

function keyOf({ kind, subject, by }: SignedAct): string {
  return `${kind} ${subject} ${by}`
}

/** What its writer fills when this is kept. */
function bytesWith(acts: Acts, signed: SignedAct): number {
  const key = keyOf(signed)
  let bytes = sizeOf(signed)
  for (const [other, act] of acts) if (act.signed.by === signed.by && other !== key) bytes += sizeOf(act.signed)
  return bytes
}

function sizeOf({ says }: SignedAct): number {
  return says.byteLength + ENVELOPE_BYTES
}

function boundOf(by: DeviceId, roles: Roles): number {
  return isGoverning(roles.get(by)) ? GOVERNING_ACTS_BYTES : OWN_ACTS_BYTES
}
