import { expect, test } from 'vitest'
import { CallModel } from '../../../../src/ui/call/call.svelte.ts'
import { CompanionModel } from '../../../../src/ui/companion/companion.svelte.ts'
import { fakeRoom, type RoomFacts } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import { fakeSession } from '../../../../src/ui/gallery/fixtures/fake-session.ts'
import { inCall, ME } from '../../../../src/ui/gallery/fixtures/people.ts'
import { fakeCompanion } from '../../../../src/ui/gallery/fixtures/second-device.ts'
import { MeetingModel } from '../../../../src/ui/meeting/meeting.svelte.ts'

test('[COMPANION-1] codes are six digits: what is none is asked of nobody, and it is said why', async () => {
  const facts: RoomFacts = { members: [inCall(ME)], call: { state: 'in' } }
  const [room, session] = [fakeRoom(facts), fakeSession(facts)]
  const asked: string[] = []
  const pair = (typed: string) => Promise.resolve(asked.push(typed) > 1)
  const companion = { ...fakeCompanion(session), pair }
  const model = new CompanionModel(companion, new CallModel(room), new MeetingModel(session))
  for (const typed of ['12 34', '12e4567', '1234567']) {
    expect(await model.pair(typed)).toBe(false)
    expect(model.trouble).toContain('six digits')
  }
  expect(asked).toEqual([])
  expect(await model.pair('123 456')).toBe(false)
  expect(model.trouble).toContain('No device here shows this code')
  expect([await model.pair('123 456'), model.trouble]).toEqual([true, undefined])
})
