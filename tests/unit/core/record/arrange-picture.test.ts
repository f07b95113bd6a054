import { expect, test } from 'vitest'
import { arrangePicture, type Person, type PictureWish, widthOf } from '../../../../src/core/record/arrange-picture.ts'
import type { PictureTile } from '../../../../src/protocol/composite-worker.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { person } from './people-fixture.ts'

const SIZE = { width: 1280, height: 720 }
const tab = (name: string) => name as TabId
const crowd = (count: number, change: Partial<Person> = {}) => Array.from({ length: count }, (_, n) => person(`p${n}`, change))
const arrange = (people: readonly Person[], wish: Partial<PictureWish> = {}) =>
  arrangePicture({ people, show: undefined, layout: undefined, spotlight: [], large: [], spoke: [], ...wish }, SIZE)
const shown = (by: string, change: Partial<NonNullable<PictureWish['show']>> = {}): NonNullable<PictureWish['show']> => ({
  id: 's',
  source: { kind: 'file', file: 'f' },
  begunAtMs: 0,
  isPlaying: true,
  isMuted: false,
  positionMs: 0,
  atMs: 0,
  rate: 100,
  place: 'stage',
  overlays: [],
  by: by as DeviceId,
  tab: tab(by),
  name: by,
  ...change,
})
const seen = (tiles: readonly PictureTile[]) => tiles.map(({ name, view }) => (view === 'camera' ? name : `${view} of ${name}`))
const place = ({ x, y, width, height }: PictureTile) => [x, y, width, height]

test('[RECORD-1] few stand alike, the last row in the middle', () => {
  expect(arrange(crowd(3)).map(place)).toEqual([
    [0, 0, 640, 360],
    [640, 0, 640, 360],
    [320, 360, 640, 360],
  ])
  expect(arrange(crowd(1)).map(place)).toEqual([[0, 0, 1280, 720]])
  expect(new Set(arrange(crowd(9)).map(({ width }) => width))).toEqual(new Set([426]))
})

test('[RECORD-1] many stand beside whoever is large, those who spoke last first and in the order of the call', () => {
  const tiles = arrange(crowd(12), { large: [tab('p5')], spoke: [tab('p11'), tab('p5'), tab('p2')] })
  expect(seen(tiles)).toEqual(['p5', 'p0', 'p1', 'p2', 'p3', 'p11'])
  expect(place(tiles[0] as PictureTile)).toEqual([0, 72, 1024, 576])
  expect(seen(arrange(crowd(4), { layout: 'speaker', large: [tab('p2')] }))).toEqual(['p2', 'p0', 'p1', 'p3'])
})

test('[RECORD-1] a show comes before a screen, and screens before people', () => {
  const people = [person('Ann'), person('Ben', { hasScreen: true }), person('Cleo', { hasScreen: true })]
  const tiles = arrange(people)
  expect(seen(tiles)).toEqual(['screen of Ben', 'screen of Cleo', 'Ann', 'Ben', 'Cleo'])
  expect(tiles.slice(0, 2).map(place)).toEqual([
    [192, 0, 640, 360],
    [192, 360, 640, 360],
  ])
  expect(seen(arrange(people, { show: shown('Ann') }))).toEqual(['show of Ann', 'screen of Ben', 'screen of Cleo', 'Ann', 'Ben', 'Cleo'])
  const screen = shown('Cleo', { source: { kind: 'share' } })
  expect(seen(arrange(people, { show: screen }))).toEqual(['screen of Cleo', 'screen of Ben', 'Ann', 'Ben', 'Cleo'])
  // Not there yet: as if there were none.
  expect(seen(arrange(people, { show: { ...screen, by: 'Ann' as DeviceId } }))[0]).toBe('screen of Ben')
  // Whoever shows a film gives nothing else: a second device.
  expect(seen(arrange(people.slice(0, 1), { show: shown('Dan') }))).toEqual(['show of Dan', 'Ann'])
})

test('[RECORD-26] whom a moderator shows large comes first, in every layout and among many', () => {
  const spotlight = ['p3' as DeviceId]
  for (const layout of [undefined, 'grid', 'speaker', 'share'] as const) {
    const tiles = arrange(crowd(4), { layout, spotlight, large: [tab('p1')] })
    expect([seen(tiles), tiles[0]?.width]).toEqual([['p3', 'p0', 'p1', 'p2'], layout === 'share' ? 1127 : 1024])
  }
  expect(seen(arrange(crowd(12), { spotlight, large: [tab('p1')] })).slice(0, 2)).toEqual(['p3', 'p0'])
  expect(seen(arrange(crowd(4), { layout: 'side-by-side', spotlight, large: [tab('p1')] }))).toEqual(['p1', 'p3', 'p0', 'p2'])
  // Several are large together, beside a screen too.
  const two = arrange([...crowd(3), person('Ann', { hasScreen: true })], { spotlight: ['p0', 'p2'] as DeviceId[] })
  expect(seen(two)).toEqual(['screen of Ann', 'p0', 'p2', 'p1', 'Ann'])
  // Who is hushed is not, and who left is not waited for.
  const hidden = [person('Ann', { isHidden: true }), ...crowd(2)]
  expect(arrange(hidden, { spotlight: ['Ann', 'gone'] as DeviceId[] }).map(place)).toEqual(arrange(crowd(2)).map(place))
})

test('[RECORD-26] side by side two have the whole width, who was large before with who is, and the others below', () => {
  const tiles = arrange(crowd(4), { layout: 'side-by-side', large: [tab('p2'), tab('p1')] })
  expect(seen(tiles)).toEqual(['p1', 'p2', 'p0', 'p3'])
  expect(tiles.map(place)).toEqual([
    [0, 108, 640, 360],
    [640, 108, 640, 360],
    [384, 576, 256, 144],
    [640, 576, 256, 144],
  ])
  const [ann, ben] = [person('Ann', { hasScreen: true }), person('Ben', { hasScreen: true })]
  const shared = arrange([...crowd(2), ann, ben], { layout: 'side-by-side', large: [tab('p1')] })
  expect(seen(shared)).toEqual(['screen of Ann', 'p1', 'screen of Ben', 'p0', 'Ann', 'Ben'])
})

test('[RECORD-26] a page that all came for has nearly all of the picture, and whoever speaks stands before it where that was set', () => {
  const people = [...crowd(9), person('Ann', { hasScreen: true })]
  const page = arrange(people, { layout: 'share', spotlight: ['p1' as DeviceId] })
  expect([seen(page).length, seen(page)[0], place(page[0] as PictureTile)]).toEqual([9, 'screen of Ann', [0, 43, 1127, 633]])
  expect(seen(arrange(people, { layout: 'speaker', large: [tab('p4')] })).slice(0, 3)).toEqual(['p4', 'screen of Ann', 'p0'])
})

test('[RECORD-2] all of it lies within the picture, and nobody stands on another', () => {
  for (let count = 0; count <= 40; count++) {
    for (const layout of ['grid', 'speaker', 'side-by-side', 'share', undefined] as const) {
      for (const hasScreen of [false, true]) {
        const tiles = arrange(crowd(count, { hasScreen }), { layout })
        if (!hasScreen && count <= 9 && layout !== 'speaker' && layout !== 'side-by-side') expect(tiles.length).toBe(count)
        else expect(tiles.length).toBeGreaterThanOrEqual(Math.min(6, count))
        for (const one of tiles) {
          expect([one.x >= 0, one.y >= 0, one.x + one.width <= 1280, one.y + one.height <= 720]).toEqual([true, true, true, true])
          expect(tiles.filter((other) => other !== one && overlap(one, other))).toEqual([])
        }
      }
    }
  }
  expect([widthOf(720), widthOf(360), widthOf(480)]).toEqual([1280, 640, 854])
})

test('[RECORD-3] who is hushed is not drawn, but what they share is, and who has no camera is a name', () => {
  const tiles = arrange([person('Ann', { isHidden: true }), person('Ben', { hasCamera: false }), person('Cleo')])
  expect(tiles.map(({ name, hasPicture }) => [name, hasPicture])).toEqual([
    ['Ben', false],
    ['Cleo', true],
  ])
  const shares = person('Ann', { isHidden: true, hasScreen: true })
  expect(seen(arrange([shares, person('Ben')]))).toEqual(['screen of Ann', 'Ben'])
  for (const layout of ['speaker', 'share', undefined] as const) expect(seen(arrange([shares], { layout }))).toEqual(['screen of Ann'])
})

function overlap(a: PictureTile, b: PictureTile): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
