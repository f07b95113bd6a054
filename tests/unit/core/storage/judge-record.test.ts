import { expect, test } from 'vitest'
import { judgeRecord } from '../../../../src/core/storage/judge-record.ts'

test('[STORAGE-9] the first genuine record counts, and a newer one takes its place', () => {
  expect(judgeRecord(undefined, { isGenuine: true, sequence: 1 })).toBe('take')
  expect(judgeRecord({ sequence: 1 }, { isGenuine: true, sequence: 2 })).toBe('take')
  expect(judgeRecord({ sequence: 2 }, { isGenuine: true, sequence: 2 })).toBe('take')
})

test('[STORAGE-10] an older or a forged one is written over with what counts', () => {
  expect(judgeRecord({ sequence: 2 }, { isGenuine: true, sequence: 1 })).toBe('restore')
  expect(judgeRecord({ sequence: 2 }, { isGenuine: false, sequence: 9 })).toBe('restore')
  expect(judgeRecord(undefined, { isGenuine: false, sequence: 9 })).toBe('ignore')
})
