/** The hashes of a pairing: from a code to the seed of its exchange, and from the secret of an exchange to the proofs of both sides. */

import { SEED_BYTES } from '../../core/companion/exchange.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { encodeFrame } from '../../protocol/frame.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { PAIR_PROOF_BYTES } from '../../protocol/limits.ts'

export type Sides = { readonly shows: DeviceId; readonly types: DeviceId }

export function seedOf(code: string, { shows, types }: Sides): Promise<Bytes> {
  return derive(new TextEncoder().encode(code), ['asterism pair 1', shows, types], SEED_BYTES)
}

export type Proofs = { readonly byShowing: Bytes; readonly byTyping: Bytes }

export async function proofsOf(secret: Bytes, shares: { readonly shown: Bytes; readonly typed: Bytes }, sides: Sides): Promise<Proofs> {
  const { shown, typed } = shares
  const both = await derive(secret, ['asterism pair proof 1', sides.shows, sides.types, shown, typed], 2 * PAIR_PROOF_BYTES)
  return { byShowing: both.slice(0, PAIR_PROOF_BYTES), byTyping: both.slice(PAIR_PROOF_BYTES) }
}

/** HKDF (RFC 5869) with SHA-256. */
async function derive(secret: Bytes, context: readonly unknown[], bytes: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const way = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: encodeFrame(context) }
  return new Uint8Array(await crypto.subtle.deriveBits(way, key, bytes * 8))
}
