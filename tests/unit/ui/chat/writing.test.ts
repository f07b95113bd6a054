import { expect, test } from 'vitest'
import type { Chat, ChatAudience, ChatMessage, ChatPlace } from '../../../../src/ports/asterism.ts'
import { groupMessages } from '../../../../src/ui/chat/group-messages.ts'
import { heldLine, lackingLine, placeMark, readersLine, writeTo } from '../../../../src/ui/chat/reader-words.ts'
import { Writing } from '../../../../src/ui/chat/writing.svelte.ts'
import { ANN, BEN, CEM, ME } from '../../../../src/ui/gallery/fixtures/people.ts'

const ROOM: ChatAudience = { kind: 'room', names: [] }
const BEDS: ChatAudience = { kind: 'sub-room', id: 'beds', name: 'Beds', names: [ANN.name, CEM.name] }
const TO_BEN: ChatAudience = { kind: 'whisper', to: BEN.device, name: BEN.name, names: [BEN.name] }

/** A chat of which others decide where its person stands. */
function chatAt(first: ChatAudience) {
  const sent: (readonly [text: string, to: string])[] = []
  let audience = first
  const chat: Chat = {
    messages: [],
    get audience() {
      return audience
    },
    send: (text, to) => sent.push([text, to ?? audience.kind]),
    subscribe: () => () => undefined,
  }
  const move = (next: ChatAudience) => {
    audience = next
  }
  return { writing: new Writing(chat), sent, move }
}

test('[CHAT-8] what was begun in a side room is not sent to everybody because the side room was closed meanwhile', () => {
  const { writing, sent, move } = chatAt(BEDS)
  writing.text = 'Ann, that is too many'
  move(ROOM)
  expect([writing.send(), writing.isHeld, writing.text, sent]).toEqual([false, true, 'Ann, that is too many', []])
  expect(writing.send()).toBe(true)
  expect([writing.isHeld, writing.text, sent]).toEqual([false, '', [['Ann, that is too many', 'room']]])
})

test('[CHAT-8] nor in a whisper that went on to somebody else, nor in a room on the way into a side room', () => {
  const { writing, sent, move } = chatAt(TO_BEN)
  writing.text = 'a'
  move({ ...TO_BEN, to: ANN.device, name: ANN.name, names: [ANN.name] })
  expect([writing.send(), writing.isHeld]).toEqual([false, true])
  writing.text = ''
  writing.text = 'b'
  expect(writing.isHeld).toBe(false)
  move(BEDS)
  expect([writing.send(), sent]).toEqual([false, []])
})

test('[CHAT-8] who comes and goes in the same side room holds nothing back, and nothing is sent that is empty', () => {
  const { writing, sent, move } = chatAt(BEDS)
  writing.text = 'hello'
  move({ ...BEDS, names: [ANN.name], name: 'Beds and fence' })
  expect(writing.send()).toBe(true)
  writing.text = '  '
  expect([writing.send(), sent]).toEqual([false, [['hello', 'sub-room']]])
})

test('[CHAT-9] who turns to the whole room writes to it until they stand elsewhere', () => {
  const { writing, sent, move } = chatAt(BEDS)
  expect([writing.isToRoom, writeTo(writing.audience)]).toEqual([false, 'Write to Beds'])
  writing.text = 'to all'
  writing.turnToRoom(true)
  expect(writeTo(writing.audience)).toBe('Write to everybody')
  writing.send()
  writing.say('and this')
  move(TO_BEN)
  writing.say('to Ben')
  expect(writeTo(writing.audience)).toBe('Write to Ben Okafor alone')
  move(BEDS)
  expect(writing.isToRoom).toBe(true)
  writing.turnToRoom(false)
  writing.say('to beds')
  expect(sent).toEqual([
    ['to all', 'room'],
    ['and this', 'room'],
    ['to Ben', 'whisper'],
    ['to beds', 'sub-room'],
  ])
})

test('[CHAT-9] it is said who will read it, that a file is for all, and when nobody is there', () => {
  expect(readersLine(BEDS)).toBe('Only Ann Fischer and Cem read this. A file is for the whole room.')
  expect(readersLine(TO_BEN)).toBe('Only Ben Okafor reads this. A file is for the whole room.')
  expect(readersLine(ROOM)).toBe('Everybody in the room reads this, also those who come later.')
  expect(readersLine({ ...BEDS, names: [] })).toBe('Nobody else is here to read this, and those who come later do not see it.')
  expect(readersLine({ ...TO_BEN, names: [] })).toBe('Ben Okafor is not in the call, so nobody reads this.')
  expect(heldLine(ROOM)).toBe('Not sent: you were elsewhere when you began this. Press Send again and everybody in the room will read it.')
})

const said = (by: typeof ANN, text: string, place: ChatPlace, lacking: readonly string[] = []): ChatMessage => {
  return { id: text, from: by.device, name: by.name, isMe: by.isMe, text, atMs: 0, place, lacking }
}

test('[CHAT-9] each message says where it was said, and whom it did not reach', () => {
  const toMe: ChatPlace = { kind: 'whisper', to: ME.device, name: ME.name }
  expect([
    placeMark(said(ANN, '', { kind: 'room' }), ME.device),
    placeMark(said(ANN, '', BEDS), ME.device),
    placeMark(said(ME, '', TO_BEN), ME.device),
    placeMark(said(ANN, '', toMe), ME.device),
    // On a second device of Ben's.
    placeMark(said(ANN, '', TO_BEN), ME.device),
  ]).toEqual([undefined, 'only in Beds', 'to Ben Okafor alone', 'to you alone', 'to Ben Okafor alone'])
  expect([lackingLine({ lacking: [] }), lackingLine({ lacking: ['Ann', 'Cem'] }), lackingLine({ lacking: ['Ann'] })]).toEqual([
    undefined,
    'Ann and Cem have not got this',
    'Ann has not got this',
  ])
})

test('[CHAT-9] what one person says to some and to all stands apart', () => {
  const toCem: ChatPlace = { kind: 'whisper', to: CEM.device, name: CEM.name }
  const room = { kind: 'room' } as const
  const fence: ChatPlace = { ...BEDS, id: 'fence' }
  const messages = [room, BEDS, BEDS, fence, TO_BEN, TO_BEN, toCem, room].map((place, n) => said(ANN, String(n), place))
  expect(groupMessages(messages).map((group) => group.messages.map(({ text }) => text).join(''))).toEqual(['0', '12', '3', '45', '6', '7'])
})
