import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Chat, ChatMessage } from '../../../../src/ports/asterism.ts'
import type { RoomId } from '../../../../src/protocol/ids.ts'
import { UnreadCount } from '../../../../src/ui/chat/unread.svelte.ts'
import { ANN, ME } from '../../../../src/ui/gallery/fixtures/people.ts'

const ROOM = 'room' as RoomId
const said = (by: typeof ANN, atMs: number): ChatMessage => ({
  id: `${atMs}`,
  from: by.device,
  name: by.name,
  isMe: by.isMe,
  text: '',
  atMs,
  place: { kind: 'room' },
  lacking: [],
})
const chatOf = (messages: ChatMessage[]): Chat => ({
  messages,
  audience: { kind: 'room', names: [] },
  send: () => undefined,
  subscribe: () => () => undefined,
})

beforeEach(() => {
  const values = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => values.set(key, value),
  })
})
afterEach(() => vi.unstubAllGlobals())

test('[UI-26] what was said before the first visit is not new, what I say myself never is', () => {
  const messages = [said(ANN, 50)]
  const unread = new UnreadCount(ROOM, chatOf(messages), 100)
  messages.push(said(ANN, 120), said(ME, 130), said(ANN, 140))
  expect(unread.count).toBe(2)
})

test('[UI-26] what was read stays read after a reload, and what came meanwhile is new', () => {
  const messages = [said(ANN, 120)]
  new UnreadCount(ROOM, chatOf(messages), 100).markRead()
  messages.push(said(ANN, 300))
  expect(new UnreadCount(ROOM, chatOf(messages), 900).count).toBe(1)
})
