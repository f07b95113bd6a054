/**
 * Buffers for blocks that arrive, used again: fresh memory for every MiB costs as much time as hashing it. Nothing that
 * is given back may still be read by anybody.
 */
import type { Bytes } from '../../protocol/bytes.ts'
import { CHUNK_BYTES, STORE_QUEUE_BYTES } from '../../protocol/limits.ts'

const MOST = STORE_QUEUE_BYTES / CHUNK_BYTES

export class BlockBuffers {
  #free: Bytes[] = []

  /** Its old bytes are still in it: the taker writes every one. */
  take(bytes: number): Bytes {
    return (bytes === CHUNK_BYTES ? this.#free.pop() : undefined) ?? new Uint8Array(bytes)
  }

  give(buffer: Bytes): void {
    if (buffer.byteLength === CHUNK_BYTES && this.#free.length < MOST) this.#free.push(buffer)
  }

  clear(): void {
    this.#free = []
  }
}
