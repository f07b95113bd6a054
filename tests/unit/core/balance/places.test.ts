import { expect, test } from 'vitest'
import { findPlaces, type Leases, type PlacesSeen, placesFor, renewLeases } from '../../../../src/core/balance/find-places.ts'
import { NOBODY_TOLD, notTold, tellPlaces } from '../../../../src/core/balance/tell-places.ts'
import { encodeFrame, parseFrame } from '../../../../src/protocol/frame.ts'
import {
  LINK_DIAL_MS,
  MEETING_FRAME_BYTES,
  NEWCOMER_MS,
  PLACE_REFLECTORS,
  PLACES_AGAIN_MS,
  PLACES_TOLD,
  REFLECTOR_LEASE_MS,
} from '../../../../src/protocol/limits.ts'
import type { MediaId } from '../../../../src/protocol/media.ts'
import { type MeetingFacts, type MeetingPlaces, type MeetingPlan, meetingMessage } from '../../../../src/protocol/meeting.ts'

const factsOf = (rtts: readonly [MediaId, number][], more: Partial<MeetingFacts> = {}): MeetingFacts => ({
  t: 'facts',
  uplinkKbps: 8_000,
  downlinkKbps: 50_000,
  packetsPerSecond: 10_000,
  forwards: 32,
  isSteady: true,
  rtts: [...rtts],
  sends: [],
  wants: [],
  delivered: [],
  ...more,
})

/** Two cities: 1, 2 and 3 in one, 4 and 5 in the other, 60 ms between them. */
const CITY = new Map([1, 2, 3, 4, 5].map((id) => [id, id < 4 ? 0 : 60]))
function cities(more: ReadonlyMap<MediaId, Partial<MeetingFacts>> = new Map()): Map<MediaId, MeetingFacts> {
  const ids = [...CITY.keys()]
  const rttsOf = (id: MediaId) =>
    ids
      .filter((other) => other !== id)
      .map((other): [MediaId, number] => [other, 4 + Math.abs((CITY.get(id) ?? 0) - (CITY.get(other) ?? 0))])
  return new Map(ids.map((id) => [id, factsOf(rttsOf(id), more.get(id))]))
}

const PLAN: MeetingPlan = { t: 'plan', term: 3, number: 1, streams: [] }
const SEEN = { plan: PLAN, standings: new Map(), segments: new Map<MediaId, string>(), nowMs: 60_000 }
function seen(facts: ReadonlyMap<MediaId, MeetingFacts>, more: Partial<PlacesSeen> = {}): PlacesSeen {
  const leases: Leases = renewLeases(renewLeases(new Map(), facts, 0), facts, 0)
  const now = new Map([...leases].map(([id, lease]) => [id, { ...lease, heardMs: SEEN.nowMs }]))
  return { ...SEEN, facts, leases: now, ...more }
}
const idsIn = ({ points }: MeetingPlaces) => points.map(({ reflectors }) => reflectors.map(([id]) => id).toSorted())

test('[BALANCE-29] points are those near each other by what they measured; on lease are those who pass on, are in use and told so lately', () => {
  const facts = cities(
    new Map<MediaId, Partial<MeetingFacts>>([
      [2, { forwards: 0 }],
      [5, { isSteady: false }],
    ]),
  )
  const places = findPlaces(seen(facts))
  expect(places.pops.map(({ members }) => members.toSorted()).toSorted()).toEqual([
    ['1', '2', '3'],
    ['4', '5'],
  ])
  const told = placesFor(1, places, true)
  // Nobody is told of itself, and who is in no plan yet alone gets a list.
  expect([idsIn(told), told.closed, told.list]).toEqual([[[3], [4]], [2], []])
  expect(idsIn(placesFor(2, places, true))).toEqual([[1, 3], [4]])
  const late = seen(facts, { nowMs: SEEN.nowMs + REFLECTOR_LEASE_MS })
  expect(placesFor(1, findPlaces(late), true).points).toEqual([])
  const rests = { carriesKbps: 8_000, isBenched: true, benchedUntilMs: 90_000, times: 1, judgedMs: 0 }
  expect(idsIn(placesFor(1, findPlaces(seen(facts, { standings: new Map([[3, rests]]) })), true))).toEqual([[4]])
})

test('[BALANCE-29] whom one network alone reaches is told of there, first, and nowhere else', () => {
  const facts = cities()
  // Behind a wall: 1 in the same office reaches 6, the others dialed in vain.
  facts.set(6, factsOf([[1, 2]]))
  const segments = new Map<MediaId, string>([
    [1, 'office'],
    [6, 'office'],
    [2, 'home'],
  ])
  const places = findPlaces(seen(facts, { segments }))
  expect(idsIn(placesFor(1, places, true))[0]).toEqual([6])
  expect(placesFor(1, places, true).points[0]?.isInside).toBe(true)
  for (const outside of [2, 3, 4]) {
    const { points, list } = placesFor(outside, places, true, 1)
    expect([points.flatMap(({ reflectors }) => reflectors.map(([id]) => id)), list].flat()).not.toContain(6)
  }
  // Nobody at all reaches it: it is told of to nobody.
  const alone = findPlaces(seen(new Map(facts).set(6, factsOf([])), { segments }))
  expect(idsIn(placesFor(1, alone, true)).flat()).not.toContain(6)
  // Until a link had its time nobody is walled off.
  const young = seen(facts, { segments, nowMs: LINK_DIAL_MS - 1 })
  const lately = { ...young, leases: new Map([...young.leases].map(([id, lease]) => [id, { ...lease, heardMs: young.nowMs }])) }
  expect(idsIn(placesFor(2, findPlaces(lately), true)).flat()).toContain(6)
})

test('[BALANCE-29] how busy a line is comes from the plan with one picture more, and full is whose picture others carry though it could be reached', () => {
  const sends = [{ layer: 'main' as const, kbps: 800, packetsPerSecond: 15 }]
  const wants = { wants: [[1, 'main']] as [MediaId, 'main'][] }
  const facts = cities(
    new Map<MediaId, Partial<MeetingFacts>>([
      [1, { uplinkKbps: 1_000, sends }],
      ...[2, 3, 4].map((id): [MediaId, typeof wants] => [id, wants]),
    ]),
  )
  const edges: [number, number][] = [
    [3, 2],
    [4, 2],
  ]
  const plan: MeetingPlan = { ...PLAN, streams: [{ source: 1, layer: 'main', edges, without: [], reason: '' }] }
  const told = placesFor(5, findPlaces(seen(facts, { plan })), false)
  expect(told.full).toEqual([1])
  expect(new Map(told.points.flatMap(({ reflectors }) => reflectors))).toEqual(
    new Map([
      [1, 100],
      [2, 30],
      [3, 10],
      [4, 10],
    ]),
  )
  // Who has no way to it takes it from others whatever its line carries.
  const walled = new Map(facts)
  for (const id of [1, 3, 4])
    walled.set(id, {
      ...(facts.get(id) as MeetingFacts),
      rtts: (facts.get(id)?.rtts ?? []).filter(([to]) => (id === 1 ? to === 2 : to !== 1)),
    })
  expect(findPlaces(seen(walled, { plan })).full).toEqual([])
})

test('[BALANCE-29] who comes is told at once and gets a list that begins with another for each, everybody else now and then', () => {
  const facts = cities()
  const all = [...facts.keys()]
  const round = (nowMs: number, term = 3) => ({
    ...SEEN,
    facts: new Map([...facts].map(([id, told]) => [id, { ...told }])),
    nowMs,
    plan: { ...PLAN, term },
  })
  const first = tellPlaces(NOBODY_TOLD, all, round(0))
  expect(first.tell.map(([id]) => id)).toEqual(all)
  const quiet = tellPlaces(first.next, all, round(2_000))
  expect(quiet.tell).toEqual([])
  const came = tellPlaces(quiet.next, [...all, 8, 9], round(3_000))
  expect(came.tell.map(([id, { isPlanned, list }]) => [id, isPlanned, list.length])).toEqual([
    [8, false, 5],
    [9, false, 5],
  ])
  const [eight, nine] = came.tell.map(([, { list }]) => list[0])
  expect(eight).not.toBe(nine)
  // It could not be told: again with the next plan.
  const again = tellPlaces(notTold(came.next, 9), [...all, 8, 9], round(4_000))
  expect(again.tell.map(([id]) => id)).toEqual([9])
  facts.set(8, factsOf([[1, 3]]))
  const planned = tellPlaces(again.next, [...all, 8, 9], round(5_000))
  expect(planned.tell.map(([id, { isPlanned }]) => [id, isPlanned])).toEqual([[8, true]])
  const later = tellPlaces(planned.next, [...all, 8], round(3_000 + NEWCOMER_MS))
  expect(later.tell.every(([, { list }]) => list.length === 0)).toBe(true)
  const due = tellPlaces(later.next, [...all, 8], round(3_000 + NEWCOMER_MS + PLACES_AGAIN_MS))
  expect(due.tell).toEqual([])
  expect(tellPlaces(due.next, all, round(50_000, 4)).tell.map(([id]) => id)).toEqual(all)
})

test('[BALANCE-33] what is told of places is read within its bounds or not at all', () => {
  const told = (change: object) =>
    parseFrame(
      encodeFrame({ t: 'places', points: [], full: [], closed: [], isPlanned: true, list: [], ...change }),
      meetingMessage,
      MEETING_FRAME_BYTES,
    ).kind
  const point = (count: number, busy = 50) => ({ isInside: false, reflectors: Array.from({ length: count }, (_, n) => [n + 1, busy]) })
  expect(told({ points: Array.from({ length: PLACES_TOLD }, () => point(PLACE_REFLECTORS)) })).toBe('ok')
  const bad = [
    { points: [point(PLACE_REFLECTORS + 1)] },
    { points: Array.from({ length: PLACES_TOLD + 1 }, () => point(1)) },
    { points: [point(0)] },
    { points: [point(1, 101)] },
    { points: [point(1, -1)] },
    { list: Array.from({ length: 9 }, (_, n) => n + 1) },
    { list: [0] },
    { full: ['x'] },
    { isPlanned: 1 },
  ]
  for (const change of bad) expect(told(change), JSON.stringify(change)).toBe('refused')
})
