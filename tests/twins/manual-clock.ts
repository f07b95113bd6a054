/** A clock that stands until it is moved; what falls due on the way is called in its order. */
import type { Clock } from '../../src/ports/clock.ts'

export class ManualClock implements Clock {
  #nowMs = 0
  #waiting: { readonly atMs: number; readonly callback: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, callback: () => void): () => void {
    const one = { atMs: this.#nowMs + delayMs, callback }
    this.#waiting.push(one)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== one)
    }
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const [next] = this.#waiting.toSorted((a, b) => a.atMs - b.atMs)
      if (next === undefined || next.atMs > untilMs) break
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      this.#waiting = this.#waiting.filter((other) => other !== next)
      next.callback()
    }
    this.#nowMs = untilMs
  }
}
