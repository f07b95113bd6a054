import { expect, test } from 'vitest'
import { folderLine, jobLine } from '../../../../src/ui/format/folder-line.ts'

test('[UI-32] a folder says how many, what moves, what failed, and otherwise how safe it is', () => {
  expect(folderLine({ files: 10_000, moving: 40, failed: 3, safety: 'spreading' })).toBe('10,000 files, 40 on their way, 3 failed')
  expect(folderLine({ files: 1, moving: 0, failed: 0, safety: 'spread' })).toBe('1 file, fully spread')
  expect(folderLine({ files: 1, moving: 0, failed: 0, safety: 'at-risk' })).toBe('1 file, less sure than wished')
  expect(folderLine({ files: 3, moving: 0, failed: 0, safety: 'at-risk' })).toBe('3 files, some less sure than wished')
})

test('[UI-33] a folder being added says how far it is', () => {
  expect(jobLine({ phase: 'looking', total: 1_200, done: 0, failed: 0 })).toBe('Looking through it: 1,200 files so far')
  expect(jobLine({ phase: 'adding', total: 10_000, done: 812, failed: 0 })).toBe('812 of 10,000 added')
  expect(jobLine({ phase: 'stopped', total: 9, done: 4, failed: 2 })).toBe('4 of 9 added, 2 failed, stopped')
})
