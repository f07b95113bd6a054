/**
 * Work that ends out of order, handed on in order: sealing and opening are asynchronous, and the frames of a stream must
 * not overtake each other. Bounded: what is more than that under way is refused.
 */
export class Chain<T> {
  readonly #atOnce: number
  readonly #done: (result: T) => void
  readonly #failed: (cause: unknown) => void
  #underway = 0
  #tail: Promise<void> = Promise.resolve()

  constructor(atOnce: number, done: (result: T) => void, failed: (cause: unknown) => void) {
    this.#atOnce = atOnce
    this.#done = done
    this.#failed = failed
  }

  get isFull(): boolean {
    return this.#underway >= this.#atOnce
  }

  add(work: Promise<T>): void {
    this.#underway++
    // Its failure is told when its turn comes.
    work.catch(() => undefined)
    this.#tail = this.#tail.then(() => this.#hand(work))
  }

  async #hand(work: Promise<T>): Promise<void> {
    try {
      this.#done(await work)
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#underway--
    }
  }
}
