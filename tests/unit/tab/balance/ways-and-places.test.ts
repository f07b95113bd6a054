import { expect, test } from 'vitest'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { LADDER_STEP_MS } from '../../../../src/protocol/limits.ts'
import { type MediaId, mediaIdOf } from '../../../../src/protocol/media.ts'
import type { MeetingFacts, MeetingPlaces } from '../../../../src/protocol/meeting.ts'
import type { TwinLink } from '../../../twins/link.ts'
import { allBut, among, BEN, begin, CLEO, DAN, EVE, everybody, shows, want } from './ann-and-others.ts'

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

test('[BALANCE-31] that a link stands again does not make up for what did not come over it', async () => {
  const { balance, clock, look, leave, comeBack } = await begin()
  const ask = () => balance.reroute([want(BEN, DAN)], among(allBut(BEN), [CLEO, DAN]))[0]?.parent
  expect(ask()).toBe(CLEO)
  clock.advance(LADDER_STEP_MS.profile)
  look()
  balance.hear(shows(BEN, DAN))
  leave('cleo' as TabId)
  comeBack()
  look()
  expect([balance.mayTakeFrom(CLEO), balance.mayTakeFrom(DAN)]).toEqual([false, true])
})

test('[BALANCE-43] of those equally near, who makes no picture of the call is asked before who records it', async () => {
  const asked = async (composing?: TabId) => {
    const { balance, ends } = await begin(composing === undefined ? {} : { composing })
    Object.assign(ends[2] as TwinLink, { rttMs: 8 })
    return balance.reroute([want(BEN, EVE)], among(allBut(BEN), [EVE, DAN, CLEO])).map(({ parent, standby }) => [parent, standby])
  }
  expect(await asked()).toEqual([[CLEO, DAN]])
  expect(await asked('cleo' as TabId)).toEqual([[DAN, CLEO]])
  // The way is worth more than a free processor far away.
  expect(await asked('dan' as TabId)).toEqual([[CLEO, DAN]])
})
