import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hear, SILENCE } from '../../../../src/core/call/speaking.ts'

const TALK = 0.1
const HUSH = 0.0001

/** Who is speaking after these sounds, one each 100 ms. */
function after(sounds: readonly number[]): boolean {
  return sounds.reduce((voice, rms, i) => hear(voice, rms, i * 100), SILENCE).isSpeaking
}

const during = (ms: number, rms: number) => Array.from({ length: ms / 100 }, () => rms)

test('[CALL-2] talking is speech', () => {
  expect(after(during(500, TALK))).toBe(true)
})

test('[CALL-2] one loud moment is not speech', () => {
  expect(after([...during(500, HUSH), 0.9, ...during(200, HUSH)])).toBe(false)
})

test('[CALL-2] a pause between words does not end speech, a long one does', () => {
  expect(after([...during(500, TALK), ...during(500, HUSH), TALK])).toBe(true)
  expect(after([...during(500, TALK), ...during(1200, HUSH)])).toBe(false)
})

test('[CALL-3] the level rises at once and falls slowly', () => {
  const loud = hear(SILENCE, 1, 0)
  const later = hear(loud, 0, 100)
  expect(loud.level).toBe(1)
  expect(later.level).toBeCloseTo(0.7)
})

test('[CALL-3] the level stays between 0 and 1', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 4, noNaN: true })), (sounds) => {
      let voice = SILENCE
      for (const [i, rms] of sounds.entries()) {
        voice = hear(voice, rms, i * 100)
        expect(voice.level).toBeGreaterThanOrEqual(0)
        expect(voice.level).toBeLessThanOrEqual(1)
      }
    }),
  )
})
