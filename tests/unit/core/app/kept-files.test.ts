import { expect, test } from 'vitest'
import { type AppFile, allToFetch, firstToFetch, keyOf, pathOf, toForget } from '../../../../src/core/app/kept-files.ts'

const page: AppFile = { url: 'index.html', revision: 'one', isFirst: true }
const room: AppFile = { url: 'assets/room-1.js', revision: null, isFirst: true }
const call: AppFile = { url: 'assets/call-1.js', revision: null }
const files = [page, room, call]
const nothing = new Set<string>()

test('[OFFLINE-1] before the worker is ready only the first files are fetched', () => {
  expect(firstToFetch(files, nothing)).toEqual([page, room])
})

test('[OFFLINE-2] later all others are, and nothing twice', () => {
  expect(allToFetch(files, new Set([page, room].map(keyOf)))).toEqual([call])
  expect(allToFetch(files, new Set(files.map(keyOf)))).toEqual([])
})

test('[OFFLINE-3] a build that waits shares what did not change, and keeps what did beside the former', () => {
  const newer = [{ ...page, revision: 'two' }, room, { ...call, url: 'assets/call-2.js' }]
  const kept = new Set(files.map(keyOf))
  expect(allToFetch(newer, kept)).toEqual([newer[0], newer[2]])
  expect(newer.map(pathOf)[0]).toBe(pathOf(page))

  const both = new Set([...kept, ...newer.map(keyOf)])
  expect(toForget(newer, both)).toEqual(['/index.html?revision=one', '/assets/call-1.js'])
})
