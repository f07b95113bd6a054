import { expect, test } from 'vitest'
import { judgeRecord, latestPlanSequence } from '../../../../src/core/storage/judge-record.ts'

const sequenceMax = 100

test('[STORAGE-9] the first genuine record counts, and a newer one takes its place', () => {
  expect(judgeRecord(undefined, { isGenuine: true, sequence: 1, sequenceMax })).toBe('take')
  expect(judgeRecord({ sequence: 1 }, { isGenuine: true, sequence: 2, sequenceMax })).toBe('take')
  expect(judgeRecord({ sequence: 2 }, { isGenuine: true, sequence: 2, sequenceMax })).toBe('take')
})

test('[STORAGE-10] an older or a forged one is written over with what counts', () => {
  expect(judgeRecord({ sequence: 2 }, { isGenuine: true, sequence: 1, sequenceMax })).toBe('restore')
  expect(judgeRecord({ sequence: 2 }, { isGenuine: false, sequence: 9, sequenceMax })).toBe('restore')
  expect(judgeRecord(undefined, { isGenuine: false, sequence: 9, sequenceMax })).toBe('ignore')
})

test('[STORAGE-27] a number that nobody could outdo does not count, for a newcomer neither', () => {
  const ahead = { isGenuine: true, sequence: 101, sequenceMax }
  expect([judgeRecord(undefined, ahead), judgeRecord({ sequence: 2 }, ahead)]).toEqual(['ignore', 'restore'])
})

test('[STORAGE-27] what counts for a plan now can be outdone a moment later', () => {
  const forged = latestPlanSequence(1_000)
  expect(judgeRecord({ sequence: forged }, { isGenuine: true, sequence: forged + 1, sequenceMax: latestPlanSequence(1_001) })).toBe('take')
})
