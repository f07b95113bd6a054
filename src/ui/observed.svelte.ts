/** Ports speak through `subscribe`; views through signals. This is the seam: one subscription per source, only while it is looked at. */
import { createSubscriber } from 'svelte/reactivity'

export interface Source {
  subscribe(listener: () => void): () => void
}

/** Returns a reader: what is read through it inside a template or `$derived` is read again whenever the source says so. */
export function observed<T extends Source>(source: T): () => T {
  const track = createSubscriber((update) => source.subscribe(update))
  return () => {
    track()
    return source
  }
}
