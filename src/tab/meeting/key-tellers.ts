/** Whose keys are here: those who told one last, as many as the media worker keeps keys of. */
import type { TabId } from '../../protocol/ids.ts'
import { keepNewest } from '../../protocol/keep-newest.ts'
import { KEY_SOURCES } from '../../protocol/limits.ts'

export class KeyTellers {
  /** Who told one last comes last. */
  readonly #tabs = new Set<TabId>()

  has(tab: TabId): boolean {
    return this.#tabs.has(tab)
  }

  /** False: none was here before. */
  told(tab: TabId): boolean {
    const wasHere = this.#tabs.delete(tab)
    this.#tabs.add(tab)
    keepNewest(this.#tabs, KEY_SOURCES)
    return wasHere
  }
}
