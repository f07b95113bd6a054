import { expect, test } from 'vitest'
import type { RoomFile } from '../../../../src/ports/asterism.ts'
import { canOpen, copiesPhrase, fileActions, fileLine, filePercent, transferSummary } from '../../../../src/ui/format/file-line.ts'
import { CODED, copyOn, EVERY_STATE, file } from '../../../../src/ui/gallery/fixtures/files.ts'
import { ANN, BEN, CEM, ME } from '../../../../src/ui/gallery/fixtures/people.ts'

function named(name: string): RoomFile {
  const found = EVERY_STATE.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no fixture ${name}`)
  return found
}

test('[UI-5] a row says state and part, then speed, wait and helper', () => {
  expect(fileLine(named('film night.mkv'))).toEqual({
    state: 'Fetching · 0.88 of 1.42 GB',
    figures: ['8.2 MB/s', 'about 1 min left', 'from Ann Fischer'],
  })
})

test('[UI-5] what is not known is left out', () => {
  expect(fileLine(named('just started.zip')).figures).toEqual(['6.1 MB/s', 'from Ann Fischer, Ben Okafor and 1 other'])
  expect(fileLine(file('stalled', 10, [], { kind: 'fetching', doneBytes: 0, bytesPerSecond: 0, etaMs: undefined, from: [] }))).toEqual({
    state: 'Fetching · 0 of 10 B',
    figures: [],
  })
  expect(fileLine(named('Sunday hike.mp4'))).toEqual({ state: undefined, figures: [] })
})

test('[UI-5] after a reload nobody has counted what a paused file has: no figure, and no bar', () => {
  const paused = file('film.mkv', 100, [], { kind: 'paused', doneBytes: 0 })
  expect([fileLine(paused).state, filePercent(paused)]).toEqual(['Paused', undefined])
  expect([fileLine(named('paused.tar')).state, filePercent(named('paused.tar'))]).toEqual(['Paused · 20 of 80 MB', 25])
})

test('[UI-5] a file that waits says for whom, and one that failed says why', () => {
  expect(fileLine(named('owner went home.mov')).state).toBe('Waiting for Cem · 120 of 340 MB')
  expect(fileLine(file('orphan', 10, [], { kind: 'waiting', doneBytes: 0 })).state).toBe('Waiting for someone who has it')
  expect(fileLine(named('disk was full.raw'))).toEqual({
    state: 'Could not be fetched',
    figures: ['This device has no room left. Free some space; nothing already stored was lost.'],
  })
})

test('[UI-6] dots are told in words', () => {
  const [me, ann, away, gone] = [copyOn(ME), copyOn(ANN), copyOn(CEM, false), copyOn(BEN, false)]
  expect([[], [me], [me, ann], [me, away], [away, gone]].map(copiesPhrase)).toEqual([
    'no whole copy yet',
    'on 1 device',
    'on 2 devices',
    'on 1 device here, 1 away',
    'on 2 devices, away',
  ])
})

test('[UI-6] shares and spare copies are told apart', () => {
  const [mine, anns, spare] = [copyOn(ME, true, 'part'), copyOn(ANN, false, 'part'), copyOn(BEN, true, 'spare')]
  expect([[mine, anns], [copyOn(ME), anns, spare], [spare], CODED].map(copiesPhrase)).toEqual([
    'parts on 2 devices, 1 of them away',
    'whole on 1 device, parts on 1, spare on 1, 1 of them away',
    'spare on 1 device',
    'parts on 7 devices, spare on 1, 2 of them away',
  ])
})

test('[UI-8] a file opens when it is whole here or someone here can stream it', () => {
  const away = copyOn(CEM, false)
  expect(canOpen(file('held', 1, [copyOn(ME)]))).toBe(true)
  expect(canOpen(file('streams', 1, [copyOn(ANN)], { kind: 'paused', doneBytes: 0 }))).toBe(true)
  expect(canOpen(file('away', 1, [away], { kind: 'waiting', doneBytes: 0 }))).toBe(false)
  expect(canOpen(named('my share.iso'))).toBe(true)
  expect(canOpen({ ...named('my share.iso'), safety: { state: 'unreadable', spareDevices: 0 } })).toBe(false)
  expect(canOpen(named('being added.iso'))).toBe(false)
})

test('[UI-8] each state offers the deeds that change it', () => {
  expect(EVERY_STATE.map(({ state }) => [state.kind, ...fileActions(state)].join(' '))).toEqual(
    expect.arrayContaining(['held', 'adding cancel', 'fetching pause cancel', 'paused resume cancel', 'cancelled fetch', 'failed retry']),
  )
})

test('[UI-5] everything on the way adds up to one sentence', () => {
  expect(transferSummary([named('film night.mkv'), named('being added.iso'), named('paused.tar')])).toEqual({
    percent: 55,
    text: '2 files on the way, 55 percent',
  })
  expect(transferSummary([named('paused.tar')])).toBeUndefined()
})
