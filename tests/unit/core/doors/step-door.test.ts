import { expect, test } from 'vitest'
import { CLOSED_DOOR, type DoorEvent, type DoorState, looksAtMs, refusedAt, stepDoor } from '../../../../src/core/doors/step-door.ts'
import { DOOR_CONNECT_MS, DOOR_SILENT_MS } from '../../../../src/protocol/limits.ts'

/** What becomes of a door, and all that was to be done. */
function run(events: readonly DoorEvent[], from: DoorState = CLOSED_DOOR) {
  let state = from
  const done: string[] = []
  for (const event of events) {
    const { next, effects } = stepDoor(state, event)
    state = next
    done.push(...effects.map((effect) => ('session' in effect ? `${effect.kind} ${effect.session}` : effect.kind)))
  }
  return { state, done }
}

const CONNECTED: DoorState = { kind: 'connected', session: 'a' }

test('[DOORS-15] one program at a time: it comes, its media flows, and it goes', () => {
  const { state, done } = run([
    { kind: 'offered', session: 'a', nowMs: 0 },
    { kind: 'offered', session: 'b', nowMs: 1 },
    { kind: 'connected', session: 'a' },
    { kind: 'offered', session: 'c', nowMs: 2 },
    { kind: 'ended', session: 'a' },
    { kind: 'offered', session: 'd', nowMs: 3 },
  ])
  expect(done).toEqual(['accept a', 'decline', 'begin', 'decline', 'hang-up', 'accept d'])
  expect(state).toEqual({ kind: 'connecting', session: 'd', untilMs: 3 + DOOR_CONNECT_MS })
})

test('[DOORS-16] a program that fell silent is waited for, and comes back without beginning anew', () => {
  const silent = run([{ kind: 'fell-silent', session: 'a', nowMs: 100 }], CONNECTED)
  expect(silent).toEqual({ state: { kind: 'silent', session: 'a', untilMs: 100 + DOOR_SILENT_MS }, done: [] })
  expect(looksAtMs(silent.state)).toBe(100 + DOOR_SILENT_MS)
  expect(run([{ kind: 'connected', session: 'a' }], silent.state)).toEqual({ state: CONNECTED, done: [] })
  expect(run([{ kind: 'looked', nowMs: 99 + DOOR_SILENT_MS }], silent.state).state).toBe(silent.state)
  expect(run([{ kind: 'looked', nowMs: 100 + DOOR_SILENT_MS }], silent.state)).toEqual({ state: { kind: 'failed' }, done: ['hang-up'] })
})

test('[DOORS-16] who comes while it is silent takes its place', () => {
  const { state, done } = run(
    [
      { kind: 'fell-silent', session: 'a', nowMs: 100 },
      { kind: 'offered', session: 'b', nowMs: 200 },
    ],
    CONNECTED,
  )
  expect([state.kind, done]).toEqual(['connecting', ['hang-up', 'accept b']])
})

test('[DOORS-17] a program that does not connect, or is lost, is given up, and the next one may come', () => {
  const late = run([
    { kind: 'offered', session: 'a', nowMs: 0 },
    { kind: 'looked', nowMs: DOOR_CONNECT_MS },
  ])
  expect(late).toEqual({ state: { kind: 'failed' }, done: ['accept a', 'hang-up'] })
  const lost = run([{ kind: 'lost', session: 'a' }], CONNECTED)
  expect(lost).toEqual({ state: { kind: 'failed' }, done: ['hang-up'] })
  expect(run([{ kind: 'offered', session: 'b', nowMs: 0 }], lost.state).done).toEqual(['accept b'])
  expect(looksAtMs(lost.state)).toBeUndefined()
})

test('[DOORS-31] why an offer came to nothing is told until a program connects, also while the next one tries', () => {
  const refused = run([
    { kind: 'offered', session: 'a', nowMs: 0 },
    { kind: 'refused', session: 'a', reason: 'nothing-in-common' },
  ])
  expect(refused).toEqual({ state: { kind: 'waiting', refused: 'nothing-in-common' }, done: ['accept a', 'hang-up'] })
  const again = run([{ kind: 'offered', session: 'b', nowMs: 1 }], refused.state)
  expect(refusedAt(again.state)).toBe('nothing-in-common')
  expect(refusedAt(run([{ kind: 'refused', session: 'b', reason: 'unreadable' }], again.state).state)).toBe('unreadable')
  expect(refusedAt(run([{ kind: 'connected', session: 'b' }], again.state).state)).toBeUndefined()
})

test.each([
  { kind: 'connected', session: 'old' },
  { kind: 'fell-silent', session: 'old', nowMs: 0 },
  { kind: 'lost', session: 'old' },
  { kind: 'ended', session: 'old' },
  { kind: 'refused', session: 'old', reason: 'unreadable' },
] as const)('[DOORS-18] $kind of an earlier session changes nothing', (event) => {
  for (const state of [CLOSED_DOOR, CONNECTED, { kind: 'connecting', session: 'a', untilMs: 5 } as const])
    expect(stepDoor(state, event)).toEqual({ next: state, effects: [] })
})
