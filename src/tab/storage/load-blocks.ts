/** Who waits for which manifest block. */
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'

type Waiter = { readonly resolve: (bytes: Bytes) => void; readonly reject: (reason: RoomError) => void }

export class LoadBlocks {
  readonly #waiters = new Map<BlockId, Set<Waiter>>()
  readonly #left: (id: BlockId) => void

  /** `left`: nobody waits for the block any more. */
  constructor(left: (id: BlockId) => void) {
    this.#left = left
  }

  wait(id: BlockId, signal: AbortSignal | undefined): Promise<Bytes> {
    const waiters = this.#waiters.get(id) ?? new Set()
    this.#waiters.set(id, waiters)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve: (bytes) => {
          signal?.removeEventListener('abort', abort)
          resolve(bytes)
        },
        reject: (reason) => {
          signal?.removeEventListener('abort', abort)
          reject(reason)
        },
      }
      const abort = () => {
        waiters.delete(waiter)
        waiter.reject(new RoomError('aborted', 'nobody waits for it'))
        if (waiters.size > 0 || this.#waiters.get(id) !== waiters) return
        this.#waiters.delete(id)
        this.#left(id)
      }
      waiters.add(waiter)
      signal?.addEventListener('abort', abort)
    })
  }

  done(id: BlockId, bytes: Bytes): void {
    for (const { resolve } of this.#end(id)) resolve(bytes)
  }

  fail(id: BlockId): void {
    for (const { reject } of this.#end(id)) reject(new RoomError('block-missing', id))
  }

  close(): void {
    for (const id of [...this.#waiters.keys()]) for (const { reject } of this.#end(id)) reject(new RoomError('aborted', 'closed'))
  }

  #end(id: BlockId): readonly Waiter[] {
    const waiters = this.#waiters.get(id)
    this.#waiters.delete(id)
    return [...(waiters ?? [])]
  }
}
