/**
 * Time, chance and the order of things in a simulated room. Events happen one after the other at their moment; equal
 * moments in the order they were planned. Nothing in a world reads a real clock.
 */
import { type Random, seededRandom } from './random.ts'
import { Trace } from './trace.ts'

type Planned = { readonly atMs: number; readonly order: number; readonly label: string; readonly happen: () => void; isCancelled: boolean }

export type Cancel = () => void

/** A run that found this many faults has said enough. */
const VIOLATIONS = 20

export class World {
  readonly random: Random
  readonly trace = new Trace()
  readonly violations: string[] = []
  nowMs = 0
  events = 0
  readonly #queue: Planned[] = []
  #order = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  after(delayMs: number, label: string, happen: () => void): Cancel {
    const planned: Planned = { atMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, label, happen, isCancelled: false }
    this.#push(planned)
    return () => {
      planned.isCancelled = true
    }
  }

  /** Lets time pass up to a moment. Ends early when faults pile up. */
  runUntil(untilMs: number): void {
    while (this.violations.length < VIOLATIONS) {
      const first = this.#queue[0]
      if (first === undefined || first.atMs > untilMs) break
      this.#pop()
      if (first.isCancelled) continue
      this.nowMs = first.atMs
      this.events++
      this.trace.addNumber(first.atMs)
      this.trace.add(first.label)
      first.happen()
    }
    this.nowMs = Math.max(this.nowMs, untilMs)
  }

  /** Runs until `isDone`, looked at every `everyMs`; false when it is not by then. */
  runUntilDone(isDone: () => boolean, withinMs: number, everyMs = 250): boolean {
    const untilMs = this.nowMs + withinMs
    while (this.nowMs < untilMs && this.violations.length < VIOLATIONS) {
      if (isDone()) return true
      this.runUntil(Math.min(untilMs, this.nowMs + everyMs))
    }
    return isDone()
  }

  /** An invariant. The sentence says what was found, not what was hoped for. */
  must(holds: boolean, sentence: () => string): void {
    if (holds || this.violations.length >= VIOLATIONS) return
    this.violations.push(`at ${Math.round(this.nowMs)} ms: ${sentence()}`)
  }

  #push(planned: Planned): void {
    const queue = this.#queue
    let at = queue.length
    queue.push(planned)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(planned, queue[parent] as Planned)) break
      queue[at] = queue[parent] as Planned
      at = parent
    }
    queue[at] = planned
  }

  #pop(): void {
    const queue = this.#queue
    const last = queue.pop()
    if (last === undefined || queue.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= queue.length) break
      if (child + 1 < queue.length && isBefore(queue[child + 1] as Planned, queue[child] as Planned)) child++
      if (!isBefore(queue[child] as Planned, last)) break
      queue[at] = queue[child] as Planned
      at = child
    }
    queue[at] = last
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
