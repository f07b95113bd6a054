/** Ids of blocks we make, and whether bytes are those an id names. */
import { digestOf, toRawId } from '../core/storage/block-id.ts'
import { type Bytes, equalBytes } from '../protocol/bytes.ts'
import type { BlockId } from '../protocol/ids.ts'
import { sha256 } from './sha256.ts'

export async function fragmentId(bytes: Bytes): Promise<BlockId> {
  return toRawId(await sha256(bytes))
}

export async function matchesId(id: BlockId, bytes: Bytes): Promise<boolean> {
  const digest = digestOf(id)
  return digest !== undefined && equalBytes(await sha256(bytes), digest)
}
