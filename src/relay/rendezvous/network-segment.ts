/**
 * Which network a tab comes from, said without saying its address: a keyed hash of the address's prefix. Equal values
 * mean the same network; without the relay's key they mean nothing more, and trying all prefixes needs that key.
 */
import { createHmac } from 'node:crypto'
import { networkPrefix } from '../../core/balance/network-profile.ts'

const SEGMENT_BYTES = 8

export function segmentOf(key: Uint8Array, address: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHmac('sha256', key).update(networkPrefix(address)).digest().subarray(0, SEGMENT_BYTES))
}
