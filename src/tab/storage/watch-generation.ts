/**
 * When to look again at what this device has. The browser may find the store damaged and begin a new generation of it.
 * And a store that lost its end lost with it what the room had said of this device: others still have that, and it comes
 * back only after we looked on opening.
 */
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'

/** Damage is rare and a wrong claim costs one failed want, so once a minute is often enough. */
const LOOK_MS = 60_000

/** By then those who are here have told what they know. */
const TOLD_MS = 10_000

export function watchGeneration(blocks: BlockStore, clock: Clock, signal: AbortSignal, changed: () => void): void {
  let known: string | undefined
  let stop = () => {}
  const look = async () => {
    const usage = await blocks.usage().catch(() => undefined)
    if (signal.aborted) return
    if (usage !== undefined && known !== undefined && usage.generation !== known) changed()
    known = usage?.generation ?? known
    stop = clock.after(LOOK_MS, () => void look())
  }
  const stopOnce = clock.after(TOLD_MS, changed)
  signal.addEventListener(
    'abort',
    () => {
      stop()
      stopOnce()
    },
    { once: true },
  )
  void look()
}
