/**
 * A planner that cannot be had: it knows the true availability of every kind of device and hears of each lost disk at
 * once. It keeps the optimum of the whole room on its best devices and makes a row again when, and only when, a disk
 * with one was lost.
 */
import type { Seat } from './crowd.ts'
import { type Optimum, optimumOf } from './optimum.ts'

export type Truth = ReadonlyMap<string, number>

export class Oracle {
  /** In sizes of the object: a row that is lost is made of k others, a copy of one. */
  repaired = 0
  /** The least that any layout would store with the devices there are now, in sizes of the object. */
  leastStored = 0
  readonly #target: number
  readonly #truth: Truth
  readonly #known: Map<string, Optimum>
  readonly #holders = new Set<Seat>()
  #optimum: Optimum = { k: 1, rows: 0, isReached: false }

  /** `known`: optima found before, by who was there; shared by all years of a mix. */
  constructor(target: number, truth: Truth, known: Map<string, Optimum>) {
    this.#target = target
    this.#truth = truth
    this.#known = known
  }

  begin(seats: readonly Seat[]): void {
    this.#optimum = this.#optimumOf(seats)
    this.change(seats)
  }

  died(seat: Seat, seats: readonly Seat[]): void {
    this.#holders.delete(seat)
    this.change(seats)
  }

  /** After anybody came for the first time, or was lost. */
  change(seats: readonly Seat[]): void {
    const there = seats.filter(({ isTaken }) => isTaken)
    const least = this.#optimumOf(there)
    this.leastStored = least.rows / least.k
    const free = there.filter((seat) => !this.#holders.has(seat)).sort((a, b) => this.#trueOf(b) - this.#trueOf(a))
    for (const seat of free.slice(0, this.#optimum.rows - this.#holders.size)) {
      this.#holders.add(seat)
      this.repaired += 1
    }
  }

  get isReadable(): boolean {
    let rows = 0
    for (const seat of this.#holders) if (seat.isHere) rows += 1
    return rows >= this.#optimum.k
  }

  #optimumOf(seats: readonly Seat[]): Optimum {
    const availabilities = seats.map((seat) => this.#trueOf(seat)).sort()
    const key = availabilities.join()
    const known = this.#known.get(key) ?? optimumOf(availabilities, this.#target)
    this.#known.set(key, known)
    return known
  }

  #trueOf({ kind }: Seat): number {
    return this.#truth.get(kind.name) ?? 0
  }
}
