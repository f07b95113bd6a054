import { expect, test } from 'vitest'
import { fileKind, opensInTab, previewKind } from '../../../../src/ui/format/file-kind.ts'

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

test('[UI-9] a tab of its own is offered for what a browser shows there, not for what it would save', () => {
  const shown = ['a.pdf', 'a.svg', 'page.html'].map((name) => opensInTab('', name))
  const saved = ['a.zip', 'a.ods', 'a'].map((name) => opensInTab('', name))
  expect([shown, saved]).toEqual([
    [true, true, true],
    [false, false, false],
  ])
  expect([opensInTab('application/pdf', 'a'), opensInTab('application/zip', 'a.pdf')]).toEqual([true, false])
})
