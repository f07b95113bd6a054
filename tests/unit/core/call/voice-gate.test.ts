import { expect, test } from 'vitest'
import { isVoiceSent } from '../../../../src/core/call/voice-gate.ts'
import { LOUDEST, VOICES_ALWAYS_OPEN } from '../../../../src/protocol/limits.ts'

test('[CALL-16] among few every voice is sent; among many those of the first three who speak', () => {
  const many = VOICES_ALWAYS_OPEN + 1
  expect(isVoiceSent({ people: VOICES_ALWAYS_OPEN, isSpeaking: false, othersBefore: 5 })).toBe(true)
  expect(isVoiceSent({ people: many, isSpeaking: false, othersBefore: 0 })).toBe(false)
  expect(isVoiceSent({ people: many, isSpeaking: true, othersBefore: LOUDEST - 1 })).toBe(true)
  expect(isVoiceSent({ people: many, isSpeaking: true, othersBefore: LOUDEST })).toBe(false)
})
