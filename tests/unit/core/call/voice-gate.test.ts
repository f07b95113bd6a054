import { expect, test } from 'vitest'
import { closedGate, isVoiceSent, stepVoiceGate, voiceLinePauseMs } from '../../../../src/core/call/voice-gate.ts'
import { LINE_EVERY_MS, LOUDEST, VOICES_ALWAYS_OPEN } from '../../../../src/protocol/limits.ts'

test('[CALL-16] among few every voice is sent; among many those of the first three who speak', () => {
  const many = VOICES_ALWAYS_OPEN + 1
  expect(isVoiceSent({ people: VOICES_ALWAYS_OPEN, isSpeaking: false, othersBefore: 5 })).toBe(true)
  expect(isVoiceSent({ people: many, isSpeaking: false, othersBefore: 0 })).toBe(false)
  expect(isVoiceSent({ people: many, isSpeaking: true, othersBefore: LOUDEST - 1 })).toBe(true)
  expect(isVoiceSent({ people: many, isSpeaking: true, othersBefore: LOUDEST })).toBe(false)

  const look = (gate: ReturnType<typeof closedGate<string>>, isSpeaking: boolean, speaking: readonly string[]) =>
    stepVoiceGate(gate, { people: many, isSpeaking, speaking })
  const began = look(closedGate(), true, ['a', 'b'])
  expect(began.isSent).toBe(true)
  // Those who begin later do not silence whoever speaks already.
  expect(look(began.next, true, ['a', 'b', 'c', 'd']).isSent).toBe(true)
  const late = look(closedGate(), true, ['a', 'b', 'c'])
  expect(late.isSent).toBe(false)
  // One of the three falls silent.
  expect(look(late.next, true, ['a', 'b']).isSent).toBe(true)
})

test('[CALL-17] among many the lines of a voice are made by and by while it rests, and at once when it is sent', () => {
  const people = VOICES_ALWAYS_OPEN + 1
  expect(voiceLinePauseMs({ people, isSent: true })).toBe(LINE_EVERY_MS)
  expect(voiceLinePauseMs({ people: VOICES_ALWAYS_OPEN, isSent: false })).toBe(LINE_EVERY_MS)
  // Seven tabs that each open seven lines: fewer than three a second on one machine.
  expect((1000 * people) / voiceLinePauseMs({ people, isSent: false })).toBeLessThan(3)
})
