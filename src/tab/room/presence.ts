/** Who is here now, and what this tab says of itself. What counts is core/room/presence. */
import { isNews } from '../../core/room/presence.ts'
import type { Presence } from '../../ports/room-state.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { COMPOSITES, MEMBERS } from '../../protocol/limits.ts'
import type { PresenceRecord } from '../../protocol/room-state.ts'
import { WIRE } from '../../protocol/wire-version.ts'

export type PresenceTable = Presence & {
  own(): PresenceRecord
  /** Takes a record another tab sent or passed on; false when it is not news. */
  receive(record: PresenceRecord): boolean
  drop(tab: TabId): void
  setSees(tabs: readonly TabId[]): void
  setGone(): void
  /** This tab's record changed and is to be told. */
  onOwnChange(listener: () => void): () => void
}

export function createPresence(self: { tab: TabId; device: DeviceId }, nowMs: number): PresenceTable {
  // Numbers start at the clock, so that a tab that comes back is heard over its own past.
  let own: PresenceRecord = { ...self, wire: WIRE, sequence: nowMs, leader: false, call: null, sees: [], gone: false }
  let all: ReadonlyMap<TabId, PresenceRecord> = new Map([[self.tab, own]])
  const listeners = new Set<() => void>()
  const ownListeners = new Set<() => void>()

  const put = (tab: TabId, record: PresenceRecord | undefined) => {
    const next = new Map(all)
    if (record === undefined) next.delete(tab)
    else next.set(tab, record)
    all = next
    for (const listener of listeners) listener()
  }
  const setOwn = (change: Partial<PresenceRecord>) => {
    own = { ...own, ...change, sequence: own.sequence + 1 }
    put(self.tab, own)
    for (const listener of ownListeners) listener()
  }

  return {
    self,
    own: () => own,
    all: () => all,
    setCall: (call) => setOwn({ call }),
    setLeader: (leader) => {
      if (leader !== own.leader) setOwn({ leader })
    },
    setComposes: (count) => {
      const composes = Math.min(COMPOSITES, count)
      if (composes !== (own.composes ?? 0)) setOwn({ composes })
    },
    setSees: (tabs) => {
      const sees = [...tabs].sort().slice(0, MEMBERS)
      if (sees.join() !== own.sees.join()) setOwn({ sees })
    },
    setGone: () => setOwn({ gone: true, call: null }),
    receive(record) {
      if (!isNews(record, all, self.tab)) return false
      put(record.tab, record.gone ? undefined : record)
      return true
    },
    drop: (tab) => {
      if (tab !== self.tab && all.has(tab)) put(tab, undefined)
    },
    subscribe: (listener) => subscribed(listeners, listener),
    onOwnChange: (listener) => subscribed(ownListeners, listener),
  }
}

function subscribed(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
