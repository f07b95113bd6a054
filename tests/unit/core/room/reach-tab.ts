/** A tab with a clock for tests of reach: events in, effects since the last look out. */
import { type ReachEffect, type ReachEvent, type ReachState, startReach, stepReach } from '../../../../src/core/room/reach.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'

export const tab = (name: string) => `tab-${name}` as TabId
export const [ann, ben, cleo, dan, eve] = ['ann', 'ben', 'cleo', 'dan', 'eve'].map(tab) as [TabId, TabId, TabId, TabId, TabId]
export const relay = { kind: 'relay' } as const
export const through = (carrier: TabId) => ({ kind: 'carrier', tab: carrier }) as const
export const EVEN = 0.5

/** An event, or one that goes on from what was heard before. */
type Said = ReachEvent | ((state: ReachState) => ReachEvent)

export function tabAt(self: TabId) {
  let state: ReachState = startReach(self)
  let nowMs = 0
  let effects: ReachEffect[] = []
  const feed = (...said: Said[]) => {
    for (const one of said) {
      const event = typeof one === 'function' ? one(state) : one
      const step = stepReach(state, event, { nowMs, random: EVEN })
      state = step.next
      effects.push(...step.effects)
    }
  }
  const look = () => {
    const seen = effects
    effects = []
    return seen
  }
  return {
    feed,
    look,
    state: () => state,
    dials: () => look().flatMap((effect) => (effect.kind === 'dial' ? [{ kind: effect.kind, tab: effect.tab, via: effect.via }] : [])),
    timeouts: () => look().flatMap((effect) => (effect.kind === 'dial' ? [effect.timeoutMs] : [])),
    kinds: () => look().map((effect) => effect.kind),
    /** Time passes; the wake-ups asked for happen on the way. */
    pass(ms: number) {
      const untilMs = nowMs + ms
      while (state.wakeAtMs !== undefined && state.wakeAtMs <= untilMs) {
        nowMs = Math.max(nowMs, state.wakeAtMs)
        feed({ kind: 'tick' })
      }
      nowMs = untilMs
    },
  }
}

/** Found at the relay. */
export const listed = (tab: TabId): ReachEvent => ({ kind: 'peer-listed', tab, isNew: false })
/** Came to the relay later. */
export const listedLater = (tab: TabId): ReachEvent => ({ kind: 'peer-listed', tab, isNew: true })
export const connected = (tab: TabId): ReachEvent => ({ kind: 'connected', tab })
/** `by` says that it sees this tab as well, or does not see it any more. */
export const heard =
  (tab: TabId, by: TabId): Said =>
  ({ sees }) => ({ kind: 'peers-heard', by, tabs: new Set([...(sees.get(by) ?? []), tab]) })
export const unheard =
  (tab: TabId, by: TabId): Said =>
  ({ sees }) => ({ kind: 'peers-heard', by, tabs: new Set([...(sees.get(by) ?? [])].filter((seen) => seen !== tab)) })
export const failed = (tab: TabId, via: ReturnType<typeof through> | typeof relay = relay): ReachEvent => ({
  kind: 'dial-failed',
  tab,
  via,
})

export function inRoom(self: TabId, ...tabs: TabId[]) {
  const here = tabAt(self)
  here.feed({ kind: 'started' }, { kind: 'relay-connected' }, ...tabs.map(listed), ...tabs.map(connected))
  here.look()
  return here
}
