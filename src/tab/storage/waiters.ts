/** Those who wait for one thing, each until it is here, cannot be had, took too long, or he leaves. */
import type { Clock } from '../../ports/clock.ts'
import { RoomError } from '../../protocol/errors.ts'

type Waiter<T> = { readonly resolve: (value: T) => void; readonly reject: (reason: RoomError) => void }

export type Patience = {
  readonly signal?: AbortSignal | undefined
  /** Throws `block-missing` after so long, unless it is coming: then after as long again. undefined: there is no such end. */
  readonly until?: { readonly clock: Clock; readonly waitMs: number; readonly isComing?: () => boolean } | undefined
}

export class Waiters<T> {
  readonly #all = new Set<Waiter<T>>()
  readonly #left: () => void

  /** `left`: the last of them left, or had enough. */
  constructor(left: () => void) {
    this.#left = left
  }

  /** Throws `aborted`, and what `reject` is told. */
  wait({ signal, until }: Patience): Promise<T> {
    return new Promise((resolve, reject) => {
      const over = () => {
        stopClock()
        signal?.removeEventListener('abort', leave)
        this.#all.delete(waiter)
      }
      const giveUp = (reason: RoomError) => {
        waiter.reject(reason)
        if (this.#all.size === 0) this.#left()
      }
      const leave = () => giveUp(new RoomError('aborted', 'nobody waits for it'))
      let stopClock = () => {}
      const look = () => {
        if (until === undefined) return
        stopClock = until.clock.after(until.waitMs, () => {
          if (until.isComing?.() === true) look()
          else giveUp(new RoomError('block-missing', 'nobody gave it in time'))
        })
      }
      const waiter: Waiter<T> = {
        resolve: (value) => {
          over()
          resolve(value)
        },
        reject: (reason) => {
          over()
          reject(reason)
        },
      }
      this.#all.add(waiter)
      look()
      signal?.addEventListener('abort', leave)
    })
  }

  resolve(value: T): void {
    for (const { resolve } of [...this.#all]) resolve(value)
  }

  reject(reason: RoomError): void {
    for (const { reject } of [...this.#all]) reject(reason)
  }
}
