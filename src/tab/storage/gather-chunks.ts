/** Chunks being read: the fragments at hand of each, and who waits for them. */
import type { ReadKey } from '../../core/storage/fetch-state.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'

export type Fragments = ReadonlyMap<number, Bytes>

export type Gather = { readonly rows: Map<number, Bytes>; readonly waiters: Set<Waiter> }

type Waiter = { readonly resolve: (rows: Fragments) => void; readonly reject: (reason: RoomError) => void }

export type Patience = { readonly signal?: AbortSignal | undefined; readonly waitMs: number }

export class GatherChunks {
  readonly #all = new Map<ReadKey, Gather>()
  readonly #clock: Clock
  readonly #left: (key: ReadKey) => void

  /** `left`: nobody waits for the chunk any more. */
  constructor(clock: Clock, left: (key: ReadKey) => void) {
    this.#clock = clock
    this.#left = left
  }

  get(key: ReadKey): Gather | undefined {
    return this.#all.get(key)
  }

  at(key: ReadKey): Gather {
    const gather = this.#all.get(key) ?? { rows: new Map(), waiters: new Set() }
    this.#all.set(key, gather)
    return gather
  }

  /** Throws `aborted`, and `block-missing` when k rows were not to be had in time. */
  wait(key: ReadKey, { signal, waitMs }: Patience): Promise<Fragments> {
    const { waiters } = this.at(key)
    return new Promise<Fragments>((resolve, reject) => {
      const over = () => {
        stopWaiting()
        signal?.removeEventListener('abort', abort)
        waiters.delete(waiter)
      }
      const giveUp = (reason: RoomError) => {
        over()
        reject(reason)
        if (waiters.size === 0 && this.#all.get(key)?.waiters === waiters) this.#left(key)
      }
      const abort = () => giveUp(new RoomError('aborted', 'nobody waits for it'))
      const stopWaiting = this.#clock.after(waitMs, () => giveUp(new RoomError('block-missing', key)))
      const waiter: Waiter = {
        resolve: (rows) => {
          over()
          resolve(rows)
        },
        reject: (reason) => {
          over()
          reject(reason)
        },
      }
      waiters.add(waiter)
      signal?.addEventListener('abort', abort)
    })
  }

  done(key: ReadKey): void {
    const gather = this.#all.get(key)
    this.#all.delete(key)
    for (const { resolve } of [...(gather?.waiters ?? [])]) resolve(gather?.rows ?? new Map())
  }

  /** What was gathered is not needed; who still waits waits for a new start. */
  drop(key: ReadKey): void {
    this.#all.delete(key)
  }

  close(): void {
    for (const { waiters } of this.#all.values()) for (const { reject } of [...waiters]) reject(new RoomError('aborted', 'closed'))
    this.#all.clear()
  }
}
