import { expect, test } from 'vitest'
import { refusedLine } from '../../../../src/ui/doors/door-words.ts'

test.each([
  ['in', 'nothing-in-common', /^A program called, but it offered no picture format that works here\./],
  ['out', 'nothing-in-common', /^A player called, but it takes no picture and no sound in a format that works here\.$/],
  ['in', 'unreadable', /^A program called, but it could not be understood\. It has to speak WHIP\.$/],
  ['out', 'unreadable', /^A player called, but it could not be understood\. It has to speak WHEP\.$/],
  ['in', undefined, /^$/],
] as const)('[DOORS-31] at a door %s, of an offer refused as %s is said: %s', (direction, refused, line) => {
  expect(refusedLine({ direction, refused })).toMatch(line)
})
