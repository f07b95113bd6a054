/** Ids of blocks we make, and whether bytes are those an id names. A MiB costs about a millisecond. */
import { digestOf, toRawId } from '../core/storage/block-id.ts'
import { type Bytes, equalBytes } from '../protocol/bytes.ts'
import type { BlockId } from '../protocol/ids.ts'

export async function fragmentId(bytes: Bytes): Promise<BlockId> {
  return toRawId(await sha256(bytes))
}

export async function matchesId(id: BlockId, bytes: Bytes): Promise<boolean> {
  const digest = digestOf(id)
  return digest !== undefined && equalBytes(await sha256(bytes), digest)
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}
