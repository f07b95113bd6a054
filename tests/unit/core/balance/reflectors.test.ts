import { expect, test } from 'vitest'
import { plannedParent, waysRound } from '../../../../src/core/balance/ask-forwarders.ts'
import { chooseTechnique } from '../../../../src/core/balance/choose-technique.ts'
import { type Abilities, clientProfile } from '../../../../src/core/balance/client-profile.ts'
import { explainWay } from '../../../../src/core/balance/explain-pick.ts'
import { lookAtSource, memberSeen, NOWHERE } from '../../../../src/core/balance/look-at-source.ts'
import {
  accessible,
  type Candidate,
  lightest,
  loadWith,
  near,
  pickReflector,
  type Reflector,
} from '../../../../src/core/balance/metrics.ts'
import { findPops, onlyNetwork, permutedList } from '../../../../src/core/balance/points-of-presence.ts'
import { EMPTY_BOOK, newsOfWay, noteInBook, type ProfileBook } from '../../../../src/core/balance/profile-book.ts'
import type { Outcome } from '../../../../src/core/balance/tally.ts'
import { TECHNIQUES } from '../../../../src/protocol/balance.ts'
import { BLOCKED_MS, POP_RTT_MS, WHY_CHARS } from '../../../../src/protocol/limits.ts'
import type { MeetingPlan } from '../../../../src/protocol/meeting.ts'
import { type Random, seededRandom } from '../../../sim/random.ts'

const ABLE: Abilities = {
  client: 'tab',
  engine: 'chromium',
  major: 156,
  codecs: ['vp8'],
  encodedStreams: true,
  scriptTransform: true,
  channelInWorker: true,
  webCodecs: true,
}
const IDLE = { reflect: 0, composite: 0 }
const reflector = (id: string, more: Partial<Reflector> = {}): Reflector => ({
  id,
  isOnLease: true,
  onlyIn: undefined,
  load: IDLE,
  units: 100,
  ...more,
})
const candidate = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  ...reflector(id),
  isLinked: true,
  isBlocked: false,
  rttMs: 20,
  ...more,
})
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id)

function anyCandidate(random: Random, id: string): Candidate {
  const odd = [0, 1, 50, 1e9, Number.POSITIVE_INFINITY, Number.NaN, -5]
  return candidate(id, {
    isOnLease: random.chance(0.8),
    isLinked: random.chance(0.6),
    isBlocked: random.chance(0.2),
    onlyIn: random.chance(0.2) ? random.pick(['here', 'there']) : undefined,
    rttMs: random.chance(0.2) ? undefined : random.between(1, 200),
    load: { reflect: random.pick(odd), composite: random.pick(odd) },
    units: random.pick([0, 1, 100, Number.NaN]),
  })
}

const isReachable = ({ isOnLease, isLinked, isBlocked: blocked, onlyIn }: Candidate) =>
  isOnLease && isLinked && !blocked && (onlyIn === undefined || onlyIn === 'here')

test('[BALANCE-8] no load, however odd, makes anybody be picked who cannot be reached, and who can be reached is found', () => {
  const random = seededRandom(8)
  for (let round = 0; round < 3_000; round++) {
    const candidates = Array.from({ length: random.between(0, 12) }, (_, n) => anyCandidate(random, `r${n}`))
    const { picked, steps } = pickReflector(candidates, 'here')
    const reachable = candidates.filter(isReachable)
    expect(picked === undefined).toBe(reachable.length === 0)
    if (picked !== undefined) expect(reachable).toContain(picked)
    let left = candidates.length
    for (const { kept, dropped } of steps) {
      expect(kept.length + dropped.length).toBe(left)
      left = kept.length
    }
  }
})

test('[BALANCE-8] accessibility, then latency, then load', () => {
  const idleFar = candidate('idle-far', { rttMs: 90 })
  const busyNear = candidate('busy-near', { rttMs: 20, load: { ...IDLE, reflect: 80 } })
  const freeNear = candidate('free-near', { rttMs: 22, load: { ...IDLE, reflect: 10 } })
  const nearest = candidate('nearest', { rttMs: 1, isLinked: false })
  const { picked, steps } = pickReflector([idleFar, busyNear, freeNear, nearest], 'here')
  expect(picked?.id).toBe('free-near')
  expect(steps.map(({ metric, kept, dropped }) => [metric, ids(kept), dropped])).toEqual([
    ['accessibility', ['idle-far', 'busy-near', 'free-near'], [{ id: 'nearest', because: 'no-link' }]],
    ['latency', ['busy-near', 'free-near'], [{ id: 'idle-far', because: 'far' }]],
    ['load', ['free-near'], [{ id: 'busy-near', because: 'loaded' }]],
  ])
})

test('[BALANCE-8] whom nobody measured comes after those who were; among the unmeasured all are alike', () => {
  expect(ids(near([candidate('a', { rttMs: undefined }), candidate('b', { rttMs: 500 })]).kept)).toEqual(['b'])
  expect(ids(near([candidate('a', { rttMs: undefined }), candidate('b', { rttMs: undefined })]).kept)).toEqual(['a', 'b'])
})

test('[BALANCE-9] a composition weighs more than many copies, and who is full is picked only when all are', () => {
  const composing = candidate('composing', { load: { reflect: 0, composite: 1 } })
  const copying = candidate('copying', { load: { reflect: 20, composite: 0 } })
  expect(ids(lightest([composing, copying]).kept)).toEqual(['copying'])
  expect([loadWith(copying), loadWith(composing)]).toEqual([0.21, 0.46])

  const full = candidate('full', { rttMs: 1, load: { ...IDLE, reflect: 100 } })
  expect(pickReflector([full, candidate('far', { rttMs: 150 })], 'here').picked?.id).toBe('far')
  expect(accessible([full], 'here').kept).toEqual([full])
})

test('[BALANCE-10] every way that is asked says why within its bound, however many were left out', () => {
  const random = seededRandom(10)
  const way = { kind: 'asks', source: 4_294_967_295, attempt: { rung: 'profile', technique: 'list', reflector: '4294967294' } } as const
  const choice = chooseTechnique(TECHNIQUES, { own: new Map(), priors: new Map(), nowMs: 0, draws: [] })
  for (let round = 0; round < 300; round++) {
    const candidates = Array.from({ length: 40 }, (_, n) => anyCandidate(random, `${n}`))
    const pick = pickReflector(candidates, 'here')
    const said = explainWay(way, { ...choice, because: random.pick(['drawn', 'all-rest', 'default']), resting: TECHNIQUES }, pick)
    expect(said.length).toBeLessThanOrEqual(WHY_CHARS)
  }
  const others = [candidate('2', { isBlocked: true }), candidate('3', { rttMs: 99 }), candidate('4', { isBlocked: true })]
  const pick = pickReflector([candidate('1', { rttMs: 12 }), ...others], 'here')
  const attempt = { rung: 'profile', technique: 'proxy', reflector: '1' } as const
  expect(explainWay({ kind: 'asks', source: 9, attempt }, choice, pick)).toBe(
    '#9’s picture: #1 is asked, who has ways to both; nothing is known of this kind of device (2 failed before; 1 farther)',
  )
})

const missed = { kind: 'not-reached', network: 'here', reflector: 'passes 1' } as const
const reached = { kind: 'reached', network: 'here', reflector: 'passes 1', rttMs: 15, path: 'direct', dialMs: 400 } as const
/** Whom a tab asks that has links to 1 and 2, and none to 9, whom both reach. */
function askedAt(book: ProfileBook, nowMs: number, network = 'here'): readonly number[] {
  const link = { isLinked: true, isByServer: false, rttMs: 10, composes: 0 }
  const looked = lookAtSource(9, {
    plan: undefined,
    self: 5,
    reach: { direct: new Set([1, 2]), sees: new Map([[9, new Set([1, 2])]]) },
    places: NOWHERE,
    hinted: new Set(),
    takesRedirects: true,
    memberOf: (id) => memberSeen(book, { network, device: `${id}`, passing: `passes ${id}` }, link, nowMs),
  })
  return (looked?.ask.order ?? []).toSorted()
}

test('[BALANCE-7] who brought nothing to a network is not asked there until that expires, twice as long each time', () => {
  const book = noteInBook(EMPTY_BOOK, missed, 1_000)
  expect(askedAt(book, 1_000)).toEqual([2])
  expect(askedAt(book, 1_000, 'elsewhere')).toEqual([1, 2])
  expect(askedAt(book, 1_000 + BLOCKED_MS)).toEqual([1, 2])
  const again = noteInBook(book, missed, 1_000 + BLOCKED_MS)
  expect(askedAt(again, 1_000 + 2 * BLOCKED_MS)).toEqual([2])
  expect(askedAt(again, 1_000 + 3 * BLOCKED_MS)).toEqual([1, 2])
  // A device that was dialed in vain is left alone as well.
  expect(askedAt(noteInBook(EMPTY_BOOK, { ...missed, reflector: '2' }, 1_000), 1_000)).toEqual([1])
})

test('[BALANCE-7] also one that was always reached, and one success forgets the block', () => {
  let book = EMPTY_BOOK
  for (let n = 0; n < 20; n++) book = noteInBook(book, reached, n)
  book = noteInBook(book, missed, 100)
  expect(askedAt(book, 101)).toEqual([2])
  expect(askedAt(noteInBook(book, reached, 102), 103)).toEqual([1, 2])
})

test('[BALANCE-7] what came of a way is held for or against who was asked, not who stands behind a server', () => {
  const client = clientProfile(ABLE)
  const way = { client, technique: 'redirect', network: 'here', passing: 'passes 1' } as const
  const after = (outcome: Outcome, more: Partial<typeof way> | { technique: 'turn' } = {}, book = EMPTY_BOOK) =>
    newsOfWay(book, { ...way, ...more }, outcome).map(({ kind }) => kind)
  const worked = { kind: 'worked', mediaMs: 300 } as const
  expect([after({ kind: 'failed' }), after({ kind: 'failed' }, { technique: 'turn' })]).toEqual([
    ['technique', 'not-reached'],
    ['technique'],
  ])
  // Of who never failed there is no row to mend.
  expect([after(worked), after(worked, {}, noteInBook(EMPTY_BOOK, missed, 0))]).toEqual([['technique'], ['technique', 'reached']])
})

const rttIn = (places: ReadonlyMap<string, number>) => (from: string, to: string) =>
  Math.abs((places.get(from) ?? 0) - (places.get(to) ?? 0))

test('[BALANCE-19] what cannot be reached is asked of those who say that they reach it, and first of whom a plan names', () => {
  const reach = {
    direct: new Set([2, 3, 4]),
    sees: new Map([
      [2, new Set([9])],
      [3, new Set([8])],
      [9, new Set([4])],
    ]),
  }
  const edges: [number, number][] = [[1, 4]]
  const plan: MeetingPlan = { t: 'plan', term: 1, number: 1, streams: [{ source: 8, layer: 'main', edges, without: [], reason: '' }] }
  expect([plannedParent(plan, 1, 8, reach), plannedParent(plan, 2, 8, reach), plannedParent(undefined, 1, 8, reach)]).toEqual([
    4,
    undefined,
    undefined,
  ])
  expect(plannedParent(plan, 1, 8, { ...reach, direct: new Set([2]) })).toBe(undefined)
  expect([waysRound(9, 1, reach, undefined).toSorted(), waysRound(8, 1, reach, 4), waysRound(7, 1, reach, undefined)]).toEqual([
    [2, 4],
    [4, 3],
    [],
  ])
})

test('[BALANCE-13] members all near each other are one point', () => {
  const places = new Map([
    ['a', 0],
    ['b', 10],
    ['c', 25],
    ['d', 38],
    ['e', 500],
    ['f', 505],
  ])
  const members = [...places.keys()].map((id) => reflector(id, { isOnLease: id !== 'f' }))
  const pops = findPops(members, rttIn(places))
  for (const { members: inside } of pops)
    for (const one of inside) for (const other of inside) expect(rttIn(places)(one, other)).toBeLessThan(POP_RTT_MS)
  expect(pops.map((pop) => [pop.members, pop.reflectors])).toEqual([
    [
      ['b', 'c', 'a'],
      ['b', 'c', 'a'],
    ],
    [['d'], ['d']],
    [['e', 'f'], ['e']],
  ])
  expect(findPops(members.toReversed(), rttIn(places))).toEqual(pops)
  expect(findPops(members, () => undefined).every(({ members: inside }) => inside.length === 1)).toBe(true)
})

test('[BALANCE-14] a reflector of one network is offered there before all others and nowhere else', () => {
  expect(onlyNetwork(new Set(['office']), new Set(['home', 'phone']))).toBe('office')
  expect(onlyNetwork(new Set(['office', 'home']), new Set(['phone']))).toBeUndefined()
  expect(onlyNetwork(new Set(['office']), new Set(['office']))).toBeUndefined()

  const all = [reflector('world'), reflector('inner', { onlyIn: 'office' })]
  const pops = findPops(all, () => 1)
  expect(pops.map(({ onlyIn }) => onlyIn)).toEqual(
    [undefined, 'office'].filter((only) => pops.some((pop) => pop.onlyIn === only)).toSorted(),
  )
  expect(permutedList(pops, 'home', () => 1, 0)).toEqual(['world'])
  expect(permutedList(pops, 'office', () => 1, 0)).toEqual(['inner', 'world'])

  const seen = [candidate('world', { rttMs: 2 }), candidate('inner', { rttMs: 9, onlyIn: 'office' })]
  expect(pickReflector(seen, 'office').picked?.id).toBe('inner')
  expect(pickReflector(seen, 'home').picked?.id).toBe('world')
})

test('[BALANCE-15] the nearest point is first, and its members share newcomers evenly', () => {
  const places = new Map([
    ['a1', 0],
    ['a2', 5],
    ['a3', 9],
    ['b1', 200],
    ['b2', 207],
  ])
  const pops = findPops(
    [...places.keys()].map((id) => reflector(id)),
    rttIn(places),
  )
  const distance = ({ members }: { readonly members: readonly string[] }) => places.get(members[0] ?? '') ?? 0
  const random = seededRandom(15)
  const firsts = new Map<string, number>()
  const rounds = 3_000
  for (let n = 0; n < rounds; n++) {
    const list = permutedList(pops, 'x', distance, random.below(1_000_000))
    expect([list.slice(0, 3).toSorted(), list.slice(3).toSorted()]).toEqual([
      ['a1', 'a2', 'a3'],
      ['b1', 'b2'],
    ])
    firsts.set(list[0] ?? '', (firsts.get(list[0] ?? '') ?? 0) + 1)
  }
  const expected = rounds / 3
  const chiSquare = [...firsts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  // Two degrees of freedom: above this in one of a thousand runs of chance.
  expect([firsts.size, chiSquare < 13.8]).toEqual([3, true])
  // In turn, everybody exactly once.
  expect([0, 1, 2].map((turn) => permutedList(pops, 'x', distance, turn)[0]).toSorted()).toEqual(['a1', 'a2', 'a3'])
  const offLease = findPops(
    [...places.keys()].map((id) => reflector(id, { isOnLease: id === 'b2' })),
    rttIn(places),
  )
  expect(permutedList(offLease, 'x', distance, 5)).toEqual(['b2'])
})
