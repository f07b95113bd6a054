/**
 * Which network a tab comes from, said without saying its address: a keyed hash of the address's prefix. Equal values
 * mean the same network; without the relay's key they mean nothing more, and trying all prefixes needs that key.
 */
import { createHmac } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'

const SEGMENT_BYTES = 8

export function segmentOf(key: Uint8Array, address: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHmac('sha256', key).update(networkPrefix(address)).digest().subarray(0, SEGMENT_BYTES))
}

/** /24 of IPv4 and /48 of IPv6: what one household or office usually has. */
export function networkPrefix(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  if (isIPv4(mapped)) return mapped.split('.').slice(0, 3).join('.')
  if (!isIPv6(mapped)) return 'unknown'
  return groupsOf(mapped).slice(0, 3).join(':')
}

/** The leading groups of an IPv6 address; the first three are exact also when `::` stands among them. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  return [...before, ...zeros, ...after].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
}
