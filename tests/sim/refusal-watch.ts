/** Watches that nobody is pestered: a holder that could not give a block is not asked for it again too soon. */
import type { BlockId, TabId } from '../../src/protocol/ids.ts'
import { REFUSED_FOR_MS } from '../../src/protocol/limits.ts'
import type { World } from './world.ts'

export class RefusalWatch {
  readonly #world: World
  readonly #atMs = new Map<BlockId, Map<TabId, number>>()

  constructor(world: World) {
    this.#world = world
  }

  refused(id: BlockId, by: TabId): void {
    const byHolder = this.#atMs.get(id) ?? new Map<TabId, number>()
    this.#atMs.set(id, byHolder.set(by, this.#world.nowMs))
  }

  stored(id: BlockId): void {
    this.#atMs.delete(id)
  }

  /** Who connects anew may have it by now. */
  metAnew(holder: TabId): void {
    for (const byHolder of this.#atMs.values()) byHolder.delete(holder)
  }

  asked(holder: TabId, blocks: readonly BlockId[], by: string): void {
    for (const id of blocks) {
      const againMs = this.#world.nowMs - (this.#atMs.get(id)?.get(holder) ?? Number.NEGATIVE_INFINITY)
      this.#world.must(againMs >= REFUSED_FOR_MS, () => `${by} asks again for a block ${againMs} ms after it was refused`)
    }
  }
}
