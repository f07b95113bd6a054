import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BESIDE,
  countPlaces,
  LARGE_PLACES,
  layoutStage,
  layoutTiles,
  type Rect,
  threadsBetween,
} from '../../../../src/ui/call/stage-layout.ts'

const overlap = (a: Rect, b: Rect) =>
  a.x < b.x + b.width - 0.01 && b.x < a.x + a.width - 0.01 && a.y < b.y + b.height - 0.01 && b.y < a.y + a.height - 0.01

function expectApart(rects: readonly Rect[], width: number, height: number): void {
  for (const [i, rect] of rects.entries()) {
    expect(rect.x).toBeGreaterThanOrEqual(-0.01)
    expect(rect.y).toBeGreaterThanOrEqual(-0.01)
    expect(rect.x + rect.width).toBeLessThanOrEqual(width + 0.01)
    expect(rect.y + rect.height).toBeLessThanOrEqual(height + 0.01)
    for (const other of rects.slice(i + 1)) expect(overlap(rect, other)).toBe(false)
  }
}

test('[UI-19] tiles stay on the stage and apart, whoever comes and however the window is drawn', () => {
  const sides = fc.integer({ min: 280, max: 2000 })
  const large = fc.integer({ min: 0, max: 6 })
  const small = fc.integer({ min: 0, max: 16 })
  fc.assert(
    fc.property(large, small, sides, sides, fc.constantFrom(...LARGE_PLACES), (large, small, width, height, place) => {
      const stage = layoutStage(large, small, { width, height }, { ...BESIDE, place })
      expect([stage.large.length, stage.small.length]).toEqual([large, small])
      expectApart([...stage.large, ...stage.small], width, height)
    }),
    { seed: 19, numRuns: 300 },
  )
})

test('[UI-19] one person takes the whole stage, four make two rows, the last row stands in the middle', () => {
  expect(layoutTiles(1, { x: 0, y: 0, width: 1600, height: 900 })).toEqual([{ x: 0, y: 0, width: 1600, height: 900 }])
  const four = layoutTiles(4, { x: 0, y: 0, width: 1600, height: 900 })
  expect(new Set(four.map(({ y }) => y)).size).toBe(2)
  const three = layoutTiles(3, { x: 0, y: 0, width: 1600, height: 900 })
  expect(Math.round((three[2]?.x ?? 0) + (three[2]?.width ?? 0) / 2)).toBe(800)
})

test('[UI-42] a page is filled until tiles would be too small to know a face', () => {
  const desk = { width: 1248, height: 596 }
  const phone = { width: 328, height: 476 }
  expect([countPlaces(0, desk), countPlaces(0, phone), countPlaces(1, desk), countPlaces(1, phone)]).toEqual([30, 6, 10, 9])
  const sides = fc.integer({ min: 320, max: 3000 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 }), sides, sides, (screens, width, height) => {
      const places = countPlaces(screens, { width, height })
      const smallest = Math.min(...layoutStage(screens, places, { width, height }).small.map((tile) => tile.width))
      const face = (width < 560 ? 140 : 180) * (screens > 0 ? 2 / 3 : 1)
      // A stage too small for three is shared by three all the same.
      if (places > 3) expect(smallest).toBeGreaterThanOrEqual(face - 0.01)
      expect(places).toBeLessThanOrEqual(49)
    }),
    { seed: 42, numRuns: 300 },
  )
})

test('[UI-19] threads run from the first tile to each other one', () => {
  expect(threadsBetween([])).toEqual([])
  const rect = { x: 0, y: 0, width: 10, height: 10 }
  expect(threadsBetween([rect, { ...rect, x: 20 }, { ...rect, y: 20 }])).toEqual(['M5 5L25 5', 'M5 5L5 25'])
})

test('[UI-53] what is large stands on the side it was given; a narrow phone has no sides but above and below', () => {
  const side = (place: (typeof LARGE_PLACES)[number], width: number, height: number) => {
    const { large, small } = layoutStage(1, 2, { width, height }, { ...BESIDE, place })
    const [one, other] = [large[0], small[0]]
    if (one === undefined || other === undefined) return 'nowhere'
    if (one.x + one.width <= other.x) return 'start'
    if (other.x + other.width <= one.x) return 'end'
    return one.y < other.y ? 'top' : 'bottom'
  }
  expect(LARGE_PLACES.map((place) => side(place, 1200, 600))).toEqual(['start', 'start', 'end', 'top', 'bottom'])
  expect(LARGE_PLACES.map((place) => side(place, 330, 500))).toEqual(['top', 'top', 'bottom', 'top', 'bottom'])
})

test('[UI-53] a screen on a phone has its width, also when notes leave the stage hardly any height', () => {
  const { large, small } = layoutStage(1, 3, { width: 328, height: 300 })
  expect(large[0]?.width).toBeGreaterThan(310)
  expect(Math.min(...small.map(({ y }) => y))).toBeGreaterThan((large[0]?.y ?? 0) + (large[0]?.height ?? 0))
  expect(layoutStage(1, 3, { width: 500, height: 300 }).small.every(({ x }) => x > 300)).toBe(true)
})

test('[UI-70] under notes three people on a phone do not stand in one narrow column', () => {
  for (let height = 200; height <= 480; height += 5) {
    const { small } = layoutStage(0, 3, { width: 328, height })
    expect([height, new Set(small.map(({ x }) => Math.round(x))).size]).toEqual([height, 3])
  }
  expect(layoutStage(0, 3, { width: 328, height: 300 }).small.map(({ width, height }) => [width, height])).toEqual(
    Array.from({ length: 3 }, () => [143, 143]),
  )
})

test('[UI-70] below a screen on a phone the others take the height it cannot fill, close to it, and stay smaller', () => {
  const { large, small } = layoutStage(1, 4, { width: 328, height: 476 })
  expect(small.every(({ width, height }) => width > 150 && height > 110)).toBe(true)
  expect((small[0]?.y ?? 0) - ((large[0]?.y ?? 0) + (large[0]?.height ?? 0))).toBeCloseTo(14)
  const two = layoutStage(1, 2, { width: 328, height: 476 })
  expect(two.small[0]?.y).toBe(two.small[1]?.y)
  expect(layoutStage(1, 1, { width: 328, height: 476 }).small[0]?.width).toBe(157)
})

test('[UI-77] up to four who stand large are larger than everybody else, on a desk and on a phone', () => {
  const isLarger = (large: number, small: number, width: number, height: number) => {
    const stage = layoutStage(large, small, { width, height })
    const area = ([tile]: readonly Rect[]) => (tile?.width ?? 0) * (tile?.height ?? 0)
    return area(stage.large) > area(stage.small) * 1.2
  }
  for (const [width, height] of [
    [1248, 596],
    [864, 540],
    [328, 476],
    [328, 300],
    [600, 900],
  ] as const)
    for (const large of [1, 2, 3, 4])
      for (let small = 1; small <= 12; small++)
        expect([width, height, large, small, isLarger(large, small, width, height)]).toEqual([width, height, large, small, true])
})

test('[UI-53] with nobody beside it the large one takes the whole stage', () => {
  expect(layoutStage(1, 0, { width: 1600, height: 900 }).large).toEqual([{ x: 0, y: 0, width: 1600, height: 900 }])
})
