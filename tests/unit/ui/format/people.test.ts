import { expect, test } from 'vitest'
import { audienceLine, connectionPhrase, initialsOf, listNames, starHue } from '../../../../src/ui/format/people.ts'
import { ANN, BEN, LONG, ME } from '../../../../src/ui/gallery/fixtures/people.ts'

test('[UI-11] initials come from the first and last word, whatever the script, and a nameless one gets a dot', () => {
  const names = [
    'Ann Fischer',
    'ben',
    'Maria del Mar Ruiz',
    '',
    '   ',
    '👩‍🚀 Eva',
    '\u200fدانا אבג\u200e',
    '<img src=x>',
    'e\u0301mile zola',
  ]
  expect(names.map(initialsOf)).toEqual(['AF', 'B', 'MR', '·', '·', '👩‍🚀E', 'دא', '<S', 'ÉZ'])
})

test('[UI-11] names are listed as one would say them', () => {
  expect([[], ['Ann'], ['Ann', 'Ben'], ['Ann', 'Ben', 'Cem'], ['Ann', 'Ben', 'Cem', 'Dee']].map((names) => listNames(names))).toEqual([
    'nobody',
    'Ann',
    'Ann and Ben',
    'Ann, Ben and 1 other',
    'Ann, Ben and 2 others',
  ])
})

test('[UI-6] who can read is a count of devices', () => {
  expect(audienceLine(3)).toBe('3 can read · relay cannot')
})

test('[UI-5] how someone is connected says what is known', () => {
  expect([ME, ANN, BEN, LONG, { ...ANN, path: 'unknown', rttMs: 0.2 } as const].map(connectionPhrase)).toEqual([
    'this tab',
    'direct, 9 ms',
    'relayed, 84 ms',
    'connecting again',
    'connected, 1 ms',
  ])
})

test('[UI-11] a person keeps their shade, and it stays near the colour of the room', () => {
  const hues = ['a', 'b', 'c', 'device of Ann'].map((device) => starHue(10, device))
  expect(hues).toEqual(['a', 'b', 'c', 'device of Ann'].map((device) => starHue(10, device)))
  for (const hue of hues) expect(Math.min(Math.abs(hue - 10), 360 - Math.abs(hue - 10))).toBeLessThanOrEqual(63)
})
