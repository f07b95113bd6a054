import { describe, expect, test } from 'vitest'
import { rankCarriers } from '../../../../src/core/room/carriers.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { CARRIERS_RESERVED, CARRIERS_TRIED, REDIAL_MAX_MS } from '../../../../src/protocol/limits.ts'
import { ann, ben, cleo, connected, failed, heard, inRoom, listed, relay, tab, tabAt, through } from './reach-tab.ts'

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
