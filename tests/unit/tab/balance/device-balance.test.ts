import { expect, onTestFinished, test } from 'vitest'
import { EMPTY_BOOK } from '../../../../src/core/balance/profile-book.ts'
import type { Links } from '../../../../src/ports/link.ts'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { FIRST_PICTURE_MS, LADDER_STEP_MS, LINK_DIAL_MS, PROFILE_SAVE_MS, TECHNIQUE_REST_MS } from '../../../../src/protocol/limits.ts'
import { type MediaId, mediaIdOf } from '../../../../src/protocol/media.ts'
import type { HopFigures, MediaNews, Want } from '../../../../src/protocol/media-worker.ts'
import { homeMark } from '../../../../src/protocol/room-link.ts'
import { DeviceBalance } from '../../../../src/tab/balance/open-balance.ts'
import { loadProfiles } from '../../../../src/tab/balance/profile-store.ts'
import { linkPair, type TwinLink } from '../../../twins/link.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'
import { CLIENT } from './client.ts'

const TABS = ['ben', 'cleo', 'dan', 'eve'] as unknown as readonly TabId[]
const [BEN, CLEO, DAN, EVE] = TABS.map(mediaIdOf) as [MediaId, MediaId, MediaId, MediaId]
const HOUR_MS = 60 * 60_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function begin(options: { readonly segment?: Bytes; readonly dialing?: TabId; readonly homes?: readonly number[] } = {}) {
  const clock = new ManualClock()
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const ends = TABS.map(
    (tab) => linkPair({ tab: 'ann' as TabId, device: 'ann' as DeviceId }, { tab, device: `device of ${tab}` as DeviceId })[0],
  )
  for (const [n, link] of ends.entries())
    Object.assign(link, { rttMs: 2 + 5 * n, ...(link.peer === options.dialing && { state: 'connecting' }) })
  const listeners = new Set<() => void>()
  let present: readonly TwinLink[] = ends
  let looks = 0
  const links: Links = {
    all() {
      looks++
      return present
    },
    get: (peer) => present.find((link) => link.peer === peer),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  let saved = false
  const disk = new Map<string, Bytes>()
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const drawer = {
    values: {
      load: async (name: string) => disk.get(name),
      save: async (name: string, value: Bytes | null) => {
        if (value !== null) disk.set(name, value)
        saved = true
      },
    },
    key,
    random: (length: number) => new Uint8Array(length).fill(7),
  }
  const changes: number[] = []
  const balance = new DeviceBalance({
    links,
    clock,
    random: drawer.random,
    signal: closing.signal,
    segment: () => options.segment,
    onChange: () => changes.push(clock.nowMs()),
    drawer,
    kept: { book: EMPTY_BOOK, salt: new Uint8Array(32).fill(7), told: { atMs: 0, counts: new Map() } },
    homes: options.homes ?? [],
    origin: 'http://127.0.0.1:1',
    draw: 0.5,
    seen: { prefix: '203.0.113', nat: 'same-port' },
    client: CLIENT,
  })
  // Links are looked at again with each name that is hashed: of everybody, and of the network.
  for (const before = looks; looks < before + TABS.length + 1; ) await pause(1)
  const leave = (tab: TabId) => {
    present = present.filter(({ peer }) => peer !== tab)
    for (const listener of listeners) listener()
  }
  const look = (hops: readonly Partial<HopFigures>[] = []): void => {
    const figures = { uplinkKbps: 0, incoming: [], outgoing: [], levels: [], hops: hops as readonly HopFigures[] }
    balance.hear({ t: 'figures', figures })
  }
  /** What is kept once it was saved. */
  const learned = async () => {
    saved = false
    clock.advance(PROFILE_SAVE_MS)
    for (let waits = 0; !saved && waits < 300; waits++) await pause(1)
    return loadProfiles(drawer)
  }
  return { balance, clock, ends, disk, changes, leave, look, learned }
}

const want = (source: MediaId, parent: MediaId, standby?: MediaId): Want => ({
  source,
  layer: 'main',
  maxTemporal: 2,
  isShown: true,
  parent,
  standby,
})
const shows = (source: MediaId, from: MediaId): MediaNews => ({ t: 'shows', source, view: 'camera', layer: 'main', from })
/** `bridges` say that they reach Ben. */
const among = (direct: ReadonlySet<MediaId>, bridges: readonly MediaId[] = []) => ({
  plan: undefined,
  self: mediaIdOf('ann' as TabId),
  reach: { direct, sees: new Map(bridges.map((id) => [id, new Set([BEN])])) },
})
const everybody = new Set([BEN, CLEO, DAN, EVE])
const allBut = (id: MediaId) => new Set([...everybody].filter((other) => other !== id))

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
  expect(balance.decisions.map(({ about }) => about)).toContain('forwarder')
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
  expect(book.reaches.size).toBe(TABS.length)
  const text = JSON.stringify([...book.reaches, ...book.carriers.keys(), ...[...book.clients].map(([id, row]) => [id, [...row]])])
  for (const word of ['203.0.113', 'segment8', ...TABS]) expect(text).not.toContain(word)
  expect([...book.reaches.keys()].every((key) => /^[\w-]{12} [\w-]{12}$/.test(key))).toBe(true)
})
