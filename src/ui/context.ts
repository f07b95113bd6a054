/** What the shell hands down to every screen. The P2P part is asked for, never imported: it arrives when it is needed. */
import { createContext } from 'svelte'
import type { Asterism } from '../ports/asterism.ts'

/** A newer build waits. `reload` makes it take over; the UI decides when that disturbs nobody. */
export interface Updates {
  readonly needRefresh: boolean
  reload(): void
  subscribe(listener: () => void): () => void
}

export type Services = {
  /** Resolves to the same object each time; the first call loads it. Rejects when it cannot be loaded. */
  readonly asterism: () => Promise<Asterism>
  readonly updates?: Updates
}

export const [useServices, provideServices] = createContext<Services>()
