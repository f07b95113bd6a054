/** The least of what was measured lately, for what only differences tell anything of: of the present span and of the one before. */
export class RecentLeast {
  readonly #span: number
  #now = Number.POSITIVE_INFINITY
  #before = Number.POSITIVE_INFINITY
  #since = 0

  /** In the unit of the times that it is given. */
  constructor(span: number) {
    this.#span = span
  }

  get least(): number {
    return Math.min(this.#now, this.#before)
  }

  note(value: number, now: number): void {
    if (now - this.#since > this.#span) {
      this.#before = this.#now
      this.#now = value
      this.#since = now
    }
    this.#now = Math.min(this.#now, value)
  }

  /** What was measured before says nothing of what follows. */
  beginAnew(value: number): void {
    this.#now = value
    this.#before = value
  }
}
