import { expect, test } from 'vitest'
import { isAnyInCall, otherParticipants } from '../../../../src/core/call/participants.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import type { PresenceRecord } from '../../../../src/protocol/room-state.ts'

const IN = { microphone: true, camera: false, screen: false, speaking: false, seals: true, steady: true, sinceMs: 0, conducts: 0 }

function person(name: string, call: PresenceRecord['call']): [TabId, PresenceRecord] {
  const tab = name as TabId
  return [tab, { tab, device: name as DeviceId, wire: { min: 1, max: 1 }, sequence: 1, leader: false, call, sees: [], gone: false }]
}

const room = new Map([person('me', IN), person('ann', IN), person('ben', null)])

test('[CALL-4] tracks go to the others who are in the call', () => {
  expect(otherParticipants('me' as TabId, room, true)).toEqual(['ann'])
})

test('[CALL-4] and only while this tab is in it too', () => {
  expect(otherParticipants('me' as TabId, room, false)).toEqual([])
})

test('[TRANSFER-31] bytes to or from somebody in a call are in its way, whoever else is', () => {
  const tabs = (...names: string[]) => names as TabId[]
  expect(isAnyInCall(tabs('ben', 'ann'), room)).toBe(true)
  expect(isAnyInCall(tabs('me', 'ben'), room)).toBe(true)
  expect(isAnyInCall([...tabs('ben', 'gone'), undefined], room)).toBe(false)
})
