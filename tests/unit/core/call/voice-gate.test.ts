import { expect, test } from 'vitest'
import { closedGate, isVoiceSent, stepVoiceGate } from '../../../../src/core/call/voice-gate.ts'
import { LOUDEST, VOICES_ALWAYS_OPEN } from '../../../../src/protocol/limits.ts'

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
