/** What simulated tabs say to each other, and what may live on their connections. */
import type { HelloMessage } from '../../src/protocol/hello.ts'
import type { TabId } from '../../src/protocol/ids.ts'
import type { MembershipEntry } from '../../src/protocol/membership.ts'

export type TabMessage =
  | { readonly t: 'hello'; readonly message: HelloMessage }
  /** Whom the sender is connected to now. */
  | { readonly t: 'sees'; readonly tabs: ReadonlySet<TabId> }
  | { readonly t: 'entries'; readonly entries: readonly MembershipEntry[] }
  | { readonly t: 'reserve' | 'release' | 'reserve-refused' | 'goodbye' }
  | { readonly t: 'guest'; readonly body: unknown }

export type Guest = { connected(tab: TabId): void; disconnected(tab: TabId): void; receive(from: TabId, body: unknown): void }
