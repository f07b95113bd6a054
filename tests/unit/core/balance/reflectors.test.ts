import { expect, test } from 'vitest'
import { plannedParent, waysRound } from '../../../../src/core/balance/ask-forwarders.ts'
import { chooseTechnique } from '../../../../src/core/balance/choose-technique.ts'
import { explainPick, explainTechnique } from '../../../../src/core/balance/explain-pick.ts'
import {
  accessible,
  type Candidate,
  lightest,
  loadWith,
  near,
  pickReflector,
  type Reflector,
} from '../../../../src/core/balance/metrics.ts'
import { natKind, networkPrefix, outerAddress } from '../../../../src/core/balance/network-profile.ts'
import { candidateOf, offerReflectors } from '../../../../src/core/balance/offer-reflectors.ts'
import { findPops, onlyNetwork, permutedList } from '../../../../src/core/balance/points-of-presence.ts'
import { EMPTY_BOOK, isBlocked, noteInBook } from '../../../../src/core/balance/profile-book.ts'
import { TECHNIQUES } from '../../../../src/protocol/balance.ts'
import { BLOCKED_MS, POP_RTT_MS, REFLECTORS_OFFERED, WHY_CHARS } from '../../../../src/protocol/limits.ts'
import type { MeetingPlan } from '../../../../src/protocol/meeting.ts'
import { type Random, seededRandom } from '../../../sim/random.ts'

const IDLE = { reflect: 0, composite: 0, turn: 0 }
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
    load: { reflect: random.pick(odd), composite: random.pick(odd), turn: random.pick(odd) },
    units: random.pick([0, 1, 100, Number.NaN]),
  })
}

const isReachable = ({ isOnLease, isLinked, isBlocked: blocked, onlyIn }: Candidate) =>
  isOnLease && isLinked && !blocked && (onlyIn === undefined || onlyIn === 'here')

test('[BALANCE-8] no load, however odd, makes anybody be picked who cannot be reached, and who can be reached is found', () => {
  const random = seededRandom(8)
  for (let round = 0; round < 3_000; round++) {
    const candidates = Array.from({ length: random.between(0, 12) }, (_, n) => anyCandidate(random, `r${n}`))
    const { picked, steps } = pickReflector(candidates, 'here', random.pick(['reflect', 'composite', 'turn']))
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
  const { picked, steps } = pickReflector([idleFar, busyNear, freeNear, nearest], 'here', 'reflect')
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
  const composing = candidate('composing', { load: { reflect: 0, composite: 1, turn: 0 } })
  const copying = candidate('copying', { load: { reflect: 20, composite: 0, turn: 5 } })
  expect(ids(lightest([composing, copying], 'reflect').kept)).toEqual(['copying'])
  expect([loadWith(copying, 'reflect'), loadWith(copying, 'turn'), loadWith(copying, 'composite')]).toEqual([0.31, 0.32, 0.75])

  const full = candidate('full', { rttMs: 1, load: { ...IDLE, reflect: 100 } })
  expect(pickReflector([full, candidate('far', { rttMs: 150 })], 'here', 'reflect').picked?.id).toBe('far')
  expect(accessible([full], 'here', 'reflect').kept).toEqual([full])
})

test('[BALANCE-10] every pick and technique says why within its bound', () => {
  const random = seededRandom(10)
  for (let round = 0; round < 300; round++) {
    const candidates = Array.from({ length: 40 }, (_, n) => anyCandidate(random, `${'x'.repeat(random.between(1, 60))}${n}`))
    expect(explainPick(pickReflector(candidates, 'here', 'reflect')).length).toBeLessThanOrEqual(WHY_CHARS)
  }
  const others = [candidate('b', { isBlocked: true }), candidate('c', { rttMs: 99 }), candidate('d', { isBlocked: true })]
  expect(explainPick(pickReflector([candidate('a', { rttMs: 12 }), ...others], 'here', 'reflect'))).toBe(
    '#a of 4, 12 ms away, 1 % busy (2 failed before; 1 farther)',
  )
  expect(explainPick(pickReflector(others.slice(0, 1), 'here', 'reflect'))).toBe('None of 1 can be used (1 failed before)')
  const choice = chooseTechnique(TECHNIQUES, { own: new Map(), priors: new Map(), nowMs: 0, draws: [] })
  expect(explainTechnique(choice)).toBe('through the one it has: nothing is known of this kind of device')
})

const missed = { kind: 'not-reached', network: 'here', reflector: 'a' } as const
const reached = { kind: 'reached', network: 'here', reflector: 'a', rttMs: 15, path: 'direct', dialMs: 400 } as const

test('[BALANCE-7] what a network could not reach is not offered there until that expires, twice as long each time', () => {
  const all = [reflector('a'), reflector('b')]
  const book = noteInBook(EMPTY_BOOK, missed, 1_000)
  const offered = (nowMs: number, network = 'here', from = book) => ids(offerReflectors(from, all, network, nowMs))
  expect(offered(1_000)).toEqual(['b'])
  expect(offered(1_000, 'elsewhere')).toEqual(['a', 'b'])
  expect(offered(1_000 + BLOCKED_MS)).toEqual(['a', 'b'])
  const again = noteInBook(book, missed, 1_000 + BLOCKED_MS)
  expect(offered(1_000 + 2 * BLOCKED_MS, 'here', again)).toEqual(['b'])
  expect(offered(1_000 + 3 * BLOCKED_MS, 'here', again)).toEqual(['a', 'b'])
  expect(candidateOf(book, reflector('a'), true, 'here', 1_000).isBlocked).toBe(true)
})

test('[BALANCE-7] also one that was always reached, and one success forgets the block', () => {
  let book = EMPTY_BOOK
  for (let n = 0; n < 20; n++) book = noteInBook(book, reached, n)
  book = noteInBook(book, missed, 100)
  expect(isBlocked(book, 'here', 'a', 101)).toBe(true)
  expect(isBlocked(noteInBook(book, reached, 102), 'here', 'a', 103)).toBe(false)
})

test('[BALANCE-7] those that were reached come first, the nearest first, and a few places are for new ones', () => {
  let book = EMPTY_BOOK
  const known = Array.from({ length: REFLECTORS_OFFERED }, (_, n) => reflector(`k${n}`))
  for (const [n, { id }] of known.entries()) book = noteInBook(book, { ...reached, reflector: id, rttMs: 100 - n }, 0)
  const fresh = Array.from({ length: 5 }, (_, n) => reflector(`f${n}`))
  const offered = ids(offerReflectors(book, [...fresh, ...known], 'here', 1))
  expect(offered).toEqual(['k7', 'k6', 'k5', 'k4', 'k3', 'k2', 'f0', 'f1'])
  expect(ids(offerReflectors(book, known, 'here', 1))).toHaveLength(REFLECTORS_OFFERED)
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

test('[BALANCE-13] members all near each other are one point, with two reflectors a core', () => {
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
  expect(pops.map((pop) => [pop.members, pop.isCore])).toEqual([
    [['b', 'c', 'a'], true],
    [['d'], false],
    [['e', 'f'], false],
  ])
  expect(findPops(members.toReversed(), rttIn(places))).toEqual(pops)
  expect(findPops(members, () => undefined).every(({ members: inside }) => inside.length === 1)).toBe(true)
})

test('[BALANCE-14] a reflector of one network is offered there before all others and nowhere else', () => {
  expect(onlyNetwork(new Set(['office']), new Set(['home', 'phone']))).toBe('office')
  expect(onlyNetwork(new Set(['office', 'home']), new Set(['phone']))).toBeUndefined()
  expect(onlyNetwork(new Set(['office']), new Set(['office']))).toBeUndefined()

  const all = [reflector('world'), reflector('inner', { onlyIn: 'office' })]
  expect(ids(offerReflectors(EMPTY_BOOK, all, 'home', 0))).toEqual(['world'])
  const pops = findPops(all, () => 1)
  expect(pops.map(({ onlyIn }) => onlyIn)).toEqual(
    [undefined, 'office'].filter((only) => pops.some((pop) => pop.onlyIn === only)).toSorted(),
  )
  expect(permutedList(pops, 'home', () => 1, 0)).toEqual(['world'])
  expect(permutedList(pops, 'office', () => 1, 0)).toEqual(['inner', 'world'])

  const seen = [candidate('world', { rttMs: 2 }), candidate('inner', { rttMs: 9, onlyIn: 'office' })]
  expect(pickReflector(seen, 'office', 'reflect').picked?.id).toBe('inner')
  expect(pickReflector(seen, 'home', 'reflect').picked?.id).toBe('world')
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

test.each([
  ['203.0.113.77', '203.0.113'],
  ['::ffff:203.0.113.77', '203.0.113'],
  ['2001:db8:7:8::1', '2001:db8:7'],
  ['2001:0db8:0007:8:9:a:b:c', '2001:db8:7'],
  ['fe80::1%eth0', 'fe80:0:0'],
  ['64:ff9b::203.0.113.77', '64:ff9b:0'],
  ['::', '0:0:0'],
])('[BALANCE-16] %s is in %s', (address, prefix) => {
  expect(networkPrefix(address)).toBe(prefix)
})

test.each(['', 'c3d9.local', '1.2.3', '256.1.1.1', '1:2:3', '1::2::3', '1:2:3:4:5:6:7:8:9', 'g::1'])(
  '[BALANCE-16] "%s" tells nothing',
  (address) => {
    expect(networkPrefix(address)).toBe('unknown')
  },
)

test('[BALANCE-16] the kind of NAT, from what the browser gathered', () => {
  const host = { type: 'host', protocol: 'udp', address: '192.168.1.5', port: 5000, relatedPort: undefined }
  const hidden = { ...host, address: undefined }
  const outer = { type: 'srflx', protocol: 'udp', address: '203.0.113.9', port: 6000, relatedPort: 5000 }
  expect(natKind([host, outer], 0)).toBe('unknown')
  expect(natKind([host, outer], 1)).toBe('unknown')
  expect(natKind([host, outer, outer], 2)).toBe('same-port')
  expect(natKind([hidden, outer, { ...outer, port: 6001 }], 2)).toBe('new-port')
  expect(natKind([host], 2)).toBe('closed')
  expect(natKind([{ ...host, address: '203.0.113.9' }], 2)).toBe('open')
  expect(natKind([{ ...host, protocol: 'tcp', address: '203.0.113.9' }], 2)).toBe('closed')
  expect([outerAddress([host, outer]), outerAddress([host])]).toEqual(['203.0.113.9', undefined])
})
