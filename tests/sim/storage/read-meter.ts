/** How much of the time an object could be read, by the clock and by those who are there to read it. */
import type { Seat } from './crowd.ts'
import type { StoredObject } from './stored-object.ts'

export class ReadMeter {
  allMs = 0
  readableMs = 0
  /** Weighed by how many are here: the share of readers who can read. */
  readerMs = 0
  servedReaderMs = 0
  /** How many devices here bring each row. */
  readonly #rows = new Int16Array(32)
  #isReadable = false

  recount(object: StoredObject, seats: readonly Seat[]): void {
    this.#rows.fill(0)
    for (const seat of seats) {
      if (seat.isTaken && seat.isHere) this.#add(object.rowsOn(seat.device.id), 1)
    }
    this.#decide(object.layout.k)
  }

  change(object: StoredObject, rows: number, by: 1 | -1): void {
    this.#add(rows, by)
    this.#decide(object.layout.k)
  }

  pass(ms: number, readers: number): void {
    this.allMs += ms
    this.readerMs += ms * readers
    if (!this.#isReadable) return
    this.readableMs += ms
    this.servedReaderMs += ms * readers
  }

  #add(rows: number, by: number): void {
    for (let rest = rows; rest !== 0; rest &= rest - 1) {
      const row = 31 - Math.clz32(rest & -rest)
      this.#rows[row] = (this.#rows[row] ?? 0) + by
    }
  }

  #decide(k: number): void {
    let distinct = 0
    for (const count of this.#rows) if (count > 0) distinct += 1
    this.#isReadable = distinct >= k
  }
}
