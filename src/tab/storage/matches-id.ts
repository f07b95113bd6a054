/** Whether bytes are those a block id names. A 1 MiB block costs about 1 ms. */
import { digestOf } from '../../core/storage/block-id.ts'
import { type Bytes, equalBytes } from '../../protocol/bytes.ts'
import type { BlockId } from '../../protocol/ids.ts'

export async function matchesId(id: BlockId, bytes: Bytes): Promise<boolean> {
  const digest = digestOf(id)
  return digest !== undefined && equalBytes(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), digest)
}
