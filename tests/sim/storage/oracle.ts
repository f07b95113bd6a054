/**
 * A planner that cannot be had: it knows every device's true availability and hears of every lost disk at once. It keeps
 * the optimum on the best devices and makes a row again when, and only when, a disk with one was lost.
 */
import type { Seat } from './crowd.ts'
import type { Optimum } from './optimum.ts'

export class Oracle {
  /** In sizes of the object: a row that is lost is made of k others, a copy of one. */
  repaired = 0
  readonly #optimum: Optimum
  readonly #truth: ReadonlyMap<string, number>
  #holders = new Set<Seat>()

  constructor(optimum: Optimum, truth: ReadonlyMap<string, number>) {
    this.#optimum = optimum
    this.#truth = truth
  }

  begin(seats: readonly Seat[]): void {
    this.fill(seats)
    this.repaired = 0
  }

  died(seat: Seat, seats: readonly Seat[]): void {
    if (this.#holders.delete(seat)) this.fill(seats)
  }

  /** Also when somebody came and rows were wanting. */
  fill(seats: readonly Seat[]): void {
    const free = seats.filter((seat) => seat.isTaken && !this.#holders.has(seat))
    free.sort((a, b) => (this.#truth.get(b.kind.name) ?? 0) - (this.#truth.get(a.kind.name) ?? 0))
    for (const seat of free.slice(0, this.#optimum.rows - this.#holders.size)) {
      this.#holders.add(seat)
      this.repaired += 1
    }
  }
}
