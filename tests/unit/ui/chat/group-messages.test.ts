import { expect, test } from 'vitest'
import type { ChatMessage, ChatPlace } from '../../../../src/ports/asterism.ts'
import { groupMessages } from '../../../../src/ui/chat/group-messages.ts'
import { ANN, BEN } from '../../../../src/ui/gallery/fixtures/people.ts'

const MINUTE = 60_000
const ROOM = { kind: 'room' } as const
const said = (by: typeof ANN, text: string, minute: number, place: ChatPlace = ROOM): ChatMessage => ({
  id: text,
  from: by.device,
  name: by.name,
  isMe: false,
  text,
  atMs: minute * MINUTE,
  place,
  lacking: [],
})

test('[UI-22] a turn goes on while the same person speaks within five minutes of their last word', () => {
  const messages = [said(ANN, 'a', 0), said(ANN, 'b', 4), said(ANN, 'c', 8), said(BEN, 'd', 8), said(ANN, 'e', 9), said(ANN, 'f', 14)]
  expect(groupMessages(messages).map((group) => group.messages.map(({ text }) => text).join(''))).toEqual(['abc', 'd', 'e', 'f'])
})
