import { expect, test } from 'vitest'
import { layOverlays } from '../../../../src/core/record/lay-overlays.ts'
import type { PictureTile } from '../../../../src/protocol/composite-worker.ts'
import type { Show } from '../../../../src/protocol/control.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { person } from './people-fixture.ts'

const device = (name: string) => name as DeviceId
const PLACE = { x: 0, y: 72, width: 1024, height: 576 }
const tile = (view: PictureTile['view'], name: string): PictureTile => {
  return { tab: name as TabId, view, name, hasPicture: true, isSpeaking: false, ...PLACE }
}
const FILM = tile('show', 'Ann')
const BESIDE = { ...tile('camera', 'Ben'), x: 1024 }
const PEOPLE = [person('Ann'), person('Ben'), person('Cleo', { isHidden: true })]
const POLLS = [
  {
    id: 'p',
    question: 'Tea?',
    options: [
      { text: 'Yes', votes: 2 },
      { text: 'No', votes: 1 },
    ],
    isOpen: true,
  },
  {
    id: 'q',
    question: 'More?',
    options: [
      { text: 'Yes', votes: 2 },
      { text: 'No', votes: 1 },
    ],
    isOpen: false,
  },
]

function laid(overlays: Show['overlays'], tiles = [FILM, BESIDE], by = 'Ann') {
  return layOverlays(tiles, { by: device(by), overlays }, PEOPLE, POLLS)
}
const told = (tiles: readonly PictureTile[]) => tiles.map(({ view, name, x, y, width, height }) => [view, name, x, y, width, height])

test('[RECORD-27] who lies on a film stands in its corner, drawn after it; whose camera is hushed does not', () => {
  const overlays: Show['overlays'] = [
    { kind: 'picture', device: device('Ben'), corner: 'top-right' },
    { kind: 'picture', device: device('Ann'), corner: 'bottom-left' },
    { kind: 'picture', device: device('Cleo'), corner: 'top-left' },
    { kind: 'picture', device: device('gone'), corner: 'top-left' },
  ]
  expect(told(laid(overlays))).toEqual([
    ['show', 'Ann', 0, 72, 1024, 576],
    ['camera', 'Ben', 771, 80, 245, 138],
    ['camera', 'Ann', 8, 502, 245, 138],
    ['camera', 'Ben', 1024, 72, 1024, 576],
  ])
})

test('[RECORD-27] who stands beside a film has a third of its place', () => {
  const [film, ben] = laid([{ kind: 'split', device: device('Ben') }])
  expect(told([film as PictureTile, ben as PictureTile])).toEqual([
    ['show', 'Ann', 0, 72, 656, 576],
    ['camera', 'Ben', 656, 72, 368, 576],
  ])
})

test('[RECORD-27] words lie at its foot: what a poll asks, its votes once it is closed, and a banner', () => {
  const [, words] = laid([
    { kind: 'banner', text: 'Break until 3' },
    { kind: 'poll', poll: 'p' },
    { kind: 'poll', poll: 'q' },
    { kind: 'poll', poll: 'gone' },
  ])
  expect([words?.view, words?.hasPicture, words?.name]).toEqual(['text', false, 'Tea?\nYes · No\nMore?\nYes: 2 · No: 1\nBreak until 3'])
  expect(laid([])).toEqual([FILM, BESIDE])
})

test('[RECORD-27] on a screen that is watched it lies too, and on nothing else', () => {
  const overlays: Show['overlays'] = [{ kind: 'banner', text: 'Hello' }]
  expect(laid(overlays, [tile('screen', 'Ann')]).map(({ view }) => view)).toEqual(['screen', 'text'])
  for (const tiles of [[tile('screen', 'Ben')], [tile('camera', 'Ann')], []]) expect(laid(overlays, tiles)).toEqual(tiles)
})
