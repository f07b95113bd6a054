import { expect, test } from 'vitest'
import { addActs } from '../../../../src/core/session/acts.ts'
import { foldControl, nextSequence } from '../../../../src/core/session/fold-control.ts'
import { placeOf } from '../../../../src/core/session/where.ts'
import type { Saying, SignedAct } from '../../../../src/protocol/control.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import { ACTS_LAPSE_MS, REACTION_MS } from '../../../../src/protocol/limits.ts'
import { seededRandom } from '../../../sim/random.ts'
import { ANN, act, BEN, CLEO, fold, known, MAX, NOW, OLGA, ROLES, told } from './acts.ts'

const HUSH: Saying = { t: 'hush-microphone', on: true }
const SPEAK: Saying = { t: 'hush-microphone', on: false }
const place = (to: string | null): Saying => ({ t: 'place', to })
const rooms = (peopleMove: boolean, places: [DeviceId, string][] = []): Saying => ({
  t: 'rooms',
  rooms: [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ],
  peopleMove,
  places,
})

/** Acts of everybody about everybody, allowed and not, with numbers that collide. */
function anyActs(seed: number, count: number): readonly SignedAct[] {
  const random = seededRandom(seed)
  const { pick } = random
  const people = [OLGA, MAX, ANN, BEN, CLEO]
  const about = (subjects: readonly string[], says: Saying) => ({ subject: pick(subjects), says })
  return Array.from({ length: count }, (_, n) => {
    const on = random.chance(0.5)
    const { subject, says } = pick([
      about([...people, 'all'], { t: 'hush-microphone', on }),
      about([...people, 'all'], { t: 'layout', layout: on ? 'grid' : null }),
      about(people, { t: 'entry', admitted: on }),
      about(people, place(pick(['a', 'b', 'gone', null]))),
      about([''], rooms(on, [[pick(people), 'b']])),
      about([''], { t: 'door', lobby: on, locked: random.chance(0.5), inside: [pick(people)] }),
      about([''], { t: 'spotlight', devices: [pick(people)] }),
      about([''], { t: 'hand', raised: on }),
      about([''], { t: 'move', to: 'a', after: random.below(8) }),
      about([''], { t: 'whisper', to: pick(people) }),
    ])
    return act(pick(people), says, { subject, sequence: random.between(1, 8), mark: n % 251 })
  })
}

test('[SESSION-1] the same acts give the same state, in whatever order and however often they came', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const acts = anyActs(seed, 80)
    const shuffled = seededRandom(seed + 1_000).shuffled([...acts, ...acts.slice(0, 20)])
    const sorted = (control: ReturnType<typeof fold>) =>
      JSON.stringify(told(control), (_, value) => (value instanceof Map ? [...value].sort() : value))
    expect(sorted(fold(shuffled))).toBe(sorted(fold(acts)))
  }
})

test('[SESSION-2] no act of somebody who has no say has any effect on others', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const acts = anyActs(seed, 80)
    const hasSay = ({ by, subject }: SignedAct) => by === OLGA || (by === MAX && subject !== OLGA)
    const own = new Set(['hand', 'move', 'whisper'])
    const said = (of: readonly SignedAct[]) => {
      const { hands, whispers, ...others } = fold(of)
      return JSON.stringify(told({ ...others, hands: new Map(), whispers: new Map() }))
    }
    expect(said(acts.filter((one) => own.has(one.kind) || hasSay(one) || one.subject === OLGA))).toBe(said(acts))
  }
  expect(fold([act(ANN, HUSH, { subject: BEN })]).hushed(BEN).microphone).toBe(false)
  expect(fold([act(ANN, { t: 'door', lobby: true, locked: true, inside: [] })]).door).toBeUndefined()
})

test('[SESSION-3] the acts of a moderator who is none any more lapse with the role, and come back with it', () => {
  const acts = [act(MAX, HUSH, { subject: BEN })]
  const demoted = new Map([...ROLES, [MAX, 'member'] as const])
  expect(fold(acts).hushed(BEN).microphone).toBe(true)
  expect(foldControl(known(acts), demoted, NOW).hushed(BEN).microphone).toBe(false)
  expect(foldControl(known(acts), ROLES, NOW).hushed(BEN).microphone).toBe(true)
})

test('[SESSION-4] moderators neither hush nor remove the owner', () => {
  const acts = [
    act(MAX, HUSH, { subject: OLGA }),
    act(MAX, HUSH, { subject: 'all' }),
    act(MAX, { t: 'entry', admitted: false }, { subject: OLGA }),
  ]
  const control = fold(acts)
  expect(control.hushed(OLGA).microphone).toBe(false)
  expect(placeOf(OLGA, control, ROLES)).toBe('in')
})

test('[SESSION-5] of a hush for all and one for somebody the newer counts, and moderators are not among all', () => {
  const all = act(OLGA, HUSH, { subject: 'all', sequence: 2 })
  const control = fold([all, act(MAX, SPEAK, { subject: BEN, sequence: 3 }), act(MAX, SPEAK, { subject: ANN, sequence: 1 })])
  expect([ANN, BEN, CLEO, MAX].map((one) => control.hushed(one).microphone)).toEqual([true, false, true, false])
})

test('[SESSION-6] acts lapse after hours, reactions after seconds, and a clock that is far ahead keeps nothing longer', () => {
  const hush = act(MAX, HUSH, { subject: BEN })
  expect(foldControl(known([hush]), ROLES, NOW + ACTS_LAPSE_MS).hushed(BEN).microphone).toBe(true)
  expect(foldControl(known([hush]), ROLES, NOW + ACTS_LAPSE_MS + 1).hushed(BEN).microphone).toBe(false)
  expect(fold([act(MAX, HUSH, { subject: BEN, atMs: NOW + 2 * ACTS_LAPSE_MS })]).hushed(BEN).microphone).toBe(false)

  const reaction = known([act(ANN, { t: 'reaction', reaction: '👍' })])
  expect(foldControl(reaction, ROLES, NOW + REACTION_MS - 1).reactions.get(ANN)?.value).toBe('👍')
  expect(foldControl(reaction, ROLES, NOW + REACTION_MS).reactions.size).toBe(0)
  expect(foldControl(reaction, ROLES, NOW).nextLapseMs).toBe(NOW + REACTION_MS)
})

test('[SESSION-7] behind a lobby newcomers wait until they are admitted, behind a lock they stay out, and those inside stay in', () => {
  const placesOf = (...acts: readonly SignedAct[]) => [ANN, BEN, CLEO, MAX].map((one) => placeOf(one, fold(acts), ROLES))
  const lobby = act(MAX, { t: 'door', lobby: true, locked: false, inside: [ANN] })
  expect(placesOf()).toEqual(['in', 'in', 'in', 'in'])
  expect(placesOf(lobby)).toEqual(['in', 'waiting', 'waiting', 'in'])
  expect(placesOf(lobby, act(MAX, { t: 'entry', admitted: true }, { subject: BEN }))).toEqual(['in', 'in', 'waiting', 'in'])
  const locked = act(OLGA, { t: 'door', lobby: true, locked: true, inside: [ANN, BEN] }, { sequence: 2 })
  expect(placesOf(lobby, locked)).toEqual(['in', 'in', 'removed', 'in'])
  const removed = act(MAX, { t: 'entry', admitted: false }, { subject: ANN })
  expect(placesOf(removed)).toEqual(['removed', 'in', 'in', 'in'])
  expect(placesOf(removed, act(OLGA, { t: 'entry', admitted: true }, { subject: ANN, sequence: 2 }))).toEqual(['in', 'in', 'in', 'in'])
})

test('[SESSION-8] people move themselves where they may, until a moderator places them', () => {
  const roomOf = (...acts: readonly SignedAct[]) => fold(acts).placed(ANN).room
  const move = act(ANN, { t: 'move', to: 'a', after: 1 })
  expect(roomOf(act(MAX, rooms(true)), move)).toBe('a')
  expect(roomOf(act(MAX, rooms(false)), move)).toBeUndefined()
  const placed = act(MAX, place('b'), { subject: ANN, sequence: 2 })
  expect(roomOf(act(MAX, rooms(true)), move, placed)).toBe('b')
  expect(roomOf(act(MAX, rooms(true)), placed, act(ANN, { t: 'move', to: 'a', after: 2 }, { sequence: 2 }))).toBe('a')
  // A high number of one's own overrules nobody.
  expect(roomOf(act(MAX, rooms(true)), placed, act(ANN, { t: 'move', to: 'a', after: 1 }, { sequence: 9_999 }))).toBe('b')
  // Rooms that are listed anew say who stays where; a room that is gone leads to the main room.
  expect(roomOf(act(MAX, rooms(false, [[ANN, 'b']]), { sequence: 3 }), placed)).toBe('b')
  expect(roomOf(act(MAX, { t: 'rooms', rooms: [], peopleMove: false, places: [] }, { sequence: 3 }), placed)).toBeUndefined()
})

test('[SESSION-9] a vote counts once for each person, and only who opened a poll or a moderator closes it', () => {
  const poll = { id: 'p', question: '?', options: ['yes', 'no'], choices: 'one' as const, isOpen: true }
  const opened = act(ANN, { t: 'polls', polls: [poll] })
  const name = `${ANN}.p`
  const vote = (by: DeviceId, options: number[], sequence = 1) => act(by, { t: 'votes', votes: [{ poll: name, options }] }, { sequence })
  const control = fold([opened, act(BEN, { t: 'polls', polls: [poll] }), vote(BEN, [0]), vote(BEN, [1], 2), vote(CLEO, [1])])
  expect(control.polls.map((one) => one.name).sort()).toEqual([name, `${BEN}.p`].sort())
  expect([...(control.votes.get(name) ?? [])]).toEqual([
    [BEN, [1]],
    [CLEO, [1]],
  ])
  const closedBy = (by: DeviceId) => fold([opened, act(by, { t: 'poll-closed' }, { subject: name })]).polls[0]?.isOpen
  expect([closedBy(BEN), closedBy(MAX)]).toEqual([true, false])
})

test('[SESSION-41] what a poll came to when it was closed stays, whoever votes later', () => {
  const poll = { id: 'p', question: '?', options: ['yes', 'no'], choices: 'one' as const, isOpen: true }
  const name = `${ANN}.p`
  const late = act(BEN, { t: 'votes', votes: [{ poll: name, options: [1] }] }, { sequence: 9 })
  const opened = act(ANN, { t: 'polls', polls: [poll] })
  const closedByOpener = act(ANN, { t: 'polls', polls: [{ ...poll, isOpen: false, counts: [3, 1] }] }, { sequence: 2 })
  const closedByModerator = act(MAX, { t: 'poll-closed', counts: [2, 2] }, { subject: name })
  const forged = act(BEN, { t: 'poll-closed', counts: [0, 9] }, { subject: name })
  const countsOf = (...acts: readonly ReturnType<typeof act>[]) => fold([opened, late, ...acts]).polls[0]?.counts
  expect([countsOf(), countsOf(closedByOpener), countsOf(closedByModerator), countsOf(forged)]).toEqual([
    undefined,
    [3, 1],
    [2, 2],
    undefined,
  ])
})

test('[SESSION-10] nobody without say pushes up the numbers that moderators count by', () => {
  const acts = known([
    act(ANN, HUSH, { subject: BEN, sequence: 2 ** 50 }),
    act(ANN, { t: 'hand', raised: true }, { sequence: 2 ** 40 }),
    act(MAX, HUSH, { subject: BEN, sequence: 7 }),
  ])
  expect(nextSequence(acts, { kind: 'hush-microphone', by: OLGA }, ROLES, NOW)).toBe(8)
  expect(nextSequence(acts, { kind: 'hand', by: ANN }, ROLES, NOW)).toBe(2 ** 40 + 1)
})

test('[SESSION-11] what one device may fill is bounded, and strangers fill nothing', () => {
  const polls = (n: number) => act(ANN, { t: 'layout', layout: 'grid' }, { subject: `${n}`, sequence: n })
  const many = Array.from({ length: 1_000 }, (_, n) => polls(n + 1))
  const { next, added } = addActs(new Map(), many, { roles: ROLES, heardAtMs: NOW, nowMs: NOW })
  expect(next.size).toBe(added.length)
  expect(added.length).toBeLessThan(250)
  // One more of another device is taken, and what is there already may change.
  const more = [act(BEN, { t: 'hand', raised: true }), { ...polls(1), sequence: 2 }]
  expect(addActs(next, more, { roles: ROLES, heardAtMs: NOW, nowMs: NOW }).added).toHaveLength(2)
  const stranger = act('x'.repeat(43) as DeviceId, { t: 'hand', raised: true })
  expect(known([stranger]).size).toBe(0)
})

test('[SESSION-12] an act of a newer tab is kept and told on, and has no effect', () => {
  const newer = { ...act(MAX, HUSH, { subject: BEN }), kind: 'confetti' }
  expect(known([newer]).size).toBe(1)
  expect(fold([newer]).hushed(BEN).microphone).toBe(false)
})
