import { describe, expect, test } from 'vitest'
import { inLayout, replaceBackground } from '../../../../workers/background/backdrop.ts'
import { coverOf, type Mask, noCover } from '../../../../workers/background/blur.ts'
import { shrink } from '../../../../workers/background/colours.ts'
import { layoutOf, type PlainFormat } from '../../../../workers/background/planes.ts'

const [WIDTH, HEIGHT] = [160, 96]
const FORMATS: readonly PlainFormat[] = ['I420', 'NV12', 'RGBA', 'BGRX']
const WALL = [204, 102, 51] as const
const SHIRT = [20, 40, 160] as const

function points([red, green, blue]: readonly [number, number, number], count: number): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 4 * count }, (_, i) => [red, green, blue, 255][i % 4] as number)
}

/** A person fills the middle third, from top to bottom. */
const person: Mask = {
  width: 32,
  height: 18,
  values: Float32Array.from({ length: 32 * 18 }, (_, i) => (i % 32 > 10 && i % 32 < 21 ? 1 : 0)),
}

describe.each(FORMATS)('%s', (format) => {
  const layout = layoutOf(format, WIDTH, HEIGHT)
  const wall = inLayout(points(WALL, WIDTH * HEIGHT), layout)
  const seen = (bytes: Uint8Array) => {
    const small = { width: 16, height: 9, values: new Float32Array(3 * 16 * 9) }
    shrink(bytes, layout, small)
    const at = (x: number) => [...small.values.subarray(3 * (4 * 16 + x), 3 * (4 * 16 + x) + 3)].map((share) => Math.round(share * 255))
    return { beside: at(1), person: at(8) }
  }
  const near = (colour: readonly number[], wanted: readonly number[]) =>
    Math.max(...colour.map((value, i) => Math.abs(value - (wanted[i] as number)))) < 8

  test('[EFFECTS-13] the painting stands behind the person, the person stays', () => {
    const bytes = inLayout(points(SHIRT, WIDTH * HEIGHT), layout)
    replaceBackground(bytes, layout, coverOf(layout, person), wall)
    const { beside, person: middle } = seen(bytes)
    expect([near(beside, WALL), near(middle, SHIRT), beside, middle]).toEqual([true, true, beside, middle])
  })

  test('[EFFECTS-13] without a person there is the painting and nothing else', () => {
    const bytes = inLayout(points(SHIRT, WIDTH * HEIGHT), layout)
    replaceBackground(bytes, layout, noCover(layout), wall)
    expect(bytes).toEqual(wall)
  })
})

test('[EFFECTS-13] pictures of odd sizes have colours up to their edges', () => {
  for (const format of ['I420', 'NV12'] as const) {
    const layout = layoutOf(format, 5, 3)
    const bytes = inLayout(points([255, 255, 255], 15), layout)
    expect([bytes.length, bytes.subarray(0, 15).every((one) => one === 234 || one === 235)]).toEqual([27, true])
    expect(bytes.subarray(15).every((one) => one >= 127 && one <= 128)).toBe(true)
  }
})
