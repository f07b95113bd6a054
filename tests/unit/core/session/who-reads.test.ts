import { expect, test } from 'vitest'
import type { Caller } from '../../../../src/core/session/who-hears.ts'
import { asideOf, mayRead, readersOf, type Standing } from '../../../../src/core/session/who-reads.ts'
import type { Aside } from '../../../../src/protocol/aside.ts'
import type { Saying, SignedAct } from '../../../../src/protocol/control.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { ANN, act, BEN, CLEO, fold, MAX, NOW, OLGA, ROLES } from './acts.ts'

const PEOPLE = [OLGA, MAX, ANN, BEN, CLEO]
const caller = (device: DeviceId, sinceMs = NOW): Caller => ({ tab: `tab of ${device}` as TabId, device, sinceMs })

/** How it looks to one of the five, all of them in the call. */
function standingOf(device: DeviceId, acts: readonly SignedAct[], sinceMs = NOW): Standing {
  const others = PEOPLE.filter((one) => one !== device).map((one) => caller(one))
  return { self: caller(device, sinceMs), others, control: fold(acts), roles: ROLES }
}
function readers(device: DeviceId, acts: readonly SignedAct[]): readonly DeviceId[] | 'the room' {
  const standing = standingOf(device, acts)
  const aside = asideOf(standing)
  return aside === undefined ? 'the room' : readersOf(standing, aside).map((one) => one.device)
}

const rooms: Saying = {
  t: 'rooms',
  rooms: [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ],
  peopleMove: false,
  places: [],
}
const placed = (subject: DeviceId, to: string) => act(MAX, { t: 'place', to }, { subject, sequence: 2 })
const APART = [act(MAX, rooms), placed(ANN, 'a'), placed(BEN, 'a'), placed(CLEO, 'b')]

test('[CHAT-1] in a side room one writes to those in it, in the main room to all', () => {
  expect(readers(ANN, APART)).toEqual([BEN])
  expect(readers(CLEO, APART)).toEqual([])
  expect(readers(OLGA, APART)).toBe('the room')
})

test('[CHAT-1] a whisper is read by one alone, over rooms, and ends with its call', () => {
  const acts = [...APART, act(OLGA, { t: 'whisper', to: ANN }), act(BEN, { t: 'whisper', to: OLGA })]
  expect(readers(OLGA, acts)).toEqual([ANN])
  expect(readers(BEN, acts)).toEqual([OLGA])
  expect(asideOf(standingOf(OLGA, acts, NOW + 1))).toBeUndefined()
})

test('[CHAT-1] who waits or was removed writes to the room as anybody does, and reads nothing that is for some', () => {
  const acts = [...APART, act(MAX, { t: 'entry', admitted: false }, { subject: BEN }), act(OLGA, { t: 'whisper', to: BEN })]
  expect(readers(ANN, acts)).toEqual([])
  expect(readers(OLGA, acts)).toEqual([])
  expect(readers(BEN, acts)).toBe('the room')
})

test('[CHAT-1] both devices of a person read what is for the person, and what it writes', () => {
  const pair = [
    act(CLEO, { t: 'companion', with: BEN, isSecond: false }),
    act(BEN, { t: 'companion', with: CLEO, isSecond: true }),
    act(OLGA, { t: 'whisper', to: CLEO }),
    act(CLEO, { t: 'whisper', to: OLGA }),
  ]
  expect(readers(OLGA, pair)).toEqual([BEN, CLEO])
  expect(readers(CLEO, pair)).toEqual([OLGA, BEN])
})

test('[CHAT-3] who sends and who gets it judge alike', () => {
  const acts = [...APART, act(OLGA, { t: 'whisper', to: ANN }), act(MAX, { t: 'entry', admitted: false }, { subject: BEN })]
  const asides: readonly Aside[] = [
    { kind: 'sub-room', id: 'a' },
    { kind: 'sub-room', id: 'b' },
    { kind: 'whisper', to: ANN },
    { kind: 'whisper', to: CLEO },
  ]
  for (const from of PEOPLE) {
    const mine = asideOf(standingOf(from, acts))
    for (const to of PEOPLE.filter((one) => one !== from)) {
      for (const aside of asides) {
        const isSaid =
          JSON.stringify(aside) === JSON.stringify(mine) && readersOf(standingOf(from, acts), aside).some(({ device }) => device === to)
        expect(mayRead(caller(from), caller(to), aside, standingOf(to, acts)), `${from} to ${to}`).toBe(isSaid)
      }
    }
  }
})
