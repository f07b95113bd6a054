/** Who waits for which manifest block. */
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { Waiters } from './waiters.ts'

export class LoadBlocks {
  readonly #all = new Map<BlockId, Waiters<Bytes>>()
  readonly #left: (id: BlockId) => void

  /** `left`: nobody waits for the block any more. */
  constructor(left: (id: BlockId) => void) {
    this.#left = left
  }

  /** Throws `aborted`, and `block-missing` when nobody has it. */
  wait(id: BlockId, signal: AbortSignal | undefined): Promise<Bytes> {
    const waiters = this.#all.get(id) ?? this.#begin(id)
    return waiters.wait({ signal })
  }

  done(id: BlockId, bytes: Bytes): void {
    this.#end(id)?.resolve(bytes)
  }

  fail(id: BlockId): void {
    this.#end(id)?.reject(new RoomError('block-missing', id))
  }

  close(): void {
    for (const id of [...this.#all.keys()]) this.#end(id)?.reject(new RoomError('aborted', 'closed'))
  }

  #begin(id: BlockId): Waiters<Bytes> {
    const waiters = new Waiters<Bytes>(() => {
      if (this.#all.get(id) === waiters && this.#all.delete(id)) this.#left(id)
    })
    this.#all.set(id, waiters)
    return waiters
  }

  #end(id: BlockId): Waiters<Bytes> | undefined {
    const waiters = this.#all.get(id)
    this.#all.delete(id)
    return waiters
  }
}
