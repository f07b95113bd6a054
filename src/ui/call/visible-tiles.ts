/** What the stage tells the call about itself: which pictures it shows and how many device pixels high each is. */
import type { VisibleTile } from '../../ports/asterism.ts'
import type { TabId } from '../../protocol/ids.ts'

/** By this name the small window asks, beside the stage. */
export const SMALL_WINDOW = 'small window'
/** Screens denser than this show no more of a face, and cost more than twice as much. */
const MOST_PIXELS_PER_PX = 2
/** A layout that is still moving, a window being drawn larger, is told when it rests. */
const REST_MS = 120

type Shown = { readonly tab: TabId; readonly view: VisibleTile['view']; readonly height: number }

export function visibleTiles(shown: readonly Shown[], pixelsPerPx: number): readonly VisibleTile[] {
  const ratio = Math.min(pixelsPerPx, MOST_PIXELS_PER_PX)
  const tiles = new Map<string, VisibleTile>()
  for (const { tab, view, height } of shown) {
    const heightPx = Math.round(height * ratio)
    const key = `${view} ${tab}`
    // Somebody may stand on what is watched and beside it: the larger picture serves both.
    if (heightPx > (tiles.get(key)?.heightPx ?? -1)) tiles.set(key, { tab, view, heightPx })
  }
  return [...tiles.values()]
}

/** Passes on what was said last, once nothing new was said for a moment, and only when it differs from what is known. */
export class TileTeller {
  #known = ''
  #waiting = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #tell: (tiles: readonly VisibleTile[]) => void

  constructor(tell: (tiles: readonly VisibleTile[]) => void) {
    this.#tell = tell
  }

  show(tiles: readonly VisibleTile[]): void {
    const said = JSON.stringify(tiles)
    // Said again is not moving: people who speak would put it off for ever.
    if (said === this.#waiting) return
    this.#waiting = said
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (said === this.#known) return
      this.#known = said
      this.#tell(tiles)
    }, REST_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
