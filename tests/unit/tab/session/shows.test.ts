/** Which of several shows is on, for whom, and until when. */
import { expect, test } from 'vitest'
import type { Show, SignedAct } from '../../../../src/protocol/control.ts'
import { encodeFrame } from '../../../../src/protocol/frame.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import type { PresenceRecord } from '../../../../src/protocol/room-state.ts'
import { describeSession } from '../../../../src/tab/session/session-state.ts'
import { ANN, act, BEN, CLEO, fold, MAX, NOW, OLGA, ROLES } from '../../core/session/acts.ts'

const CALL = {
  microphone: true,
  camera: false,
  screen: false,
  speaking: false,
  seals: true,
  steady: true,
  sinceMs: NOW - 60_000,
  conducts: 0,
}
const SHOW: Show = {
  id: 'film',
  source: { kind: 'file', file: 'AAAAAAAAAAAAAAAAAAAAAA' },
  begunAtMs: NOW,
  isPlaying: true,
  isMuted: false,
  positionMs: 0,
  atMs: NOW,
  rate: 100,
  place: 'stage',
  overlays: [],
}

/** What is on, as `me` has it. `sinceMs`: when each came into the call. */
function onFor(me: DeviceId, acts: readonly SignedAct[], people: readonly (readonly [DeviceId, number?])[]) {
  const presence = new Map(
    people.map(([device, sinceMs = CALL.sinceMs]): [TabId, PresenceRecord] => [
      `tab of ${device}` as TabId,
      { tab: `tab of ${device}`, device, call: { ...CALL, sinceMs } } as PresenceRecord,
    ]),
  )
  const told = { me, presence, control: fold(acts), roles: ROLES, nowMs: NOW, answered: 0 }
  const { watch } = describeSession({ ...told, nameOf: (device) => device })
  return watch === undefined ? undefined : { by: watch.by, id: watch.id }
}

test('[SESSION-33] of the shows of those who are in the call the one begun last is on, for all the same', () => {
  const acts = [
    act(ANN, { t: 'watch', watch: SHOW }),
    act(BEN, { t: 'watch', watch: { ...SHOW, id: 'later', begunAtMs: NOW + 5 } }),
    act(CLEO, { t: 'watch', watch: { ...SHOW, id: 'last', begunAtMs: NOW + 9 } }),
  ]
  const inCall = [[OLGA], [ANN], [BEN]] as const
  for (const me of [OLGA, ANN, BEN]) {
    expect(onFor(me, acts, inCall)).toEqual({ by: BEN, id: 'later' })
    expect(onFor(me, acts.toReversed(), inCall.toReversed())).toEqual({ by: BEN, id: 'later' })
  }
  expect(onFor(OLGA, acts, [[OLGA], [ANN]])).toEqual({ by: ANN, id: 'film' })
})

test('[WATCH-19] a show that claims to begin in a time that no act may have is on only while nothing else is', () => {
  const forged = act(ANN, { t: 'watch', watch: { ...SHOW, id: 'forged', begunAtMs: Number.MAX_SAFE_INTEGER } })
  const later = act(BEN, { t: 'watch', watch: { ...SHOW, id: 'later' } })
  const inCall = [[OLGA], [ANN], [BEN]] as const
  expect(onFor(OLGA, [forged], inCall)).toEqual({ by: ANN, id: 'forged' })
  expect(onFor(OLGA, [forged, later], inCall)).toEqual({ by: BEN, id: 'later' })
})

test('[SESSION-33] a show ends with the call of who shows it, with their word, and when they are taken out', () => {
  const shown = act(ANN, { t: 'watch', watch: SHOW })
  expect(onFor(BEN, [shown], [[BEN], [ANN, NOW - 1]])).toEqual({ by: ANN, id: 'film' })
  expect(onFor(BEN, [shown], [[BEN]])).toBeUndefined()
  // Who comes back does not bring back what they showed in an earlier call.
  expect(onFor(BEN, [shown], [[BEN], [ANN, NOW + 1]])).toBeUndefined()
  expect(onFor(BEN, [shown, act(ANN, { t: 'watch', watch: null }, { sequence: 2 })], [[BEN], [ANN]])).toBeUndefined()
  expect(onFor(BEN, [shown, act(MAX, { t: 'entry', admitted: false }, { subject: ANN })], [[BEN], [ANN]])).toBeUndefined()
})

test('[SESSION-33] what is shown in a sub-room is on there and nowhere else', () => {
  const rooms = { t: 'rooms' as const, rooms: [{ id: 'a', name: 'A' }], peopleMove: true, places: [[ANN, 'a'] as [DeviceId, string]] }
  const acts = [act(MAX, rooms), act(ANN, { t: 'watch', watch: SHOW })]
  const people = [[ANN], [BEN]] as const
  expect(onFor(ANN, acts, people)).toEqual({ by: ANN, id: 'film' })
  expect(onFor(BEN, acts, people)).toBeUndefined()
})

test('[SESSION-34] a moderator ends the show of anybody, and nobody else does', () => {
  const shown = act(ANN, { t: 'watch', watch: SHOW })
  const people = [[ANN], [BEN], [MAX]] as const
  expect(onFor(BEN, [shown, act(BEN, { t: 'watch-ended' }, { subject: 'film' })], people)).toEqual({ by: ANN, id: 'film' })
  const ended = act(MAX, { t: 'watch-ended' }, { subject: 'film' })
  expect(onFor(BEN, [shown, ended], people)).toBeUndefined()
  const next = act(ANN, { t: 'watch', watch: { ...SHOW, id: 'next' } }, { sequence: 2 })
  expect(onFor(BEN, [next, ended], people)).toEqual({ by: ANN, id: 'next' })
})

test('[SESSION-35] a show that breaks its form has no effect', () => {
  const broken: readonly Record<string, unknown>[] = [
    { rate: 24 },
    { rate: 401 },
    { positionMs: -1 },
    { positionMs: 0.5 },
    { atMs: Number.MAX_VALUE },
    { id: 'with space' },
    { id: '' },
    { place: 'everywhere' },
    { source: { kind: 'url', url: 'https://elsewhere.example' } },
    { source: { kind: 'file', file: 'f'.repeat(65) } },
    { overlays: Array.from({ length: 5 }, () => ({ kind: 'banner', text: '' })) },
    { overlays: [{ kind: 'banner', text: 'x'.repeat(201) }] },
    { overlays: [{ kind: 'poll', poll: 'not a poll' }] },
    { overlays: [{ kind: 'script', text: '' }] },
  ]
  for (const change of broken) {
    const shown = { ...act(ANN, { t: 'watch', watch: null }), says: encodeFrame({ t: 'watch', watch: { ...SHOW, ...change } }) }
    expect([change, onFor(BEN, [shown], [[ANN], [BEN]])]).toEqual([change, undefined])
  }
  const plain = { ...act(ANN, { t: 'watch', watch: null }), says: encodeFrame({ t: 'watch', watch: SHOW }) }
  expect(onFor(BEN, [plain], [[ANN], [BEN]])).toEqual({ by: ANN, id: 'film' })
})
