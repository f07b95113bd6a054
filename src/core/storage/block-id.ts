/**
 * Block ids as bytes. A block id is a CIDv1 in base32; ours name raw leaves and dag-pb nodes by SHA-256, so the id holds
 * all it takes to check a block: version 1, codec, hash function 0x12, length 32, digest.
 */
import type { Bytes } from '../../protocol/bytes.ts'
import type { BlockId } from '../../protocol/ids.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const RAW = 0x55
const DAG_PB = 0x70
const CID_BYTES = 36

export function toBlockId(cid: Uint8Array): BlockId {
  let text = 'b'
  let buffer = 0
  let bits = 0
  for (const byte of cid) {
    buffer = ((buffer << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += LETTERS[(buffer >> bits) & 31]
    }
  }
  if (bits > 0) text += LETTERS[(buffer << (5 - bits)) & 31]
  return text as BlockId
}

/** Of a raw block, by the SHA-256 of its bytes. */
export function toRawId(digest: Uint8Array): BlockId {
  return toBlockId(cidOf(RAW, digest))
}

/** Of a dag-pb node. */
export function toNodeId(digest: Uint8Array): BlockId {
  return toBlockId(cidOf(DAG_PB, digest))
}

function cidOf(codec: number, digest: Uint8Array): Bytes {
  const cid = new Uint8Array(CID_BYTES)
  cid.set([1, codec, 0x12, 32])
  cid.set(digest, 4)
  return cid
}

/** The SHA-256 a block must have; undefined for ids of kinds we do not keep. */
export function digestOf(id: BlockId): Bytes | undefined {
  const cid = cidBytes(id)
  if (cid === undefined || cid.byteLength !== CID_BYTES) return undefined
  const isOurs = cid[0] === 1 && (cid[1] === RAW || cid[1] === DAG_PB) && cid[2] === 0x12 && cid[3] === 32
  return isOurs ? cid.slice(4) : undefined
}

/** The CID in its binary form. */
export function cidBytes(id: BlockId): Bytes | undefined {
  const bytes = new Uint8Array(Math.floor(((id.length - 1) * 5) / 8))
  let buffer = 0
  let bits = 0
  let length = 0
  for (let at = 1; at < id.length; at++) {
    const value = LETTERS.indexOf(id[at] as string)
    if (value < 0) return undefined
    buffer = ((buffer << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[length++] = (buffer >> bits) & 255
  }
  return bytes
}
