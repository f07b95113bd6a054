/** The decisions alone, where a real relay would take minutes or megabytes to show them. */
import { expect, test } from 'vitest'
import { encodeFrame } from '../../src/protocol/frame.ts'
import type { RoomId, TabId } from '../../src/protocol/ids.ts'
import { CONTROL_FRAME_BYTES, RENDEZVOUS_RECORD_BYTES, RENDEZVOUS_RECORDS } from '../../src/protocol/limits.ts'
import { NO_ROOMS, type Rooms, type RoomsEffect, type RoomsEvent, stepRooms } from '../../src/relay/rendezvous/rooms.ts'

const BOUNDS = { rooms: 10, tabsPerRoom: RENDEZVOUS_RECORDS }
const ROOM = 'AAAAAAAAAAAAAAAAAAAAAA' as RoomId
const nonce = new Uint8Array(16)
/** 0 is no letter of base58. */
const tabNamed = (n: number) => `12D3KooW${'A'.repeat(38)}${String(100_000 + n).replaceAll('0', 'z')}` as TabId

function play(state: Rooms, events: readonly RoomsEvent[]): { state: Rooms; effects: RoomsEffect[] } {
  const effects: RoomsEffect[] = []
  for (const event of events) {
    const step = stepRooms(state, event, BOUNDS)
    state = step.next
    effects.push(...step.effects)
  }
  return { state, effects }
}

function joining(stream: number, tab: TabId, sealedBytes: number): RoomsEvent[] {
  const request = {
    t: 'join' as const,
    room: ROOM,
    key: new Uint8Array(32),
    sealed: new Uint8Array(sealedBytes),
    signature: new Uint8Array(64),
  }
  return [
    { kind: 'opened', stream, tab, nonce, segment: new Uint8Array(8) },
    { kind: 'join-received', stream, request },
    { kind: 'checked', stream, roomOfKey: ROOM, isSigned: true },
  ]
}

test.each([1, 400, RENDEZVOUS_RECORD_BYTES])(
  '[RENDEZVOUS-14] a full room of %i-byte records comes in frames within the bound, all of it',
  (bytes) => {
    const tabs = Array.from({ length: RENDEZVOUS_RECORDS - 1 }, (_, n) => tabNamed(n))
    const { state } = play(
      NO_ROOMS,
      tabs.flatMap((tab, n) => joining(n, tab, bytes)),
    )
    const { effects } = play(state, joining(9_999, tabNamed(9_000), bytes))
    const lists = effects.flatMap((effect) => (effect.kind === 'send' && effect.reply.t === 'peers' ? [effect.reply] : []))
    expect(Math.max(...lists.map((list) => encodeFrame(list).byteLength))).toBeLessThanOrEqual(CONTROL_FRAME_BYTES)
    expect(lists.flatMap((list) => list.records.map((record) => record.tab))).toEqual(tabs)
  },
)

test('[RENDEZVOUS-14] an empty room is one empty list', () => {
  const { effects } = play(NO_ROOMS, joining(1, tabNamed(1), 1))
  expect(effects.at(-1)).toEqual({ kind: 'send', stream: 1, reply: { t: 'peers', records: [] } })
})

test('[RENDEZVOUS-10] a stream that only listens is ended', () => {
  const [opened] = joining(1, tabNamed(1), 1) as [RoomsEvent]
  const { state, effects } = play(NO_ROOMS, [opened, { kind: 'join-overdue', stream: 1 }])
  expect(effects.slice(1)).toEqual([
    { kind: 'send', stream: 1, reply: { t: 'refused', reason: 'malformed' } },
    { kind: 'close', stream: 1 },
  ])
  expect(state.streams.size).toBe(0)
})

test('[RENDEZVOUS-10] a stream that joined in time stays', () => {
  const { state } = play(NO_ROOMS, joining(1, tabNamed(1), 1))
  expect(stepRooms(state, { kind: 'join-overdue', stream: 1 }, BOUNDS)).toEqual({ next: state, effects: [] })
})

test('[RENDEZVOUS-3] a stream that closes while its signature is checked never enters', () => {
  const [opened, received, checked] = joining(1, tabNamed(1), 1) as [RoomsEvent, RoomsEvent, RoomsEvent]
  const { state, effects } = play(NO_ROOMS, [opened, received, { kind: 'closed', stream: 1 }, checked])
  expect(state).toEqual(NO_ROOMS)
  expect(effects.map((effect) => effect.kind)).toEqual(['send', 'check'])
})

test('[RENDEZVOUS-3] nothing is kept of those who have gone', () => {
  const tab = tabNamed(1)
  const events: RoomsEvent[] = [
    ...joining(1, tab, 1),
    { kind: 'frame-refused', stream: 1, reason: 'frame-malformed' },
    { kind: 'tab-gone', tab },
  ]
  expect(play(NO_ROOMS, events).state).toEqual(NO_ROOMS)
})

test("[RENDEZVOUS-11] the end of a replaced stream does not take the newer one's place away", () => {
  const tab = tabNamed(1)
  const { state } = play(NO_ROOMS, [...joining(1, tab, 1), ...joining(2, tab, 1), { kind: 'closed', stream: 1 }])
  expect(state.rooms.get(ROOM)?.get(tab)?.stream).toBe(2)
})
