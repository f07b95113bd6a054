import fc from 'fast-check'
import { expect, test } from 'vitest'
import { atLeast } from '../../../../src/core/storage/poisson-binomial.ts'
import { chanceOfRows, type Held, spareDevicesOf } from '../../../../src/core/storage/row-spread.ts'

const chance = fc.double({ min: 0, max: 1, noNaN: true })

/** Rows on at most six devices: few enough to try every case. */
const anyHeld = fc
  .tuple(fc.array(chance, { minLength: 1, maxLength: 6 }), fc.array(fc.tuple(fc.nat(5), fc.nat(7)), { maxLength: 14 }))
  .map(([chances, places]) =>
    places.map(
      ([device, row]): Held => ({ row, device: `d${device % chances.length}`, chance: chances[device % chances.length] as number }),
    ),
  )

function everyCase(held: readonly Held[], visit: (there: ReadonlySet<string>, weight: number) => void): void {
  const all = [...new Map(held.map(({ device, chance: of }) => [device, of]))]
  for (let mask = 0; mask < 1 << all.length; mask++) {
    const there = all.filter((_, n) => (mask & (1 << n)) !== 0)
    const weight = all.reduce((product, [, of], n) => product * ((mask & (1 << n)) !== 0 ? of : 1 - of), 1)
    visit(new Set(there.map(([device]) => device)), weight)
  }
}

function rowsIn(held: readonly Held[], there: ReadonlySet<string>): number {
  return new Set(held.filter(({ device }) => there.has(device)).map(({ row }) => row)).size
}

test('[PLAN-1] at least k of n, as every combination has it', () => {
  fc.assert(
    fc.property(fc.array(chance, { maxLength: 9 }), fc.integer({ min: 0, max: 10 }), (chances, k) => {
      let sum = 0
      for (let mask = 0; mask < 1 << chances.length; mask++) {
        const there = chances.filter((_, n) => (mask & (1 << n)) !== 0).length
        if (there >= k) sum += chances.reduce((product, of, n) => product * ((mask & (1 << n)) !== 0 ? of : 1 - of), 1)
      }
      expect(atLeast(chances, k)).toBeCloseTo(sum, 9)
    }),
  )
})

test('[PLAN-1] rows, copies of rows and several rows on a device, as every combination has it', () => {
  fc.assert(
    fc.property(anyHeld, fc.integer({ min: 1, max: 6 }), (held, k) => {
      let sum = 0
      everyCase(held, (there, weight) => {
        if (rowsIn(held, there) >= k) sum += weight
      })
      expect(chanceOfRows(held, k)).toBeCloseTo(sum, 9)
    }),
    { numRuns: 400 },
  )
})

test('[PLAN-2] as many devices may be lost as the worst choice of them allows', () => {
  fc.assert(
    fc.property(anyHeld, fc.integer({ min: 1, max: 6 }), (held, k) => {
      let fewest = Number.POSITIVE_INFINITY
      const count = new Set(held.map(({ device }) => device)).size
      everyCase(held, (there) => {
        if (rowsIn(held, there) < k) fewest = Math.min(fewest, count - there.size)
      })
      expect(spareDevicesOf(held, k)).toBe(fewest - 1)
    }),
    { numRuns: 400 },
  )
})

test('[PLAN-2] with more devices of several rows than are tried one by one, less is stated, never more', () => {
  const held = Array.from({ length: 10 }, (_, device) =>
    [device, device + 1].map((row): Held => ({ row, device: `d${device}`, chance: 0.5 })),
  ).flat()
  let sum = 0
  everyCase(held, (there, weight) => {
    if (rowsIn(held, there) >= 6) sum += weight
  })
  expect(chanceOfRows(held, 6)).toBeLessThanOrEqual(sum)
  expect(chanceOfRows(held, 6)).toBeGreaterThan(0)
})
