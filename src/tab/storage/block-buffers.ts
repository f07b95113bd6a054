/**
 * Buffers for blocks that arrive, used again: fresh memory for every MiB costs as much time as hashing it. Nothing that
 * is given back may still be read by anybody.
 */
import type { Bytes } from '../../protocol/bytes.ts'
import { DATA_PAYLOAD_BYTES, STORE_QUEUE_BYTES } from '../../protocol/limits.ts'

export class BlockBuffers {
  readonly #free = new Map<number, Bytes[]>()
  #freeBytes = 0

  /** Its old bytes are still in it: the taker writes every one. */
  take(bytes: number): Bytes {
    const buffer = this.#free.get(bytes)?.pop()
    if (buffer === undefined) return new Uint8Array(bytes)
    this.#freeBytes -= bytes
    return buffer
  }

  give(buffer: Bytes): void {
    const { byteLength } = buffer
    const isWhole = byteLength === buffer.buffer.byteLength
    // Small ones are not worth keeping: most of them are of odd sizes.
    if (!isWhole || byteLength < DATA_PAYLOAD_BYTES || this.#freeBytes + byteLength > STORE_QUEUE_BYTES) return
    const same = this.#free.get(byteLength)
    if (same === undefined) this.#free.set(byteLength, [buffer])
    else same.push(buffer)
    this.#freeBytes += byteLength
  }

  clear(): void {
    this.#free.clear()
    this.#freeBytes = 0
  }
}
