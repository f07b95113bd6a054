import { expect, test } from 'vitest'
import type { Presence } from '../../../../src/ports/room-state.ts'
import { encodeFrame, parseFrame } from '../../../../src/protocol/frame.ts'
import { type TabId, toDeviceId } from '../../../../src/protocol/ids.ts'
import { presenceRecord } from '../../../../src/protocol/room-state.ts'
import { SharedOnce } from '../../../../src/tab/record/shared-once.ts'
import { createPresence } from '../../../../src/tab/room/presence.ts'
import { TwinRoomState, twinPresence } from '../../../twins/room.ts'

test('[RECORD-20] what two want alike is opened once, and closed after the last of them, however often one lets go', () => {
  const happened: string[] = []
  const shared = new SharedOnce<{ close(): void }>(() => {})
  const take = (key: string) =>
    shared.take(key, () => {
      happened.push(`open ${key}`)
      return { close: () => happened.push(`close ${key}`) }
    })
  const [first, second, other] = [take('large'), take('large'), take('small')]
  expect(first.one).toBe(second.one)
  first.letGo()
  first.letGo()
  expect(happened).toEqual(['open large', 'open small'])
  other.letGo()
  second.letGo()
  const again = take('large')
  expect(again.one).not.toBe(first.one)
  expect(happened).toEqual(['open large', 'open small', 'close small', 'close large', 'open large'])
})

const SELF = { tab: '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN' as TabId, device: toDeviceId(new Uint8Array(32)) }

test.each<[string, () => Presence]>([
  ['a tab', () => createPresence(SELF, 1)],
  ['its twin', () => twinPresence(new TwinRoomState(), SELF, new AbortController().signal)],
])('[BALANCE-43] others read in the presence of %s how many pictures it makes now', (_, open) => {
  const presence = open()
  const shared = new SharedOnce<{ close(): void }>((count) => presence.setComposes(count))
  const read = () => {
    const parsed = parseFrame(encodeFrame({ ...presence.all().get(SELF.tab) }), presenceRecord)
    return parsed.kind === 'ok' ? parsed.message.composes : 'refused'
  }
  const take = (key: string) => shared.take(key, () => ({ close() {} }))
  expect(read()).toBeUndefined()
  const [recording, again] = [take('large'), take('large')]
  expect(read()).toBe(1)
  const door = take('small')
  expect(read()).toBe(2)
  recording.letGo()
  expect(read()).toBe(2)
  again.letGo()
  door.letGo()
  expect(read()).toBe(0)
})
