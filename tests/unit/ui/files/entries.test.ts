import { expect, test } from 'vitest'
import { type Entry, entriesOf, folderNames } from '../../../../src/ui/files/entries.ts'
import { IN_FOLDERS, manyFiles } from '../../../../src/ui/gallery/fixtures/files.ts'

const nameOf = (entry: Entry) => (entry.kind === 'folder' ? `${entry.name}/` : entry.file.name)

test('[UI-32] folders stand before files, each as one row', () => {
  expect(entriesOf(IN_FOLDERS, '').map(nameOf)).toEqual([
    'Choir/',
    'Trip to the lake/',
    'a folder with a very long name that must be cut somewhere/',
    'Sunday hike.mp4',
    'minutes.pdf',
    'garden plan.png',
  ])
})

test('[UI-32] a folder counts everything below it and is as safe as its least safe file', () => {
  const trip = entriesOf(IN_FOLDERS, '').find((entry) => nameOf(entry) === 'Trip to the lake/')
  expect(trip).toMatchObject({ path: 'Trip to the lake', files: 837, moving: 9, failed: 0, safety: 'spreading' })
})

test('[UI-32] inside, folders and files of that level, files by name', () => {
  expect(entriesOf(IN_FOLDERS, 'Trip to the lake').map(nameOf)).toEqual(['Day 1/', 'Day 2/', 'packing list.md'])
  expect(entriesOf(IN_FOLDERS, 'Trip to the lake/Day 2').map(nameOf).slice(0, 2)).toEqual(['photo 00000.jpg', 'photo 00001.jpg'])
})

test('[UI-32] a label that is no path makes none', () => {
  expect(['/etc//x/', '../../a', '.', ''].map(folderNames)).toEqual([['etc', 'x'], ['a'], [], []])
})

test('[UI-12] ten thousand files in a folder are one row, quickly', () => {
  const files = manyFiles(10_000, 'photos')
  const startMs = performance.now()
  expect(entriesOf(files, '')).toHaveLength(1)
  expect(entriesOf(files, 'photos')).toHaveLength(10_000)
  expect(performance.now() - startMs).toBeLessThan(500)
})
