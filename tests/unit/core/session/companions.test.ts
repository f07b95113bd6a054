/** Two devices of one person, as the session sees them. */
import { expect, test } from 'vitest'
import { nextSequence } from '../../../../src/core/session/fold-control.ts'
import { type Caller, whoHears } from '../../../../src/core/session/who-hears.ts'
import type { Saying, SignedAct } from '../../../../src/protocol/control.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { LAYERS_OF } from '../../../../src/protocol/media.ts'
import { describeSession } from '../../../../src/tab/session/session-state.ts'
import { ANN, act, BEN, CLEO, fold, known, MAX, NOW, OLGA, ROLES } from './acts.ts'

const naming = (other: DeviceId | null, isSecond: boolean): Saying => ({ t: 'companion', with: other, isSecond })
/** Ann's is the first, Ben's the second device. */
const PAIR = [act(ANN, naming(BEN, false)), act(BEN, naming(ANN, true))]
const HUSH: Saying = { t: 'hush-microphone', on: true }
const SPEAK: Saying = { t: 'hush-microphone', on: false }
const tabOf = (device: DeviceId) => `tab of ${device}` as TabId
const caller = (device: DeviceId): Caller => ({ tab: tabOf(device), device, sinceMs: NOW - 1_000 })

function people(acts: readonly SignedAct[], present: readonly DeviceId[]) {
  const call = { microphone: true, camera: false, screen: false, speaking: false, seals: true, steady: true, sinceMs: 0, conducts: 0 }
  const presence = new Map(
    present.map((device) => [
      tabOf(device),
      { tab: tabOf(device), device, joinedAtMs: 0, seq: 0, leader: false, gone: false, call } as never,
    ]),
  )
  const state = describeSession({ me: OLGA, presence, control: fold(acts), roles: ROLES, nameOf: (id) => id, answered: 0, nowMs: NOW })
  return state.participants
}

function standings(acts: readonly SignedAct[], present: readonly DeviceId[]) {
  return people(acts, present).map(({ device, companion, isSecond }) => ({ device, companion, isSecond }))
}

test('[SESSION-39] two devices are one person only where both say so', () => {
  expect(fold(PAIR).companions).toEqual(
    new Map([
      [ANN, BEN],
      [BEN, ANN],
    ]),
  )
  expect(fold(PAIR).seconds).toEqual(new Map([[BEN, ANN]]))
  for (const acts of [
    PAIR.slice(1),
    [act(ANN, naming(ANN, true))],
    [...PAIR, act(ANN, naming(null, false), { sequence: 2 })],
    [...PAIR, act(ANN, naming(CLEO, false), { sequence: 2 })],
  ]) {
    const { companions, seconds } = fold(acts)
    expect([companions.size, seconds.size]).toEqual([0, 0])
  }
})

test('[SESSION-39] exactly one of the two stands for the person, also while they say alike', () => {
  for (const [anns, bens] of [
    [true, true],
    [false, false],
    [true, false],
  ] as const) {
    const { seconds } = fold([act(ANN, naming(BEN, anns)), act(BEN, naming(ANN, bens))])
    expect(seconds.size).toBe(1)
    if (anns !== bens) expect(seconds).toEqual(new Map([[ANN, BEN]]))
  }
})

test('[SESSION-39] a second device stands under the first while that is in the call, and is a person when it is alone', () => {
  expect(standings(PAIR, [ANN, BEN])).toEqual([
    { device: ANN, companion: BEN, isSecond: false },
    { device: BEN, companion: ANN, isSecond: true },
  ])
  expect(standings(PAIR, [BEN])).toEqual([{ device: BEN, companion: ANN, isSecond: false }])
  expect(people([...PAIR, act(OLGA, { t: 'entry', admitted: false }, { subject: ANN })], [ANN, BEN])[1]?.isSecond).toBe(false)
})

test('[SESSION-40] a hush of one device holds for both, whichever it is said of, until it is lifted for it or for all', () => {
  const hushed = (acts: readonly SignedAct[]) => [ANN, BEN].map((one) => fold([...PAIR, ...acts]).hushed(one).microphone)
  for (const one of [ANN, BEN]) {
    const hush = act(OLGA, HUSH, { subject: one })
    expect(hushed([hush])).toEqual([true, true])
    expect(hushed([hush, act(OLGA, SPEAK, { subject: one, sequence: 2 })])).toEqual([false, false])
    expect(hushed([hush, act(OLGA, SPEAK, { subject: 'all', sequence: 2 })])).toEqual([false, false])
  }
})

test('[SESSION-40] roles do not spread: of all a moderator’s second device is hushed, and it decides nothing', () => {
  const pair = [act(MAX, naming(BEN, false)), act(BEN, naming(MAX, true))]
  const control = fold([...pair, act(OLGA, HUSH, { subject: 'all' }), act(BEN, { t: 'spotlight', devices: [BEN] })])
  expect([control.hushed(MAX).microphone, control.hushed(BEN).microphone, control.spotlight]).toEqual([false, true, []])
})

test('[SESSION-40] the second is where the first is, sees what the first is shown, and they do not hear each other', () => {
  const rooms: Saying = { t: 'rooms', rooms: [{ id: 'a', name: 'A' }], peopleMove: false, places: [[ANN, 'a']] }
  expect(fold([...PAIR, act(OLGA, rooms)]).placed(BEN).room).toBe('a')
  const control = fold([...PAIR, act(CLEO, { t: 'share', devices: [ANN] })])
  const cleos = whoHears(caller(CLEO), [ANN, BEN, MAX].map(caller), control, ROLES)
  expect(cleos.audience.screen.tabs).toEqual([tabOf(ANN), tabOf(BEN)])
  expect(cleos.audience.audio.tabs).toEqual([ANN, BEN, MAX].map(tabOf))
  const anns = whoHears(caller(ANN), [BEN, CLEO].map(caller), control, ROLES)
  expect(anns.audience.audio.tabs).toEqual([tabOf(CLEO)])
  expect(LAYERS_OF.audio.some((layer) => anns.takes.get(tabOf(BEN))?.has(layer))).toBe(false)
  expect(LAYERS_OF.main.every((layer) => anns.takes.get(tabOf(BEN))?.has(layer))).toBe(true)
})

test('[SESSION-43] a hand raised or lowered on either device of a person is that of the person', () => {
  const hand = (by: DeviceId, raised: boolean, sequence: number, atMs = NOW) => act(by, { t: 'hand', raised }, { sequence, atMs })
  const hands = (...said: readonly SignedAct[]) => people([...PAIR, ...said], [ANN, BEN]).map(({ handAtMs }) => handAtMs)
  const raised = hand(BEN, true, 1, NOW + 9_000)
  expect(hands(raised)).toEqual([NOW + 9_000, NOW + 9_000])
  // Whichever clock is ahead, the later word has the higher number.
  const next = nextSequence(known([...PAIR, raised]), { kind: 'hand', by: ANN }, ROLES, NOW)
  expect(next).toBe(2)
  expect(hands(raised, hand(ANN, false, next))).toEqual([undefined, undefined])
  expect(people([raised, hand(ANN, false, next)], [ANN, BEN]).map(({ handAtMs }) => handAtMs)).toEqual([undefined, NOW + 9_000])
  expect(nextSequence(known([raised]), { kind: 'hand', by: ANN }, ROLES, NOW)).toBe(1)
  // It was said in a call that is over for the device that said it.
  expect(people([...PAIR, raised], [ANN])[0]?.handAtMs).toBeUndefined()
})
