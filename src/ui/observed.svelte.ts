/** Ports speak through `subscribe`; views through signals. This is the seam: one subscription per source, only while it is looked at. */
import { createSubscriber } from 'svelte/reactivity'
import { drawPace } from './draw-pace.ts'

export interface Source {
  subscribe(listener: () => void): () => void
}

const pace = drawPace(() => performance.now())

/** Returns a reader: what is read through it inside a template or `$derived` is read again soon after the source says so. */
export function observed<T extends Source>(source: T): () => T {
  const track = createSubscriber((update) => {
    const stop = source.subscribe(() => pace.ask(update))
    return () => {
      stop()
      pace.forget(update)
    }
  })
  return () => {
    track()
    return source
  }
}
