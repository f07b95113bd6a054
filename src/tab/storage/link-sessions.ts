/** Sessions follow the links there are: each from its beginning, so that no want of the other side is missed. */
import type { LinkFacts } from '../../core/storage/fetch-state.ts'
import type { Link } from '../../ports/link.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { LinkSession } from './link-session.ts'

export type SessionEvents = {
  readonly open: (link: Link) => LinkSession
  /** Its link is connected for the first time. */
  readonly here: (link: Link) => void
  readonly gone: (tab: TabId) => void
}

export class LinkSessions {
  readonly #events: SessionEvents
  readonly #all = new Map<TabId, LinkSession>()
  readonly #here = new Set<TabId>()

  constructor(events: SessionEvents) {
    this.#events = events
  }

  get(tab: TabId): LinkSession | undefined {
    return this.#all.get(tab)
  }

  follow(links: readonly Link[]): void {
    for (const [tab, session] of this.#all) {
      if (session.link.state !== 'closed' && links.includes(session.link)) continue
      session.close()
      this.#all.delete(tab)
      if (this.#here.delete(tab)) this.#events.gone(tab)
    }
    for (const link of links) {
      if (link.state === 'closed') continue
      if (!this.#all.has(link.peer)) this.#all.set(link.peer, this.#events.open(link))
      if (link.state !== 'connected' || this.#here.has(link.peer)) continue
      this.#here.add(link.peer)
      this.#events.here(link)
    }
  }

  facts(): ReadonlyMap<TabId, LinkFacts> {
    return new Map([...this.#all].map(([tab, { heardAtMs, link }]) => [tab, { heardAtMs: heardAtMs(), rttMs: link.rttMs }]))
  }

  close(): void {
    for (const session of this.#all.values()) session.close()
    this.#all.clear()
  }
}
