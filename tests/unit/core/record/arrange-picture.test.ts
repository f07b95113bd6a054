import { expect, test } from 'vitest'
import { arrangePicture, type Person, type PictureWish, widthOf } from '../../../../src/core/record/arrange-picture.ts'
import type { PictureTile } from '../../../../src/protocol/composite-worker.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'

const SIZE = { width: 1280, height: 720 }
const tab = (name: string) => name as TabId
const person = (name: string, change: Partial<Person> = {}): Person => ({
  tab: tab(name),
  name,
  hasCamera: true,
  hasScreen: false,
  isSpeaking: false,
  isHidden: false,
  ...change,
})
const crowd = (count: number, change: Partial<Person> = {}) => Array.from({ length: count }, (_, n) => person(`p${n}`, change))
const arrange = (people: readonly Person[], wish: Partial<PictureWish> = {}) =>
  arrangePicture({ people, showBy: undefined, layout: undefined, large: undefined, spoke: [], ...wish }, SIZE)
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
  const tiles = arrange(crowd(12), { large: tab('p5'), spoke: [tab('p11'), tab('p5'), tab('p2')] })
  expect(seen(tiles)).toEqual(['p5', 'p0', 'p1', 'p2', 'p3', 'p11'])
  expect(place(tiles[0] as PictureTile)).toEqual([0, 72, 1024, 576])
  expect(seen(arrange(crowd(4), { layout: 'speaker', large: tab('p2') }))).toEqual(['p2', 'p0', 'p1', 'p3'])
})

test('[RECORD-1] a show comes before a screen, and a screen before people', () => {
  const people = [person('Ann'), person('Ben', { hasScreen: true }), person('Cleo', { hasScreen: true })]
  expect(seen(arrange(people))).toEqual(['screen of Ben', 'Ann', 'Ben', 'Cleo'])
  expect(seen(arrange(people, { large: tab('Cleo') }))[0]).toBe('screen of Cleo')
  expect(seen(arrange(people, { showBy: tab('Ann') }))).toEqual(['show of Ann', 'Ann', 'Ben', 'Cleo'])
})

test('[RECORD-2] all of it lies within the picture, and nobody stands on another', () => {
  for (let count = 0; count <= 40; count++) {
    for (const layout of ['grid', 'speaker', 'share', undefined] as const) {
      for (const people of [crowd(count), crowd(count, { hasScreen: true })]) {
        const tiles = arrange(people, { layout })
        expect(tiles.length).toBe(
          people[0]?.hasScreen ? 1 + Math.min(5, count) : count <= 9 && layout !== 'speaker' ? count : Math.min(6, count),
        )
        for (const one of tiles) {
          expect([one.x >= 0, one.y >= 0, one.x + one.width <= 1280, one.y + one.height <= 720]).toEqual([true, true, true, true])
          expect(tiles.filter((other) => other !== one && overlap(one, other))).toEqual([])
        }
      }
    }
  }
  expect([widthOf(720), widthOf(360), widthOf(480)]).toEqual([1280, 640, 854])
})

test('[RECORD-3] who is hushed is not drawn, and who has no camera is a name', () => {
  const tiles = arrange([person('Ann', { isHidden: true, hasScreen: true }), person('Ben', { hasCamera: false }), person('Cleo')])
  expect(tiles.map(({ name, hasPicture }) => [name, hasPicture])).toEqual([
    ['Ben', false],
    ['Cleo', true],
  ])
})

function overlap(a: PictureTile, b: PictureTile): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
