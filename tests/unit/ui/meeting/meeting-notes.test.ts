import { expect, test } from 'vitest'
import type { Poll } from '../../../../src/ports/asterism.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import { type NoteFacts, notesOf, sharingLine } from '../../../../src/ui/meeting/meeting-notes.ts'
import { lengthOf, recordsLine, streamsLine } from '../../../../src/ui/record/record-words.ts'

const QUIET: NoteFacts = {
  recorded: undefined,
  streamed: undefined,
  whisperTo: undefined,
  asked: undefined,
  hushed: { microphone: false, camera: false, screen: false },
  subRoom: undefined,
  mayMove: true,
  knocking: [],
  isSharing: false,
  sharesWith: undefined,
  polls: [],
  followed: undefined,
}
const poll: Poll = { id: 'a', by: 'b' as DeviceId, question: 'Tea?', options: [], choices: 'one', isOpen: true, mine: [] }
const texts = (facts: Partial<NoteFacts>) => notesOf({ ...QUIET, ...facts }).map(({ text }) => text)

test('[UI-55] where nothing is the matter nothing is said', () => {
  expect(texts({})).toEqual([])
})

test('[UI-55] my own voice and picture come first, and three things at most are said', () => {
  const everything: Partial<NoteFacts> = {
    whisperTo: 'Ben',
    hushed: { microphone: true, camera: false, screen: false },
    asked: 'mute',
    subRoom: 'Beds',
    knocking: ['Lena'],
    isSharing: true,
    polls: [poll],
    followed: 'speaker',
  }
  expect(texts(everything)).toEqual([
    'Only Ben hears you now',
    'Nobody hears you until a moderator lifts it',
    'A moderator asks you to turn your microphone off',
  ])
  expect(texts({ ...everything, whisperTo: undefined, asked: undefined, hushed: undefined })).toEqual([
    'You are in Beds. Only people in it hear you',
    'Lena waits to come in',
    'Everybody in the call sees your screen',
  ])
  expect(texts({ polls: [poll], followed: 'speaker' })).toEqual(['Tea?', 'A moderator arranged the stage: who speaks is shown large'])
})

test('[UI-55] a poll is named until I voted or it was closed; of several the first', () => {
  expect([texts({ polls: [{ ...poll, mine: [0] }] }), texts({ polls: [{ ...poll, isOpen: false }] })]).toEqual([[], []])
  expect(
    texts({
      polls: [
        { ...poll, isOpen: false },
        { ...poll, id: 'b', question: 'Cake?' },
      ],
    }),
  ).toEqual(['Cake?'])
})

test('[UI-55] who sees my screen is said by name', () => {
  expect([undefined, [], ['Ann'], ['Ben', 'Ana']].map(sharingLine)).toEqual([
    'Everybody in the call sees your screen',
    'Nobody sees your screen',
    'Only Ann sees your screen',
    'Only Ben and Ana see your screen',
  ])
})

test('[RECORD-15] who records and who sends it out is said first, however much there is to say', () => {
  const facts = { whisperTo: 'Ben', asked: 'mute', subRoom: 'Beds', isSharing: true } as const
  const lines = texts({ ...facts, recorded: recordsLine(['Ada'], false), streamed: streamsLine(['Ada'], true) })
  expect(lines.slice(0, 3)).toEqual(['Ada records this call', 'You and Ada send this call to a player outside', 'Only Ben hears you now'])
  expect(lines).toHaveLength(5)
  expect([recordsLine([], false), recordsLine([], true), recordsLine(['Ada', 'Ben'], false)]).toEqual([
    undefined,
    'You record this call',
    'Ada and Ben record this call',
  ])
  expect([0, 65_000, 3_661_999].map(lengthOf)).toEqual(['0:00', '1:05', '1:01:01'])
})
