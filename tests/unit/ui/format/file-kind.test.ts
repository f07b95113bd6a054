import { expect, test } from 'vitest'
import { fileKind, previewKind } from '../../../../src/ui/format/file-kind.ts'

test('[UI-9] video, sound, pixel images and plain text are shown inside, SVG, HTML and the rest are not', () => {
  const types = [
    'video/mp4',
    'audio/flac',
    'image/png',
    'text/plain',
    'application/json',
    'image/svg+xml',
    'text/html',
    'application/pdf',
    '',
    'videography',
  ]
  expect(types.map((type) => previewKind(type, 'a'))).toEqual([
    'video',
    'audio',
    'image',
    'text',
    'text',
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('[UI-9] a name speaks only where the type is silent', () => {
  expect([fileKind('', 'notes.md'), fileKind('application/octet-stream', 'a.tar.gz'), fileKind('application/pdf', 'a.txt')]).toEqual([
    'text',
    'archive',
    'other',
  ])
  expect(previewKind('', 'page.html')).toBeUndefined()
  expect(previewKind('', 'picture.svg')).toBeUndefined()
})
