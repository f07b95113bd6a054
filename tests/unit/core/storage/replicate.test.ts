import { expect, test } from 'vitest'
import { fileState } from '../../../../src/core/storage/file-state.ts'
import { copiesByFile, filesToWalk, holdersOf, tabOfDevice, untrueClaims } from '../../../../src/core/storage/replicate.ts'
import { judgeAside } from '../../../../src/core/storage/set-aside.ts'
import type { BlockId, DeviceId, FileId, TabId } from '../../../../src/protocol/ids.ts'
import { REFUSED_FOR_MS } from '../../../../src/protocol/limits.ts'
import type { FileRecord } from '../../../../src/protocol/room-state.ts'

const id = (name: string) => name as FileId
const device = (name: string) => name as DeviceId
const tab = (name: string) => name as TabId
const record = (name: string, addedAtMs: number): FileRecord => ({
  id: id(name),
  root: 'bafkrei' as BlockId,
  name,
  type: '',
  bytes: 1,
  addedBy: device('d'),
  addedAtMs,
})
const facts = { isHeld: false, wish: undefined, failed: undefined, isReachable: true, figures: undefined, doneBytes: 7 } as const

test('[STORAGE-15] a paused or cancelled file is not walked; the others are, oldest first', () => {
  const files = [record('new', 3), record('old', 1), record('paused', 0), record('done', 2)]
  const walk = filesToWalk(files, new Set([id('done')]), new Map([[id('paused'), 'paused']]))
  expect(walk.map(({ name }) => name)).toEqual(['old', 'new'])
})

test('one tab of each device is asked, the leader where there is one', () => {
  const reachable = [
    { tab: tab('a1'), device: device('a'), leader: false },
    { tab: tab('a2'), device: device('a'), leader: true },
    { tab: tab('b1'), device: device('b'), leader: false },
  ]
  const copies = copiesByFile(['f/a', 'f/b', 'f/gone', 'malformed'])
  expect(holdersOf(copies.get(id('f')), tabOfDevice(reachable))).toEqual(['a2', 'b1'])
})

test('[STORAGE-16] a file nobody here holds is waiting, and fetching once somebody does', () => {
  expect(fileState({ ...facts, isReachable: false })).toEqual({ kind: 'waiting', doneBytes: 7 })
  expect(fileState(facts)).toEqual({ kind: 'fetching', doneBytes: 7, bytesPerSecond: 0, etaMs: undefined, from: [] })
})

test('[STORAGE-15] what the person wished goes before what the network can do', () => {
  expect(fileState({ ...facts, wish: 'paused', failed: 'quota-exceeded', isReachable: false })).toEqual({ kind: 'paused', doneBytes: 7 })
  expect(fileState({ ...facts, wish: 'cancelled' })).toEqual({ kind: 'cancelled' })
  expect(fileState({ ...facts, failed: 'quota-exceeded' })).toEqual({ kind: 'failed', code: 'quota-exceeded', doneBytes: 7 })
  expect(fileState({ ...facts, wish: 'cancelled', isHeld: true })).toEqual({ kind: 'held' })
})

test('[STORAGE-19] a file set aside without holders waits for one, or for blocks taken in since', () => {
  const aside = { sinceMs: 1000, hadHolders: false }
  const later = 1000 + REFUSED_FOR_MS
  expect(judgeAside(aside, { nowMs: later, hasHolders: false, gainedAtMs: 900 })).toBe('waiting')
  expect(judgeAside(aside, { nowMs: 1001, hasHolders: true, gainedAtMs: 900 })).toBe('due')
  expect(judgeAside(aside, { nowMs: 1500, hasHolders: false, gainedAtMs: 1400 })).toBe('resting')
  expect(judgeAside(aside, { nowMs: later, hasHolders: false, gainedAtMs: 1400 })).toBe('due')
})

test('[STORAGE-19] a file its holders refused rests until their refusals are over', () => {
  const aside = { sinceMs: 1000, hadHolders: true }
  expect(judgeAside(aside, { nowMs: 1500, hasHolders: true, gainedAtMs: 0 })).toBe('resting')
  expect(judgeAside(aside, { nowMs: 1000 + REFUSED_FOR_MS, hasHolders: true, gainedAtMs: 0 })).toBe('due')
  expect(judgeAside(aside, { nowMs: 1000 + REFUSED_FOR_MS, hasHolders: false, gainedAtMs: 0 })).toBe('waiting')
})

test('[STORAGE-20] claims of files taken out or found lacking are untrue; those of other devices are not ours to judge', () => {
  const copies = copiesByFile(['gone/me', 'lacking/me', 'whole/me', 'gone/other', 'lacking/other'])
  const isListed = (file: FileId) => file !== id('gone')
  expect(untrueClaims(copies, device('me'), isListed, (file) => file === id('lacking'))).toEqual(['gone', 'lacking'])
})
