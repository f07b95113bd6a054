/**
 * Blocks of objects being added in this tab. Two files may have a chunk in common: what one of them stored first goes
 * only when the last of those who need it was given up, and stays when one of them was added.
 */
import type { BlockId } from '../../protocol/ids.ts'

type Entry = { users: number; isFresh: boolean }

export class BlocksUnderway {
  readonly #entries = new Map<BlockId, Entry>()

  /** `isHeld`: it was in the store before. */
  use(id: BlockId, isHeld: boolean): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) this.#entries.set(id, { users: 1, isFresh: !isHeld })
    else entry.users++
  }

  added(ids: Iterable<BlockId>): void {
    this.#release(ids, (entry) => {
      entry.isFresh = false
    })
  }

  /** Gives those that nobody needs any more. */
  givenUp(ids: Iterable<BlockId>): readonly BlockId[] {
    return this.#release(ids, () => {})
  }

  #release(ids: Iterable<BlockId>, change: (entry: Entry) => void): readonly BlockId[] {
    const unneeded: BlockId[] = []
    for (const id of ids) {
      const entry = this.#entries.get(id)
      if (entry === undefined) continue
      change(entry)
      entry.users--
      if (entry.users > 0) continue
      this.#entries.delete(id)
      if (entry.isFresh) unneeded.push(id)
    }
    return unneeded
  }
}
