/**
 * What presence tells reach, and is told by it: whom connected members see, who is no longer seen by anybody, whom this tab
 * sees. A tab nobody sees is shown a little longer, since most come back at once.
 */
import { whoIsUnseen } from '../../core/room/presence.ts'
import type { ReachEvent } from '../../core/room/reach.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { MEMBER_GONE_MS, SEES_TOLD_MS } from '../../protocol/limits.ts'
import type { PresenceTable } from './presence.ts'

export function followPresence(options: {
  presence: PresenceTable
  clock: Clock
  connected: () => ReadonlyMap<TabId, DeviceId>
  feed: (event: ReachEvent) => void
  gone: (tab: TabId) => void
}): { connectedChanged(): void; stop(): void } {
  const { presence, clock, connected, feed } = options
  const told = new Map<TabId, readonly TabId[]>()
  const waits = new Map<TabId, () => void>()
  let stopTelling: (() => void) | undefined

  const tellOf = (by: TabId, sees: readonly TabId[] | undefined) => {
    if (sees === undefined || told.get(by) === sees) return
    told.set(by, sees)
    feed({ kind: 'peers-heard', tabs: new Set(sees), by })
  }

  const check = () => {
    const here = connected()
    for (const by of here.keys()) tellOf(by, presence.all().get(by)?.sees)
    for (const by of told.keys()) if (!here.has(by)) told.delete(by)
    const unseen = whoIsUnseen(presence.all(), presence.self.tab, here.keys())
    for (const tab of presence.all().keys()) {
      if (!unseen.has(tab)) stopWaiting(tab)
      else if (!waits.has(tab)) waits.set(tab, later(tab))
    }
  }
  const later = (tab: TabId) => clock.after(MEMBER_GONE_MS, () => leave(tab))
  const stopWaiting = (tab: TabId) => {
    waits.get(tab)?.()
    waits.delete(tab)
  }
  const leave = (tab: TabId) => {
    waits.delete(tab)
    options.gone(tab)
    presence.drop(tab)
  }

  /** In a room that fills, several connections come in a moment, and each telling goes to everybody. */
  const tellSoon = () => {
    stopTelling ??= clock.after(SEES_TOLD_MS, () => {
      stopTelling = undefined
      presence.setSees([...connected().keys()])
    })
  }

  const stopListening = presence.subscribe(check)
  return {
    connectedChanged() {
      check()
      tellSoon()
    },
    stop() {
      stopListening()
      stopTelling?.()
      for (const cancel of waits.values()) cancel()
    },
  }
}
