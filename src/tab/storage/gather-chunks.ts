/** Chunks being read: the fragments at hand of each, and who waits for them. */
import type { ReadKey } from '../../core/storage/fetch-state.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import { Waiters } from './waiters.ts'

export type Fragments = ReadonlyMap<number, Bytes>

export type Gather = { readonly rows: Map<number, Bytes>; readonly waiters: Waiters<Fragments> }

export class GatherChunks {
  readonly #all = new Map<ReadKey, Gather>()
  readonly #clock: Clock
  readonly #left: (key: ReadKey) => void
  readonly #isComing: (key: ReadKey) => boolean

  /** `left`: nobody waits for the chunk any more. `isComing`: it would be wrong to give it up. */
  constructor(clock: Clock, left: (key: ReadKey) => void, isComing: (key: ReadKey) => boolean) {
    this.#clock = clock
    this.#left = left
    this.#isComing = isComing
  }

  get(key: ReadKey): Gather | undefined {
    return this.#all.get(key)
  }

  at(key: ReadKey): Gather {
    const begun = this.#all.get(key)
    if (begun !== undefined) return begun
    const gather: Gather = {
      rows: new Map(),
      waiters: new Waiters<Fragments>(() => {
        if (this.#all.get(key) === gather) this.#left(key)
      }),
    }
    this.#all.set(key, gather)
    return gather
  }

  /** Throws `aborted`, and `block-missing` when k rows were not to be had in time. */
  wait(key: ReadKey, { signal, waitMs }: { readonly signal?: AbortSignal | undefined; readonly waitMs: number }): Promise<Fragments> {
    return this.at(key).waiters.wait({ signal, until: { clock: this.#clock, waitMs, isComing: () => this.#isComing(key) } })
  }

  done(key: ReadKey): void {
    const gather = this.#all.get(key)
    this.#all.delete(key)
    gather?.waiters.resolve(gather.rows)
  }

  /** What was gathered is not needed; who still waits waits for a new start. */
  drop(key: ReadKey): void {
    this.#all.delete(key)
  }

  close(): void {
    for (const { waiters } of [...this.#all.values()]) waiters.reject(new RoomError('aborted', 'closed'))
    this.#all.clear()
  }
}
