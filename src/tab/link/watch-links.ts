/** One subscription for all links of a room. */
import type { Link, Links } from '../../ports/link.ts'

/** Calls back when a link comes, goes or changes. */
export function watchLinks(links: Links, onChange: () => void): () => void {
  const watched = new Map<Link, () => void>()
  const look = () => {
    const present = new Set(links.all())
    for (const [link, stop] of watched) {
      if (present.has(link)) continue
      stop()
      watched.delete(link)
    }
    for (const link of present) if (!watched.has(link)) watched.set(link, link.subscribe(onChange))
    onChange()
  }
  const stop = links.subscribe(look)
  look()
  return () => {
    stop()
    for (const stopWatching of watched.values()) stopWatching()
  }
}
