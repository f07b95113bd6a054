import { expect, test } from 'vitest'
import { REACTIONS } from '../../../../src/protocol/control.ts'
import {
  awaitedLine,
  hushSentence,
  noWayLine,
  ordinal,
  placeLine,
  placeNames,
  reactionWords,
  votesLine,
} from '../../../../src/ui/format/call-words.ts'

const hushed = (text: string) => ({ microphone: text.includes('m'), camera: text.includes('c'), screen: text.includes('s') })

test('[UI-54] what is held back is said as what it means for everybody, and to oneself', () => {
  expect(['', 'm', 'c', 'mc', 'mcs', 's', 'ms', 'cs'].map((what) => hushSentence(hushed(what), 'Ana'))).toEqual([
    '',
    'Nobody hears Ana',
    'Nobody sees Ana',
    'Nobody hears or sees Ana',
    'Nobody hears or sees Ana',
    'Nobody sees Ana’s screen',
    'Nobody hears Ana or sees their screen',
    'Nobody sees Ana',
  ])
  expect(['m', 's', 'ms'].map((what) => hushSentence(hushed(what), 'Noor', true))).toEqual([
    'Nobody hears you',
    'Nobody sees your screen',
    'Nobody hears you or sees your screen',
  ])
})

test('[UI-54] a line under a name says who they are here, what they want, where they are and what is held back', () => {
  const plain = { role: 'member', isMe: false, handPlace: undefined, hush: '', subRoom: undefined }
  expect(placeLine(plain)).toBe('')
  expect(placeLine({ ...plain, role: 'owner', isMe: true })).toBe('you · made this room')
  expect(placeLine({ ...plain, role: 'moderator', handPlace: 1, subRoom: 'Beds', hush: 'Nobody hears Ana' })).toBe(
    'moderator · hand up, next · in Beds · nobody hears Ana',
  )
  expect(placeLine({ ...plain, handPlace: 3 })).toBe('hand up, 3rd')
  expect(placeLine({ ...plain, subRoom: 'Beds', isLeftOut: true })).toBe('in Beds · not on your stage')
})

test('[UI-58] places in a row are said as people say them', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map(ordinal).join(' ')).toBe('1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 103rd 111th')
})

test('[UI-49] sides of the stage are named as they are seen', () => {
  expect([placeNames(false).start, placeNames(true).start]).toEqual(['Left', 'Right'])
})

test('[UI-60] signs have names, also one that is not known yet; votes are counted in words', () => {
  expect([reactionWords('👏'), reactionWords('🛶')]).toEqual(['clapping', '🛶'])
  expect(REACTIONS.filter((one) => reactionWords(one) === one)).toEqual([])
  expect([votesLine(1, 3), votesLine(0, 0), votesLine(2, 2)]).toEqual(['1 vote · 33 %', '0 votes · 0 %', '2 votes · 100 %'])
})

test('[UI-66] an empty tile says that there is no way to its person, and a picture passed on by another is a way', () => {
  const line = (connection: 'connecting' | 'here' | 'healing', hasPicture = false, isMe = false) =>
    noWayLine({ isMe, connection }, hasPicture)
  expect([line('connecting'), line('healing'), line('here'), line('connecting', true), line('connecting', false, true)]).toEqual([
    'No way there yet',
    'No way there yet',
    '',
    '',
    '',
  ])
})

test('[CALL-23] a tile says that a picture does not come through where one is sent and none is seen', () => {
  const ada = { isMe: false, camera: true, connection: 'here' } as const
  expect(awaitedLine(ada, false)).toBe('Picture does not come through')
  const quiet = [
    awaitedLine(ada, true),
    ...[{ isMe: true }, { camera: false }, { connection: 'healing' as const }].map((change) => awaitedLine({ ...ada, ...change }, false)),
  ]
  expect(quiet).toEqual(['', '', '', ''])
})
