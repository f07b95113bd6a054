import { expect, test } from 'vitest'
import { type FileFacts, fileState } from '../../../../src/core/storage/file-state.ts'

const facts = (change: Partial<FileFacts>): FileFacts => ({
  rows: 0,
  k: 4,
  lacking: 0,
  wish: undefined,
  failed: undefined,
  isReachable: true,
  figures: undefined,
  doneBytes: 7,
  ...change,
})

test.each<[string, Partial<FileFacts>]>([
  ['held', { rows: 4, wish: 'paused' }],
  ['part', { rows: 1 }],
  ['elsewhere', {}],
  ['fetching', { rows: 1, lacking: 1 }],
  ['waiting', { lacking: 1, isReachable: false }],
  ['paused', { lacking: 1, wish: 'paused' }],
  ['cancelled', { lacking: 1, wish: 'cancelled' }],
  ['failed', { lacking: 1, failed: 'quota-exceeded' }],
])('a person is told %s', (kind, change) => {
  expect(fileState(facts(change)).kind).toBe(kind)
})
