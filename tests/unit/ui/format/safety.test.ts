import { expect, test } from 'vitest'
import type { FileSafety } from '../../../../src/ports/asterism.ts'
import { safetyWords, weakest } from '../../../../src/ui/format/safety.ts'
import { copyOn, EVERY_SAFETY } from '../../../../src/ui/gallery/fixtures/files.ts'
import { ANN, BEN, ME } from '../../../../src/ui/gallery/fixtures/people.ts'

const say = (state: FileSafety['state'], spareDevices: number, copies = [copyOn(ME), copyOn(ANN)]) =>
  safetyWords({ safety: { state, spareDevices }, copies }).short

test('[UI-28] every state has words of its own', () => {
  const states = ['spread', 'safe', 'spreading', 'one-copy', 'at-risk', 'unreadable', 'lost'] as const
  const words = states.map((state) => say(state, 2, [copyOn(ME)]))
  expect(words).toEqual([
    'Fully spread',
    'Safe: 2 devices may go',
    'Copies are on their way',
    'Only on this device',
    'Less sure than wished',
    'Asleep until more devices come',
    'Lost',
  ])
})

test('[UI-28] the gallery shows each of them', () => {
  expect(new Set(EVERY_SAFETY.map(({ safety }) => safety.state)).size).toBe(7)
})

test('[UI-29] fewer than expected is said', () => {
  expect([0, 1, 2, 5].map((spare) => say('spread', spare))).toEqual([
    'Fully spread, nothing spare',
    'Fully spread: 1 may go',
    'Fully spread',
    'Fully spread',
  ])
  expect([0, 1].map((spare) => say('at-risk', spare))).toEqual(['No device may go', '1 device may go, not 2'])
  expect(say('safe', 3)).toBe('Safe: 3 devices may go')
  expect(safetyWords({ safety: { state: 'at-risk', spareDevices: 1 }, copies: [] }).sentence).toBe(
    'Any one device may go. The wish was for more, and no device here can take another copy.',
  )
})

test('[UI-7] a single copy says on which device, and a spare one is no company', () => {
  expect(say('one-copy', 0, [copyOn(ME), copyOn(BEN, true, 'spare')])).toBe('Only on this device')
  expect(say('one-copy', 0, [copyOn(ANN)])).toBe('Only with Ann Fischer')
})

test('[UI-32] a folder is as safe as its least safe file', () => {
  expect(weakest(['spread', 'safe', 'at-risk', 'spread'])).toBe('at-risk')
  expect(weakest([])).toBe('spread')
})
