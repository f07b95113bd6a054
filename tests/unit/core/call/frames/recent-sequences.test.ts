import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasSequence, isAhead, NO_SEQUENCES, noteSequence, onlySequence } from '../../../../../src/core/call/frames/recent-sequences.ts'

test('[FRAME-4] the last 32 sequences are known one by one, over their wrap too; whatever is older is not', () => {
  const steps = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(steps, fc.constantFrom(0, 1_000, 2 ** 31 - 50, 2 ** 32 - 50), (ahead, first) => {
      const noted: number[] = []
      let recent = NO_SEQUENCES
      let sequence = first
      for (const step of ahead) {
        sequence = (sequence + step) >>> 0
        expect(isAhead(recent, sequence)).toBe(true)
        recent = noteSequence(recent, sequence)
        noted.push(sequence)
      }
      for (let back = 0; back < 100; back++) {
        const asked = (sequence - back) >>> 0
        expect(hasSequence(recent, asked)).toBe(back < 32 && noted.includes(asked))
        expect(isAhead(recent, asked)).toBe(false)
      }
      expect(hasSequence(recent, (sequence + 1) >>> 0)).toBe(false)
    }),
  )
})

test('[FRAME-6] a key frame leaves nothing before it', () => {
  expect([7, 8, 9].map((sequence) => hasSequence(onlySequence(8), sequence))).toEqual([false, true, false])
})
