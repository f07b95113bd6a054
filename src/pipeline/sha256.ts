/** SHA-256 by the browser or Node.js (FIPS 180-4). */
import type { Bytes } from '../protocol/bytes.ts'

/** A MiB costs about a millisecond, off the calling thread. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}
