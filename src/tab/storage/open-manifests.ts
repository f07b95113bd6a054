/**
 * Opens the manifests of all objects of the room, since every member device keeps them: a few at a time and with a rest
 * between, so that ten thousand of them are no task. What nobody here can give is asked for again when others come, and
 * now and then.
 */
import type { Clock } from '../../ports/clock.ts'
import { RoomError } from '../../protocol/errors.ts'
import { MANIFESTS_AGAIN_MS, MANIFESTS_FETCHED_AT_ONCE } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { ObjectBook } from './object-book.ts'

export type ManifestParts = {
  readonly book: ObjectBook
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly opened: (object: ObjectId) => void
}

export class OpenManifests {
  readonly #parts: ManifestParts
  readonly #waiting = new Set<ObjectId>()
  readonly #missing = new Set<ObjectId>()
  #opening = 0
  #stopAgain: (() => void) | undefined

  constructor(parts: ManifestParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', () => this.#stopAgain?.(), { once: true })
  }

  want(object: ObjectId): void {
    if (this.#missing.has(object) || this.#waiting.has(object)) return
    this.#waiting.add(object)
    if (this.#waiting.size === 1) this.#soon()
  }

  unwant(object: ObjectId): void {
    this.#waiting.delete(object)
    this.#missing.delete(object)
  }

  /** Others are here now. */
  retry(): void {
    for (const object of this.#missing) this.#waiting.add(object)
    this.#missing.clear()
    this.#soon()
  }

  #soon(): void {
    if (!this.#parts.signal.aborted) this.#parts.clock.after(0, () => this.#openMore())
  }

  #openMore(): void {
    for (const object of this.#waiting) {
      if (this.#opening >= MANIFESTS_FETCHED_AT_ONCE || this.#parts.signal.aborted) return
      this.#waiting.delete(object)
      void this.#open(object)
    }
  }

  async #open(object: ObjectId): Promise<void> {
    const { book, opened, clock } = this.#parts
    this.#opening++
    try {
      await book.open(object)
      opened(object)
    } catch (error) {
      // One that does not add up never will.
      if (error instanceof RoomError && error.code === 'manifest-invalid') return
      this.#missing.add(object)
      this.#stopAgain ??= clock.after(MANIFESTS_AGAIN_MS, () => {
        this.#stopAgain = undefined
        this.retry()
      })
    } finally {
      this.#opening--
      this.#soon()
    }
  }
}
