/** Notices that the browser found the store damaged and began a new generation of it. */
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'

/** Damage is rare and a wrong claim costs one failed want, so once a minute is often enough. */
const LOOK_MS = 60_000

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
  signal.addEventListener('abort', () => stop(), { once: true })
  void look()
}
