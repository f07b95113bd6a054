/** Something done again and again while it is started, and sooner when asked; those who ask together get one. */
import type { Clock } from '../../ports/clock.ts'

export class Repeated {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #work: () => void
  #cancel: (() => void) | undefined
  #dueAtMs = 0

  constructor(clock: Clock, everyMs: number, work: () => void) {
    this.#clock = clock
    this.#everyMs = everyMs
    this.#work = work
  }

  start(): void {
    if (this.#cancel === undefined) this.#wait(0)
  }

  /** Only while it is started. */
  soon(delayMs: number): void {
    if (this.#cancel !== undefined && this.#dueAtMs - this.#clock.monotonicMs() > delayMs) this.#wait(delayMs)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #wait(delayMs: number): void {
    this.#cancel?.()
    this.#dueAtMs = this.#clock.monotonicMs() + delayMs
    this.#cancel = this.#clock.after(delayMs, () => {
      this.#wait(this.#everyMs)
      this.#work()
    })
  }
}
