import { describe, expect, test } from 'vitest'
import { blurBackground, coverOf, type Mask, noCover } from '../../../../workers/background/blur.ts'
import { shrink } from '../../../../workers/background/colours.ts'
import { type Layout, layoutOf, type PlainFormat, plainFormat, planeLayouts } from '../../../../workers/background/planes.ts'

const [WIDTH, HEIGHT] = [160, 96]
const FORMATS: readonly PlainFormat[] = ['I420', 'NV12', 'RGBA', 'BGRX']

/** A wall of stripes one sample wide, between `dark` and `light`. */
function stripes(layout: Layout, dark = 60, light = 200): Uint8Array {
  const bytes = new Uint8Array(layout.bytes)
  for (const { at, width, height, step } of layout.planes) {
    for (let i = 0; i < width * height; i++) bytes.fill((i % width) % 2 === 0 ? dark : light, at + i * step, at + (i + 1) * step)
  }
  return bytes
}

/** A person fills the middle third, from top to bottom. */
const person: Mask = { width: 32, height: 18, values: Float32Array.from({ length: 32 * 18 }, (_, i) => (isPerson((i % 32) / 32) ? 1 : 0)) }

function isPerson(share: number): boolean {
  return share > 1 / 3 && share < 2 / 3
}

function sharpness(bytes: Uint8Array, { planes }: Layout, from: number, to: number): number {
  const { at, width, height, step } = planes[0] as Layout['planes'][number]
  let sum = 0
  for (let y = 0; y < height; y++) {
    for (let x = from; x < to - 1; x++)
      sum += Math.abs((bytes[at + (y * width + x) * step] as number) - (bytes[at + (y * width + x + 1) * step] as number))
  }
  return sum / (height * (to - 1 - from))
}

describe.each(FORMATS)('%s', (format) => {
  const layout = layoutOf(format, WIDTH, HEIGHT)

  test('[EFFECTS-3] the details behind a person are gone, the person stays', () => {
    const [bytes, before] = [stripes(layout), stripes(layout)]
    blurBackground(bytes, layout, coverOf(layout, person))
    const [left, middle] = [sharpness(bytes, layout, 0, 48), sharpness(bytes, layout, 60, 100)]
    expect({ left: Math.round(left), middle: Math.round(middle) }).toEqual({
      left: 0,
      middle: Math.round(sharpness(before, layout, 60, 100)),
    })
  })

  test('[EFFECTS-3] without a look all is blurred', () => {
    const bytes = stripes(layout)
    blurBackground(bytes, layout, noCover(layout))
    expect(sharpness(bytes, layout, 0, WIDTH)).toBeLessThan(1)
  })

  test('[EFFECTS-4] a blurred wall is as bright as the wall', () => {
    const bytes = stripes(layout)
    blurBackground(bytes, layout, noCover(layout))
    expect(bytes.every((value) => value >= 128 && value <= 131)).toBe(true)
  })
})

test('[EFFECTS-4] a person casts no shadow on what is behind', () => {
  const layout = layoutOf('I420', WIDTH, HEIGHT)
  const bytes = new Uint8Array(layout.bytes).fill(200)
  const cover = coverOf(layout, person)
  // Black clothes before a light wall.
  for (const [i, share] of (cover[0] as Uint8Array).entries()) if (share > 0) bytes[i] = 0
  blurBackground(bytes, layout, cover)
  const beside = Array.from({ length: 48 }, (_, x) => bytes[40 * WIDTH + x] as number)
  expect(Math.min(...beside)).toBeGreaterThan(190)
})

test.each([
  ['I420', [129, 91, 240], [1, 0, 0]],
  ['NV12', [129, 91, 240], [1, 0, 0]],
] as const)('[EFFECTS-4] %s: the model sees the colour that people see', (format, [luma, blue, red], seen) => {
  const layout = layoutOf(format, 32, 16)
  const bytes = new Uint8Array(layout.bytes)
  bytes.fill(luma, 0, 32 * 16)
  const colours = format === 'I420' ? [[blue], [red]] : [[blue, red]]
  for (const [i, values] of colours.entries()) {
    const { at, width, height, step } = layout.planes[i + 1] as Layout['planes'][number]
    for (let n = 0; n < width * height; n++) bytes.set(values, at + n * step)
  }
  const small = { width: 4, height: 2, values: new Float32Array(24) }
  shrink(bytes, layout, small)
  expect([...small.values].slice(9, 12).map((value) => Math.round(value))).toEqual(seen)
})

test('[EFFECTS-4] red first or blue first', () => {
  const seen = (['RGBA', 'BGRA'] as const).map((format) => {
    const layout = layoutOf(format, 8, 8)
    const bytes = new Uint8Array(layout.bytes)
    for (let i = 0; i < bytes.length; i += 4) bytes.set([255, 0, 51, 255], i)
    const small = { width: 2, height: 2, values: new Float32Array(12) }
    shrink(bytes, layout, small)
    return [...small.values].slice(0, 3).map((value) => value.toFixed(1))
  })
  expect(seen).toEqual([
    ['1.0', '0.0', '0.2'],
    ['0.2', '0.0', '1.0'],
  ])
})

test('[EFFECTS-4] pictures of odd sizes have room for all their colours', () => {
  const layout = layoutOf('I420', 5, 3)
  expect({ bytes: layout.bytes, planes: planeLayouts(layout) }).toEqual({
    bytes: 15 + 6 + 6,
    planes: [
      { offset: 0, stride: 5 },
      { offset: 15, stride: 3 },
      { offset: 21, stride: 3 },
    ],
  })
  const bytes = new Uint8Array(layout.bytes).fill(9)
  blurBackground(bytes, layout, noCover(layout))
  expect(bytes.every((value) => value === 9)).toBe(true)
})

test('[EFFECTS-4] what cameras give otherwise is asked for as red, green and blue', () => {
  expect([plainFormat('NV12'), plainFormat('I422'), plainFormat(null)]).toEqual(['NV12', 'RGBA', 'RGBA'])
})
