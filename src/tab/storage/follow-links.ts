/** Gives the fetcher the links there are, and says when one of them changes. */
import type { Link, Links } from '../../ports/link.ts'
import type { FragmentFetcher } from './fetch-fragments.ts'

export type FollowedLinks = { readonly look: () => void; readonly close: () => void }

export function followLinks(links: Links, fetcher: FragmentFetcher, changed: () => void): FollowedLinks {
  const stops = new Map<Link, () => void>()
  const look = () => {
    const all = links.all()
    for (const [link, stop] of stops) {
      if (all.includes(link)) continue
      stop()
      stops.delete(link)
    }
    for (const link of all) if (!stops.has(link)) stops.set(link, link.subscribe(changed))
    fetcher.follow(all)
  }
  // Links followed only a microtask later would miss the other side's first wants.
  const stopLinks = links.subscribe(() => {
    look()
    changed()
  })
  look()
  return {
    look,
    close() {
      stopLinks()
      for (const stop of stops.values()) stop()
    },
  }
}
