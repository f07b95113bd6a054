import { describe, expect, test } from 'vitest'
import { rankCarriers } from '../../../../src/core/room/carriers.ts'
import { type ReachEffect, type ReachEvent, type ReachState, startReach, stepReach } from '../../../../src/core/room/reach.ts'
import { waitAfterFailure } from '../../../../src/core/room/reach-plan.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import {
  CARRIERS_RESERVED,
  CARRIERS_TRIED,
  DIAL_TIMEOUT_MS,
  DIALS_AT_ONCE,
  GOODBYE_MS,
  HELLO_TIMEOUT_MS,
  KNOWN_TABS,
  REDIAL_MAX_MS,
  REDIAL_MIN_MS,
  REFUSED_WAIT_MS,
  YIELD_DIAL_MS,
} from '../../../../src/protocol/limits.ts'

const tab = (name: string) => `tab-${name}` as TabId
const [ann, ben, cleo, dan, eve] = ['ann', 'ben', 'cleo', 'dan', 'eve'].map(tab) as [TabId, TabId, TabId, TabId, TabId]
const relay = { kind: 'relay' } as const
const through = (carrier: TabId) => ({ kind: 'carrier', tab: carrier }) as const
const EVEN = 0.5

/** A tab with a clock: events in, effects since the last look out. */
function tabAt(self: TabId) {
  let state: ReachState = startReach(self)
  let nowMs = 0
  let effects: ReachEffect[] = []
  const feed = (...events: ReachEvent[]) => {
    for (const event of events) {
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

const listed = (tab: TabId): ReachEvent => ({ kind: 'peer-listed', tab })
const connected = (tab: TabId): ReachEvent => ({ kind: 'connected', tab })
const heard = (tab: TabId, by: TabId): ReachEvent => ({ kind: 'peer-heard', tab, by })
const failed = (tab: TabId, via: ReturnType<typeof through> | typeof relay = relay): ReachEvent => ({ kind: 'dial-failed', tab, via })

function inRoom(self: TabId, ...tabs: TabId[]) {
  const here = tabAt(self)
  here.feed({ kind: 'started' }, { kind: 'relay-connected' }, ...tabs.map(listed), ...tabs.map(connected))
  here.look()
  return here
}

describe('finding each other', () => {
  test('[REACH-1] the lower id dials at once', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: relay }])
  })

  test('[REACH-1] the higher id waits, and dials when nothing came', () => {
    const here = tabAt(ben)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ann))
    here.pass(YIELD_DIAL_MS - 1)
    expect(here.dials()).toEqual([])
    here.pass(1)
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ann, via: relay }])
  })

  test('[REACH-1] the higher id does not dial who came in time', () => {
    const here = tabAt(ben)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ann), connected(ann))
    here.pass(60_000)
    expect(here.dials()).toEqual([])
  })

  test('[REACH-11] dials are bounded, and one that ends makes room for the next', () => {
    const here = tabAt(ann)
    const crowd = Array.from({ length: 40 }, (_, n) => tab(`guest${n}`))
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, ...crowd.map(listed))
    const first = here.dials()
    expect(first).toHaveLength(DIALS_AT_ONCE)
    here.feed(connected(first[0]?.tab as TabId))
    expect(here.dials()).toHaveLength(1)
  })

  test('[REACH-11] names made up by a member do not crowd out who is listed', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(eve), connected(eve))
    for (let n = 0; n < 40; n++) here.feed(heard(tab(`ghost${n}`), eve))
    here.feed(listed(ben))
    here.look()
    here.feed(failed(tab('ghost0'), through(eve)))
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: relay }])
  })

  test('[REACH-17] its own name in the list is no reason to dial', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ann), connected(ben), heard(ann, ben))
    expect([here.dials(), here.state().tabs.has(ann)]).toEqual([[], false])
  })
})

describe('trying again', () => {
  test('[REACH-2] waits double up to half a minute', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
    const waits: number[] = []
    for (let n = 0; n < 9; n++) {
      here.look()
      here.feed(failed(ben))
      let waitedMs = 0
      while (here.dials().length === 0) {
        here.pass(250)
        waitedMs += 250
      }
      waits.push(waitedMs)
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  test('[REACH-2] chance moves a wait by a quarter at most', () => {
    expect([waitAfterFailure(1, 0), waitAfterFailure(1, 0.999)]).toEqual([REDIAL_MIN_MS * 0.75, 625])
    expect(waitAfterFailure(1000, 0.5)).toBe(REDIAL_MAX_MS)
  })

  test('[REACH-16] a broken connection is dialed again within a second', () => {
    const here = inRoom(ann, ben)
    here.feed({ kind: 'disconnected', tab: ben })
    here.pass(1_000)
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: relay }])
  })

  test('[REACH-12] a dial that says nothing has failed', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
    here.look()
    here.pass(DIAL_TIMEOUT_MS + HELLO_TIMEOUT_MS + 1_000)
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: relay }])
  })

  test('[REACH-20] the first dial is given up soon, each next one is given twice as long', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
    for (let n = 0; n < 4; n++) {
      here.feed(failed(ben))
      here.pass(REDIAL_MAX_MS)
    }
    expect(here.timeouts().slice(0, 5)).toEqual([2_500, 5_000, 10_000, DIAL_TIMEOUT_MS, DIAL_TIMEOUT_MS])
  })

  test('[REACH-21] a connected tab that the relay saw going is probed, one that is apart is not', () => {
    const here = inRoom(ann, ben)
    here.feed({ kind: 'peer-unlisted', tab: ben })
    expect(here.look().filter(({ kind }) => kind === 'probe')).toEqual([{ kind: 'probe', tab: ben }])
    here.feed(listed(cleo), { kind: 'peer-unlisted', tab: cleo })
    expect(here.kinds()).not.toContain('probe')
  })

  test('[REACH-12] late and doubled reports change nothing', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben), failed(ben))
    const before = here.state()
    here.feed(
      failed(ben),
      failed(cleo),
      failed(ben, through(cleo)),
      { kind: 'disconnected', tab: ben },
      { kind: 'disconnected', tab: cleo },
    )
    expect(here.state()).toEqual(before)
  })

  test('[REACH-10] who was refused is left alone, whatever the hints', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben), { kind: 'refused', tab: ben })
    here.look()
    here.feed({ kind: 'woken' }, { kind: 'relay-lost' }, { kind: 'relay-connected' }, listed(ben))
    here.pass(REFUSED_WAIT_MS - 1)
    here.feed({ kind: 'woken' })
    expect(here.dials()).toEqual([])
    here.pass(YIELD_DIAL_MS)
    expect(here.dials()).toHaveLength(1)
  })

  test('[REACH-15] coming online tries everything now', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
    for (let n = 0; n < 6; n++) {
      here.feed(failed(ben))
      here.pass(REDIAL_MAX_MS)
    }
    here.feed(failed(ben))
    here.look()
    here.feed({ kind: 'woken' })
    expect(here.dials()).toHaveLength(1)
  })

  test('[REACH-14] a timer that fires early is set again', () => {
    const here = tabAt(ben)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ann))
    here.look()
    here.feed({ kind: 'tick' })
    expect(here.look()).toEqual([{ kind: 'wake-at', ms: YIELD_DIAL_MS }])
  })
})

describe('without the relay', () => {
  test('[REACH-3] a lost tab is dialed through those who know it, in rounds', () => {
    const carriers = Array.from({ length: 5 }, (_, n) => tab(`carrier${n}`))
    const here = inRoom(ann, ...carriers, ben)
    here.feed(...carriers.map((carrier) => heard(ben, carrier)), { kind: 'relay-lost' }, { kind: 'disconnected', tab: ben })
    const tried: TabId[] = []
    for (let n = 0; n < 2 * CARRIERS_TRIED; n++) {
      while (!here.state().tabs.get(ben)?.link.kind.startsWith('dial')) here.pass(50)
      const link = here.state().tabs.get(ben)?.link
      if (link?.kind !== 'dialing' || link.via.kind !== 'carrier') throw new Error('ben is not being dialed through a carrier')
      tried.push(link.via.tab)
      here.feed(failed(ben, link.via))
    }
    expect(new Set(tried.slice(0, CARRIERS_TRIED)).size).toBe(CARRIERS_TRIED)
    expect(new Set(tried).size).toBe(5)
    expect(tried.slice(0, 3)).toEqual(rankCarriers(ben, carriers).slice(0, 3))
  })

  test('[REACH-4] a bounded number of tabs carries for us, and they are kept', () => {
    const carriers = Array.from({ length: 9 }, (_, n) => tab(`carrier${n}`))
    const here = inRoom(ann, ...carriers)
    expect([...here.state().reserved].sort()).toEqual(rankCarriers(ann, carriers).slice(0, CARRIERS_RESERVED).sort())
    here.feed(heard(carriers[1] as TabId, carriers[0] as TabId))
    expect(here.kinds()).not.toContain('reserve')
  })

  test('[REACH-4] a carrier that leaves or refuses is replaced', () => {
    const carriers = Array.from({ length: 5 }, (_, n) => tab(`carrier${n}`))
    const [first, second, third, fourth, fifth] = rankCarriers(ann, carriers) as [TabId, TabId, TabId, TabId, TabId]
    const here = inRoom(ann, ...carriers)
    here.feed({ kind: 'reserve-failed', carrier: first })
    expect(here.look()).toContainEqual({ kind: 'reserve', carrier: fourth })
    here.feed({ kind: 'disconnected', tab: second })
    expect(here.look()).toContainEqual({ kind: 'reserve', carrier: fifth })
    expect([...here.state().reserved].sort()).toEqual([third, fourth, fifth].sort())
  })

  test('[REACH-4] tabs choose different carriers', () => {
    const crowd = Array.from({ length: 30 }, (_, n) => tab(`guest${n}`))
    const load = new Map<TabId, number>()
    for (const self of crowd) {
      const chosen = rankCarriers(
        self,
        crowd.filter((other) => other !== self),
      ).slice(0, CARRIERS_RESERVED)
      for (const carrier of chosen) load.set(carrier, (load.get(carrier) ?? 0) + 1)
    }
    expect(Math.max(...load.values())).toBeLessThanOrEqual(10)
  })

  test('[REACH-5] the seeker tries first whom the sought one chose', () => {
    const crowd = Array.from({ length: 12 }, (_, n) => tab(`guest${n}`))
    const sought = inRoom(ben, ...crowd)
    const seeker = inRoom(ann, ...crowd, ben)
    seeker.feed(...crowd.map((carrier) => heard(ben, carrier)), { kind: 'relay-lost' }, { kind: 'disconnected', tab: ben })
    seeker.pass(1_000)
    const link = seeker.state().tabs.get(ben)?.link
    expect(link?.kind === 'dialing' && link.via.kind === 'carrier' && sought.state().reserved.has(link.via.tab)).toBe(true)
  })

  test('[REACH-19] a bridge to the other half carries for us, whatever its rank', () => {
    const half = Array.from({ length: 8 }, (_, n) => tab(`here${n}`))
    const bridge = rankCarriers(ann, half).at(-1) as TabId
    const here = inRoom(ann, ...half)
    expect(here.state().reserved.has(bridge)).toBe(false)
    here.feed({ kind: 'peers-heard', by: bridge, tabs: new Set([ann, tab('there1'), tab('there2')]) })
    expect(here.look()).toContainEqual({ kind: 'reserve', carrier: bridge })
    here.feed(connected(tab('there1')), connected(tab('there2')))
    expect(here.state().reserved.size).toBe(CARRIERS_RESERVED)
  })

  test('[REACH-6] the relay is dialed again for ever', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' })
    for (let n = 0; n < 50; n++) {
      expect(here.look()).toContainEqual({ kind: 'connect-relay' })
      here.feed({ kind: 'relay-lost' })
      here.pass(REDIAL_MAX_MS * 1.25)
    }
  })

  test('[REACH-7] whom the relay lists again is dialed without waiting out old failures', () => {
    const here = inRoom(ann, ben, cleo)
    here.feed(heard(ben, cleo), { kind: 'relay-lost' }, { kind: 'disconnected', tab: ben })
    for (let n = 0; n < 8; n++) {
      here.pass(REDIAL_MAX_MS)
      here.feed(failed(ben, through(cleo)))
    }
    here.look()
    here.feed({ kind: 'relay-connected' }, listed(ben))
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: relay }])
  })
})

describe('forgetting', () => {
  test('[REACH-8] goodbye is goodbye, and old news about it is ignored', () => {
    const here = inRoom(ann, ben, cleo)
    here.feed({ kind: 'goodbye', tab: ben })
    expect(here.look()).toContainEqual({ kind: 'forget', tab: ben })
    here.feed({ kind: 'disconnected', tab: ben }, heard(ben, cleo))
    here.pass(GOODBYE_MS)
    expect([here.dials(), here.state().tabs.has(ben)]).toEqual([[], false])
    here.feed(heard(ben, cleo))
    expect(here.dials()).toHaveLength(1)
  })

  test('[REACH-8] who comes back through the relay is dialed', () => {
    const here = inRoom(ann, ben)
    here.feed({ kind: 'goodbye', tab: ben })
    here.look()
    here.feed(listed(ben))
    expect(here.dials()).toHaveLength(1)
  })

  test('[REACH-9] a tab of which nobody speaks any more', () => {
    const here = inRoom(ann, ben, cleo)
    here.feed(heard(ben, cleo), { kind: 'disconnected', tab: ben }, { kind: 'peer-unlisted', tab: ben })
    expect(here.state().tabs.has(ben)).toBe(true)
    here.feed({ kind: 'peer-unheard', tab: ben, by: cleo })
    expect(here.look()).toContainEqual({ kind: 'forget', tab: ben })
    here.pass(120_000)
    expect(here.dials()).toEqual([])
  })

  test('[REACH-9] the word of a tab lapses with its connection', () => {
    const here = inRoom(ann, cleo)
    here.feed(heard(dan, cleo), { kind: 'disconnected', tab: cleo }, failed(dan, through(cleo)))
    expect(here.state().tabs.has(dan)).toBe(false)
  })

  test('[REACH-18] what a tab says replaces what it said before', () => {
    const here = inRoom(ann, eve)
    const sees = (...tabs: TabId[]): ReachEvent => ({ kind: 'peers-heard', by: eve, tabs: new Set(tabs) })
    here.feed(sees(ann, ben, cleo))
    expect(here.dials().map((effect) => effect.tab)).toEqual([ben, cleo])
    here.feed(failed(ben, through(eve)), failed(cleo, through(eve)), sees(ann, cleo))
    expect(here.look()).toContainEqual({ kind: 'forget', tab: ben })
    here.feed({ ...sees(dan), by: dan } as ReachEvent)
    expect([...here.state().tabs.keys()]).toEqual([eve, cleo])
  })

  test('[REACH-13] a member that makes up tabs fills no more than the table', () => {
    const here = inRoom(ann, eve)
    for (let n = 0; n < 2 * KNOWN_TABS; n++) here.feed(heard(tab(`ghost${n}`), eve))
    expect(here.state().tabs.size).toBe(KNOWN_TABS)
    here.feed(connected(ben))
    expect(here.state().tabs.get(ben)?.link.kind).toBe('connected')
  })
})
