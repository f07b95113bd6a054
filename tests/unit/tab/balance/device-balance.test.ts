import { expect, test } from 'vitest'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { BLOCKED_MS, FIRST_PICTURE_MS, LADDER_STEP_MS, LINK_DIAL_MS, TECHNIQUE_REST_MS } from '../../../../src/protocol/limits.ts'
import type { MediaId } from '../../../../src/protocol/media.ts'
import { homeMark } from '../../../../src/protocol/room-link.ts'
import type { TwinLink } from '../../../twins/link.ts'
import { allBut, among, BEN, begin, CLEO, DAN, EVE, everybody, HOUR_MS, shows, TABS, want } from './ann-and-others.ts'

test('[BALANCE-19] what a source sends that cannot be reached is asked of the nearest, then of the next', async () => {
  const { balance, clock, look, changes, ends, learned } = await begin()
  Object.assign(ends[0] as TwinLink, { state: 'healing' })
  const ask = () =>
    balance.reroute([want(BEN, EVE, DAN)], among(allBut(BEN), [EVE, DAN, CLEO])).map(({ parent, standby }) => [parent, standby])
  expect(ask()).toEqual([[CLEO, DAN]])
  clock.advance(LADDER_STEP_MS.profile)
  look()
  expect(changes).toHaveLength(1)
  expect(ask()[0]?.[0]).toBe(DAN)
  balance.hear(shows(BEN, DAN))
  clock.advance(60_000)
  look()
  expect(ask()[0]?.[0]).toBe(DAN)
  expect(balance.mayTakeFrom(CLEO)).toBe(false)
  expect((await learned()).told.counts).toEqual(new Map([['proxy', { succeeded: 1, failed: 1 }]]))
  expect(balance.decisions.map(({ about }) => about)).toContain('way')
})

test('[BALANCE-27] whom the link names is asked second, whatever the way', async () => {
  const { balance, clock, look } = await begin({ homes: [homeMark('device of eve' as DeviceId)] })
  const ask = () => balance.reroute([want(BEN, DAN)], among(allBut(BEN), [EVE, DAN, CLEO]))[0]?.parent
  expect(ask()).toBe(CLEO)
  clock.advance(LADDER_STEP_MS.profile)
  look()
  expect(ask()).toBe(EVE)
})

test('[BALANCE-19] who can be reached is taken from as planned, and so is what nobody else passes on', async () => {
  const { balance } = await begin()
  const wants = [want(BEN, BEN, CLEO), want(CLEO, DAN, CLEO), want(EVE, DAN), { ...want(EVE, DAN), layer: 'audio' as const }]
  expect(balance.reroute(wants, among(allBut(EVE)))).toEqual(wants)
})

test('[BALANCE-21] a redirect on which nothing comes is not offered there again, and after two the device stays with sources', async () => {
  const { balance, clock, look } = await begin()
  const move = (parent: MediaId) => balance.reroute([want(BEN, parent, BEN)], among(everybody))
  expect(move(CLEO)).toEqual([want(BEN, CLEO, BEN)])
  clock.advance(FIRST_PICTURE_MS)
  look()
  expect([balance.mayTakeFrom(CLEO), balance.mayTakeFrom(DAN), balance.takesRedirects]).toEqual([false, true, false])
  expect(
    balance.tellRtts([
      [CLEO, 7],
      [DAN, 12],
    ]),
  ).toEqual([
    [CLEO, 60_000],
    [DAN, 60_000],
  ])
  // Stays where it is; the one that was planned stands by.
  expect(move(DAN)).toEqual([want(BEN, BEN, DAN)])
  clock.advance(TECHNIQUE_REST_MS)
  expect(balance.takesRedirects).toBe(true)
  move(DAN)
  balance.hear(shows(BEN, DAN))
  expect(balance.takesRedirects).toBe(true)
  expect(
    balance.tellRtts([
      [CLEO, 7],
      [DAN, 12],
    ]),
  ).toEqual([
    [CLEO, 7],
    [DAN, 12],
  ])
})

test('[BALANCE-21] one that works changes nothing, nor does a parent that left', async () => {
  const { balance, clock, look, leave, learned } = await begin()
  balance.reroute([want(BEN, CLEO, BEN)], among(everybody))
  clock.advance(300)
  balance.hear(shows(BEN, CLEO))
  balance.reroute([want(BEN, CLEO, BEN), want(DAN, EVE, DAN)], among(everybody))
  leave('eve' as TabId)
  balance.reroute([want(BEN, CLEO, BEN), want(DAN, EVE, DAN)], among(allBut(EVE)))
  clock.advance(FIRST_PICTURE_MS)
  look()
  expect([balance.takesRedirects, balance.mayTakeFrom(CLEO)]).toEqual([true, true])
  expect((await learned()).told.counts).toEqual(new Map([['redirect', { succeeded: 1, failed: 0 }]]))
})

test('[BALANCE-18] hops that leave the channel teach the network, and long ones do not', async () => {
  const { balance, clock, look, ends } = await begin()
  const hop = (id: MediaId, carrier: 'channel' | 'pipe') => ({ hop: id, carrier, sentKbps: 300, receivedKbps: 300, delivered: 1_000 })
  const move = (id: MediaId) => {
    look([hop(id, 'channel')])
    clock.advance(1_000)
    look([hop(id, 'pipe')])
  }
  Object.assign(ends[3] as TwinLink, { rttMs: 80 })
  for (let n = 0; n < 4; n++) move(EVE)
  expect(balance.firstCarrier).toBe('channel')
  move(BEN)
  move(CLEO)
  expect(balance.firstCarrier).toBe('pipe')
  expect(balance.decisions.at(-1)?.about).toBe('carrier')
  clock.advance(30 * 24 * HOUR_MS)
  expect(balance.firstCarrier).toBe('channel')
})

test('[BALANCE-7] a link that does not come to stand blocks the way from this network, until it stands', async () => {
  const { balance, clock, look, ends } = await begin({ dialing: 'ben' as TabId })
  clock.advance(LINK_DIAL_MS - 1)
  look()
  expect(balance.mayTakeFrom(BEN)).toBe(true)
  clock.advance(1)
  look()
  expect([balance.mayTakeFrom(BEN), balance.mayTakeFrom(CLEO)]).toEqual([false, true])
  Object.assign(ends[0] as TwinLink, { state: 'connected' })
  look()
  expect(balance.mayTakeFrom(BEN)).toBe(true)
})

test('[BALANCE-16] what is kept names neither address nor segment, tab nor device', async () => {
  const segment = new TextEncoder().encode('segment8')
  const { balance, clock, look, disk, learned } = await begin({ segment })
  balance.reroute([want(BEN, CLEO, BEN)], among(everybody))
  clock.advance(FIRST_PICTURE_MS)
  look()
  const { book } = await learned()
  expect([...disk.keys()]).toEqual(['balance'])
  // Each that was reached, and the one that passed nothing on once more.
  expect(book.reaches.size).toBe(TABS.length + 1)
  const text = JSON.stringify([...book.reaches, ...book.carriers.keys(), ...[...book.clients].map(([id, row]) => [id, [...row]])])
  for (const word of ['203.0.113', 'segment8', ...TABS]) expect(text).not.toContain(word)
  expect([...book.reaches.keys()].every((key) => /^[\w-]{12} [\w-]{12}$/.test(key))).toBe(true)
})

test('[BALANCE-38] who passes on only a part of a picture is not asked for a while, and that is said', async () => {
  const { balance, clock, changes } = await begin()
  const stream = { source: BEN, layer: 'main' } as const
  const ask = () => balance.reroute([want(BEN, EVE, DAN)], among(allBut(BEN), [EVE, DAN, CLEO]))[0]?.parent
  expect(ask()).toBe(CLEO)
  balance.hear(shows(BEN, CLEO))
  balance.hear({ t: 'parent-lossy', stream, parent: CLEO })
  expect([balance.mayTakeFrom(CLEO), balance.mayTakeFrom(DAN), balance.takesRedirects, changes.length]).toEqual([false, true, true, 1])
  expect(balance.decisions.at(-1)?.why).toContain(`#${CLEO} passed on only a part of a picture`)
  expect(ask()).toBe(DAN)
  clock.advance(BLOCKED_MS)
  expect(balance.mayTakeFrom(CLEO)).toBe(true)
})
