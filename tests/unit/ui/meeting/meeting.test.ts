import { expect, test } from 'vitest'
import { RoomError } from '../../../../src/protocol/errors.ts'
import { fakeRoom } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import type { SessionFacts } from '../../../../src/ui/gallery/fixtures/fake-session.ts'
import { ANN, BEN, CEM, inCall, ME, MY_OTHER_TAB } from '../../../../src/ui/gallery/fixtures/people.ts'
import { MeetingModel } from '../../../../src/ui/meeting/meeting.svelte.ts'

function meetingOf(session: SessionFacts): MeetingModel {
  const members = [inCall(ME), inCall(ANN), inCall(BEN), inCall(CEM)]
  return new MeetingModel(fakeRoom({ members, call: { state: 'in' }, session }).call.session)
}

test('[UI-58] raised hands stand first, in the order in which they went up', async () => {
  const meeting = meetingOf({ people: { [CEM.name]: { handAtMs: 5 }, [ANN.name]: { handAtMs: 9 } } })
  expect(meeting.inside.map(({ name }) => name)).toEqual([CEM.name, ANN.name, ME.name, BEN.name])
  expect([CEM, ANN, BEN].map(({ device }) => meeting.handPlace(device))).toEqual([1, 2, undefined])
  await meeting.toggleHand()
  expect([meeting.isHandUp, meeting.handPlace(ME.device)]).toEqual([true, 3])
})

test('[UI-56] how many knock is told to those who may let in, and to nobody else', () => {
  const people = { [BEN.name]: { place: 'waiting' } } as const
  expect([meetingOf({ people }).knocking, meetingOf({ people, mayModerate: false }).knocking]).toEqual([1, 0])
})

test('[UI-57] a side room that is gone has no name of its own any more', () => {
  const meeting = meetingOf({ subRooms: [{ id: 'a', name: 'Beds' }] })
  expect([undefined, 'a', 'b'].map((id) => meeting.subRoomName(id))).toEqual([undefined, 'Beds', 'a side room'])
})

test('[UI-61] what was refused is said, what failed otherwise is said plainly, and the next deed begins afresh', async () => {
  const meeting = meetingOf({})
  await meeting.run(() => Promise.reject(new RoomError('role-refused')))
  expect(meeting.trouble).toBe(new RoomError('role-refused').message)
  await meeting.run(() => Promise.reject(new TypeError('x is not a function')))
  expect(meeting.trouble).toBe('That did not work. Try again in a moment.')
  await meeting.run((session) => session.setLobby(true))
  expect([meeting.trouble, meeting.state.lobby]).toEqual([undefined, true])
})

test('[UI-68] two tabs or two devices of one person are one where people are counted or named', () => {
  const pair = (one: typeof ME, second: typeof ME) => ({
    [one.device]: { companion: second.device, isSecond: false },
    [second.device]: { companion: one.device, isSecond: true },
  })
  const tabs = (devices: SessionFacts['devices'], ...members: readonly (typeof ME)[]) =>
    meetingOf({ devices })
      .peopleAmong(members)
      .map(({ tab }) => tab)
  expect(tabs({}, MY_OTHER_TAB, ME, ANN)).toEqual([ME.tab, ANN.tab])
  expect(tabs(pair(ANN, BEN), ME, BEN, ANN, CEM)).toEqual([ME.tab, ANN.tab, CEM.tab])
  // On my second device I am still one of those who are here.
  expect(tabs(pair(ANN, ME), ANN, ME, CEM)).toEqual([ME.tab, CEM.tab])
  // Who stays behind alone is a person.
  expect(tabs({}, ME, BEN)).toEqual([ME.tab, BEN.tab])
})

test('[RECORD-24] [DOORS-23] who takes the call out of it on a second device is told as their person, on both devices as oneself', () => {
  const taking = { capture: { recording: true, streaming: true } }
  const pair = (one: typeof ME, second: typeof ME, taker: typeof ME) => ({
    [one.device]: { companion: second.device, isSecond: false, ...(taker === one ? taking : {}) },
    [second.device]: { companion: one.device, isSecond: true, ...(taker === second ? taking : {}) },
  })
  const told = (devices: SessionFacts['devices']) => {
    const meeting = meetingOf({ devices })
    return [meeting.recording, meeting.streaming].map((people) => people.map(({ name, isMe }) => (isMe ? 'I' : name)))
  }
  const [anns, mine] = [
    [[ANN.name], [ANN.name]],
    [['I'], ['I']],
  ]
  expect(told(pair(ANN, BEN, BEN))).toEqual(anns)
  expect(told({ ...pair(ANN, BEN, BEN), [ANN.device]: { companion: BEN.device, isSecond: false, ...taking } })).toEqual(anns)
  for (const [first, second] of [
    [ME, BEN],
    [BEN, ME],
  ] as const) {
    for (const taker of [first, second]) expect(told(pair(first, second, taker))).toEqual(mine)
  }
  // Who waits takes nothing out.
  expect(told({ [BEN.device]: { ...taking, place: 'waiting' } })).toEqual([[], []])
})
