import { expect, onTestFinished, test } from 'vitest'
import { EMPTY_BOOK } from '../../../../src/core/balance/profile-book.ts'
import type { Links } from '../../../../src/ports/link.ts'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { FIRST_PICTURE_MS, LADDER_STEP_MS, LINK_DIAL_MS, PROFILE_SAVE_MS, TECHNIQUE_REST_MS } from '../../../../src/protocol/limits.ts'
import { type MediaId, mediaIdOf } from '../../../../src/protocol/media.ts'
import type { HopFigures, MediaNews, Want } from '../../../../src/protocol/media-worker.ts'
import type { MeetingFacts, MeetingPlaces } from '../../../../src/protocol/meeting.ts'
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
  conductor: undefined,
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
  expect(book.reaches.size).toBe(TABS.length)
  const text = JSON.stringify([...book.reaches, ...book.carriers.keys(), ...[...book.clients].map(([id, row]) => [id, [...row]])])
  for (const word of ['203.0.113', 'segment8', ...TABS]) expect(text).not.toContain(word)
  expect([...book.reaches.keys()].every((key) => /^[\w-]{12} [\w-]{12}$/.test(key))).toBe(true)
})

const places = (change: Partial<MeetingPlaces>): MeetingPlaces => ({
  t: 'places',
  points: [],
  full: [],
  closed: [],
  isPlanned: true,
  list: [],
  ...change,
})

test('[BALANCE-33] what is told of places counts when the conductor told it, and who passes nothing on is not asked', async () => {
  const { balance } = await begin()
  const ask = (conductor: MediaId | undefined) =>
    balance
      .reroute([want(BEN, EVE)], { ...among(allBut(BEN), [EVE, DAN, CLEO]), conductor })
      .map(({ parent, standby }) => [parent, standby])
  balance.heard(DAN, places({ closed: [CLEO] }))
  expect(ask(EVE)).toEqual([[CLEO, DAN]])
  expect(ask(DAN)).toEqual([[DAN, EVE]])
})

test('[BALANCE-30] a newcomer spares a source that is full until it is in a plan', async () => {
  const { balance } = await begin()
  const streams = [{ source: BEN, layer: 'main' as const, edges: [[EVE, DAN]] as [number, number][], without: [], reason: '' }]
  const plan = { t: 'plan' as const, term: 1, number: 1, streams }
  const ask = () =>
    balance.reroute([want(BEN, BEN)], { ...among(everybody), plan, conductor: CLEO }).map(({ parent, standby }) => [parent, standby])
  expect(ask()).toEqual([[BEN, undefined]])
  balance.heard(CLEO, places({ full: [BEN], isPlanned: false, list: [DAN, CLEO] }))
  expect(ask()).toEqual([[DAN, EVE]])
  balance.hear(shows(BEN, DAN))
  balance.heard(CLEO, places({ full: [BEN] }))
  expect(ask()).toEqual([[BEN, undefined]])
})

test('[BALANCE-30] over a server that brought nothing, while a member did, nothing is taken for a while', async () => {
  const { balance, clock, look, ends, learned } = await begin()
  Object.assign(ends[0] as TwinLink, { path: 'relayed' })
  const ask = () => balance.reroute([want(BEN, BEN, DAN)], among(everybody, [CLEO])).map(({ parent }) => parent)
  expect(ask()).toEqual([BEN])
  clock.advance(LADDER_STEP_MS.profile)
  look()
  expect(ask()).toEqual([CLEO])
  balance.hear(shows(BEN, CLEO))
  expect((await learned()).told.counts).toEqual(
    new Map([
      ['turn', { succeeded: 0, failed: 1 }],
      ['proxy', { succeeded: 1, failed: 0 }],
    ]),
  )
  // Nobody else can be asked, so the server has its chance again.
  expect(balance.reroute([want(BEN, BEN)], among(everybody)).map(({ parent }) => parent)).toEqual([BEN])
  expect(ask()).toEqual([CLEO])
})

test('[BALANCE-29] whoever plans tells each where others pass on, and hears it too', async () => {
  const { balance } = await begin()
  const facts = (rtts: readonly MediaId[]): MeetingFacts => ({
    t: 'facts',
    uplinkKbps: 8_000,
    downlinkKbps: 8_000,
    packetsPerSecond: 9_000,
    forwards: 8,
    isSteady: true,
    rtts: rtts.map((id) => [id, 3]),
    sends: [],
    wants: [],
    delivered: [],
  })
  const self = mediaIdOf('ann' as TabId)
  const round = {
    atMs: 1_000,
    term: 1,
    facts: new Map([
      [BEN, facts([self])],
      [self, facts([BEN])],
    ]),
    standings: new Map(),
    before: undefined,
    plan: { t: 'plan' as const, term: 1, number: 1, streams: [] },
  }
  const told: (readonly [MediaId, MeetingPlaces])[] = []
  const tell = (id: MediaId, said: MeetingPlaces) => {
    told.push([id, said])
    return id !== DAN
  }
  balance.planned(round, [BEN, DAN], tell)
  expect(told.map(([id, { points, isPlanned }]) => [id, points.map(({ reflectors }) => reflectors), isPlanned])).toEqual([
    [BEN, [[[self, 0]]], true],
    [
      DAN,
      [
        [
          [BEN, 0],
          [self, 0],
        ],
      ],
      false,
    ],
  ])
  expect(balance.decisions.at(-1)).toMatchObject({ about: 'places', why: `pictures are passed on by #${BEN}` })
  told.length = 0
  balance.planned({ ...round, atMs: 2_000 }, [BEN, DAN], tell)
  expect(told.map(([id]) => id)).toEqual([DAN])
})
