import { expect, test } from 'vitest'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { drawBorder, drawTile } from '../../../../workers/composite/draw-tile.ts'
import { Lettering, press, type Stamp } from '../../../../workers/composite/lettering.ts'
import { bytesOf, colourOf, fill, type Plane, type Planes, planesIn } from '../../../../workers/composite/planes.ts'
import { isAlike, recolour } from '../../../../workers/composite/recolour.ts'
import { scalePlane } from '../../../../workers/composite/scale-plane.ts'

function plane(width: number, height: number, at: (x: number, y: number) => number): Plane {
  return { width, height, pixels: Uint8Array.from({ length: width * height }, (_, n) => at(n % width, Math.floor(n / width))) }
}
const whole = ({ width, height }: Plane) => ({ x: 0, y: 0, width, height })
const rows = ({ pixels, width, height }: Plane) =>
  Array.from({ length: height }, (_, row) => [...pixels.slice(row * width, (row + 1) * width)])

function scaled(from: Plane, cut = whole(from), width: number, height: number): Plane {
  const to = plane(width, height, () => 0)
  scalePlane(from, cut, to, whole(to))
  return to
}

test('[RECORD-16] a picture of its own size stays as it is, and a smaller one has all of its pixels in it', () => {
  const picture = plane(7, 5, (x, y) => 10 * x + y)
  expect(rows(scaled(picture, whole(picture), 7, 5))).toEqual(rows(picture))
  // One bright line among dark ones is in the mean of each place it is at, however much smaller the picture becomes.
  const line = plane(64, 64, (x) => (x === 33 ? 240 : 16))
  const small = scaled(line, whole(line), 8, 8)
  expect(rows(small)[3]?.map((value) => value > 16)).toEqual([false, false, false, false, true, false, false, false])
})

test('[RECORD-16] between pixels it goes evenly from one to the other, and at the edges it stays at the last', () => {
  const two = plane(2, 1, (x) => 100 * x)
  expect(rows(scaled(two, whole(two), 8, 1))[0]).toEqual([0, 0, 13, 38, 63, 88, 100, 100])
  const one = plane(1, 1, () => 77)
  expect(rows(scaled(one, whole(one), 3, 2))).toEqual([
    [77, 77, 77],
    [77, 77, 77],
  ])
})

test('[RECORD-16] what is cut out lies where it was, and nothing beside its place is touched', () => {
  const picture = plane(8, 8, (x, y) => 16 * x + y)
  const to = plane(6, 6, () => 1)
  scalePlane(picture, { x: 4, y: 2, width: 4, height: 4 }, to, { x: 1, y: 1, width: 4, height: 4 })
  expect(rows(to)).toEqual([
    [1, 1, 1, 1, 1, 1],
    [1, 66, 82, 98, 114, 1],
    [1, 67, 83, 99, 115, 1],
    [1, 68, 84, 100, 116, 1],
    [1, 69, 85, 101, 117, 1],
    [1, 1, 1, 1, 1, 1],
  ])
})

test('[RECORD-16] a stamp covers what is below as far as it does, and takes its colour with it', () => {
  const red = colourOf(192, 32, 32)
  const to = paper(8, 4)
  fill(to, { x: 0, y: 0, width: 8, height: 4 }, red)
  const stamp: Stamp = {
    width: 2,
    height: 2,
    light: Uint8Array.of(235, 235, 0, 0),
    alpha: Uint8Array.of(255, 255, 0, 0),
    smallAlpha: Uint8Array.of(128),
  }
  press(to, { x: 2, y: 2 }, stamp)
  const plain = red.y
  expect(rows(to.y).slice(2)).toEqual([
    [plain, plain, 235, 235, plain, plain, plain, plain],
    [plain, plain, plain, plain, plain, plain, plain, plain],
  ])
  const [u, v] = [red.u, red.v]
  expect([rows(to.u)[1], rows(to.v)[1]]).toEqual([
    [u, Math.trunc(128 + (u - 128) * (127 / 255)), u, u],
    [v, Math.trunc(128 + (v - 128) * (127 / 255)), v, v],
  ])
})

const ANN = { tab: 'ann' as TabId, view: 'camera', name: 'Ann', hasPicture: true, isSpeaking: false } as const

function paper(width: number, height: number): Planes {
  return planesIn(new Uint8Array(bytesOf(width, height)), width, height)
}

class NoLetters extends Lettering {
  override plate(): Stamp {
    return { width: 0, height: 0, light: new Uint8Array(0), alpha: new Uint8Array(0), smallAlpha: new Uint8Array(0) }
  }
}

test('[RECORD-16] a face fills its tile and is cut at its sides, and of a screen everything is seen', () => {
  const letters = new NoLetters()
  const tile = { ...ANN, x: 0, y: 0, width: 48, height: 28 }
  // Left third, middle, right third; four times as wide as high.
  const planes = paper(96, 24)
  const thirds = [60, 120, 180]
  for (const [third, value] of thirds.entries()) fill(planes, { x: 32 * third, y: 0, width: 32, height: 24 }, { y: value, u: 128, v: 128 })
  const picture = { planes, width: 96, height: 24 }
  const face = paper(48, 28)
  drawTile(face, { ...tile, view: 'camera' }, picture, letters)
  const screen = paper(48, 28)
  drawTile(screen, { ...tile, view: 'screen' }, picture, letters)
  // On forty pixels of each: half of the picture, and all of it with black above.
  const middles = [face, screen].map(({ y }) => rows(y)[14]?.filter((value) => value === 120).length)
  expect(middles).toEqual([26, 12])
  expect([face, screen].map(({ y }) => rows(y)[5]?.[24])).toEqual([120, 16])
})

test('[RECORD-16] whoever speaks has a frame of its own colour, wherever the tile lies', () => {
  const letters = new NoLetters()
  const planes = paper(64, 36)
  const tile = { ...ANN, isSpeaking: true, x: 1, y: 1, width: 41, height: 31 }
  drawBorder(planes, tile)
  drawTile(planes, tile, undefined, letters)
  const [frame, empty] = [colourOf(0x7c, 0xc4, 0xa1), colourOf(0x26, 0x2a, 0x31)]
  expect(rows(planes.y)[16]?.map(nameOf)).toEqual([
    ...Array(4).fill('frame'),
    ...Array(34).fill('empty'),
    ...Array(4).fill('frame'),
    ...Array(22).fill('none'),
  ])
  function nameOf(value: number): string {
    return value === frame.y ? 'frame' : value === empty.y ? 'empty' : 'none'
  }
})

type Rgb = readonly [red: number, green: number, blue: number]

/** By the weights of BT.601, as older cameras and encoders have them. */
function of601([r, g, b]: Rgb, isFull: boolean) {
  const y = 0.299 * r + 0.587 * g + 0.114 * b
  const [u, v] = [(b - y) / 1.772, (r - y) / 1.402]
  return isFull ? { y, u: 128 + u, v: 128 + v } : { y: 16 + (219 * y) / 255, u: 128 + (224 * u) / 255, v: 128 + (224 * v) / 255 }
}

test('[RECORD-16] a colour is the same whichever weights its camera has', () => {
  const colours: readonly Rgb[] = [
    [192, 32, 32],
    [32, 160, 32],
    [32, 32, 192],
    [200, 200, 0],
    [90, 90, 90],
  ]
  for (const isFull of [false, true]) {
    for (const colour of colours) {
      const planes = paper(4, 4)
      fill(planes, { x: 0, y: 0, width: 4, height: 4 }, of601(colour, isFull))
      recolour(planes, { matrix: 'smpte170m', fullRange: isFull })
      const ours = colourOf(...colour)
      for (const name of ['y', 'u', 'v'] as const) {
        const values = [...planes[name].pixels]
        expect(Math.max(...values.map((value) => Math.abs(value - ours[name]))), `${name} of ${colour}`).toBeLessThan(3)
      }
    }
  }
  expect([isAlike({ matrix: 'bt709', fullRange: false }), isAlike({ matrix: null, fullRange: null })]).toEqual([true, true])
  expect([isAlike({ matrix: 'smpte170m', fullRange: false }), isAlike({ matrix: 'bt709', fullRange: true })]).toEqual([false, false])
})

test('[RECORD-16] greys of the picture have no colour', () => {
  const greys = [0, 23, 90, 128, 200, 255].map((light) => colourOf(light, light, light))
  expect(greys.map(({ u, v }) => [u, v])).toEqual(Array(6).fill([128, 128]))
  expect([greys[0]?.y, greys[5]?.y]).toEqual([16, 235])
})
