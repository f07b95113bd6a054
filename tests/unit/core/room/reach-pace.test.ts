import { expect, test } from 'vitest'
import type { TabId } from '../../../../src/protocol/ids.ts'
import {
  DIAL_FIRST_MS,
  DIAL_QUICK_MS,
  DIAL_SLOW_MS,
  DIAL_TIMEOUT_MS,
  DIALS_AT_ONCE,
  DIALS_WHEN_SLOW,
  NEWCOMER_DIALS_MS,
  REDIAL_MAX_MS,
} from '../../../../src/protocol/limits.ts'
import { ann, ben, cleo, connected, eve, failed, heard, inRoom, listed, listedLater, relay, tab, tabAt, through } from './reach-tab.ts'

test('[REACH-24] whoever finds others dials them, whatever the ids', () => {
  const here = tabAt(ben)
  here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ann))
  expect(here.dials()).toEqual([{ kind: 'dial', tab: ann, via: relay }])
})

test('[REACH-24] a newcomer is given time to dial, and dialed when nothing came', () => {
  const here = tabAt(ann)
  here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listedLater(ben), listedLater(cleo))
  here.pass(NEWCOMER_DIALS_MS - 1)
  here.feed(connected(cleo))
  expect(here.dials()).toEqual([])
  here.pass(1)
  expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: relay }])
})

test('[REACH-24] who was known before is no newcomer: a broken connection is not left for long', () => {
  const here = inRoom(ann, ben, cleo)
  here.feed(heard(ben, cleo), { kind: 'disconnected', tab: ben }, { kind: 'peer-unlisted', tab: ben }, listedLater(ben))
  here.pass(1_000)
  expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: relay }])
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

test('[REACH-11] tabs that come into a full room do not all begin with the same few', () => {
  const crowd = Array.from({ length: 40 }, (_, n) => tab(`guest${n}`))
  const firstOf = (self: TabId) => {
    const here = tabAt(self)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(eve), ...crowd.map(listed))
    here.look()
    here.feed(failed(eve), ...Array.from({ length: 3 }, (_, n) => failed(tab(`guest${n}`))))
    return here.dials().map((dial) => dial.tab)
  }
  expect(new Set([...firstOf(ann), ...firstOf(ben), ...firstOf(cleo)]).size).toBeGreaterThan(DIALS_AT_ONCE)
})

test('[REACH-25] slow dials leave half as many under way, quick ones more again, refusals none of it', () => {
  const here = tabAt(ann)
  const crowd = Array.from({ length: 40 }, (_, n) => tab(`guest${n}`))
  here.feed({ kind: 'started' }, { kind: 'relay-connected' }, ...crowd.map(listed))
  const underWay = () => [...here.state().tabs.values()].flatMap(({ tab, link }) => (link.kind === 'dialing' ? [tab] : []))
  here.feed(failed(underWay()[0] as TabId))
  expect(underWay()).toHaveLength(DIALS_AT_ONCE)
  here.pass(DIAL_SLOW_MS)
  for (const slow of underWay()) here.feed(failed(slow))
  expect(underWay()).toHaveLength(DIALS_WHEN_SLOW)
  here.pass(DIAL_QUICK_MS)
  here.feed(connected(underWay()[0] as TabId))
  expect(underWay()).toHaveLength(DIALS_WHEN_SLOW + 1)
})

test('[REACH-20] the first dial is given up soon, each next one is given twice as long', () => {
  const here = tabAt(ann)
  here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
  for (let n = 0; n < 4; n++) {
    here.feed(failed(ben))
    here.pass(REDIAL_MAX_MS)
  }
  expect(here.timeouts().slice(0, 4)).toEqual([DIAL_FIRST_MS, 2 * DIAL_FIRST_MS, DIAL_TIMEOUT_MS, DIAL_TIMEOUT_MS])
})

test('[REACH-20] where dials take long the next ones are given longer', () => {
  const here = tabAt(ann)
  here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
  here.pass(4_000)
  here.feed(connected(ben))
  here.look()
  here.feed(listed(cleo))
  expect(here.timeouts()).toEqual([12_000])
})
