import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Build, chooseBuild, ReedSolomon, reedSolomon, wasmOf } from '../../../src/pipeline/reed-solomon.ts'
import { type Bytes, equalBytes } from '../../../src/protocol/bytes.ts'
import { meta } from '../../../workers/kernels/reed-solomon/meta.ts'
import { plainRows } from '../workers/kernels/plain-code.ts'

const BUILDS: readonly Build[] = ['relaxedSimd', 'simd', 'scalar']
const KERNELS = BUILDS.map((build) => new ReedSolomon(build))

type Vectors = {
  readonly words: readonly { readonly of: string; readonly k: number; readonly rows: number; readonly word: readonly string[] }[]
}
const vectors = JSON.parse(readFileSync(new URL('../../../workers/kernels/reed-solomon/vectors.json', import.meta.url), 'utf8')) as Vectors
const WORDS = vectors.words.map(({ of, k, rows, word }) => ({
  of,
  k,
  rows,
  word: word.map((row) => new Uint8Array(Buffer.from(row, 'hex'))),
}))

/** k and rows, the order in which rows are found again, and the length of a fragment. */
const layout = fc.integer({ min: 1, max: meta.rows }).chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    k: fc.integer({ min: 1, max: rows }),
    order: fc.shuffledSubarray(
      Array.from({ length: rows }, (_, row) => row),
      { minLength: rows },
    ),
  }),
)

describe('vectors', () => {
  test.each(WORDS.flatMap((word) => BUILDS.map((build) => ({ ...word, build }))))(
    '[ERASURE-2] $of by $build',
    ({ k, rows, word, build }) => {
      const kernel = new ReedSolomon(build)
      const data = word.slice(0, k)
      expect(hexOf(kernel.encodeRows(k, rows, data, numbers(rows)))).toEqual(hexOf(word))
      expect(hexOf(numbers(rows).map((row) => kernel.encodeRow(k, rows, data, row)))).toEqual(hexOf(word))
      const last = new Map([...word.entries()].slice(rows - k))
      expect(hexOf(kernel.reconstruct(k, rows, last, numbers(rows)))).toEqual(hexOf(word))
    },
  )

  test('[ERASURE-2] another implementation makes the same parity', () => {
    const other = openOther()
    for (const [k, rows, length] of [
      [10, 14, 1000],
      [4, 7, 33],
      [17, 20, 64],
      [2, 32, 5],
    ] as const) {
      const data = numbers(k).map((row) => randomBytes(length, row))
      const word = new Uint8Array(rows * length)
      for (const [row, bytes] of data.entries()) word.set(bytes, row * length)
      expect(other.encode(word, k, rows - k)).toBe(0)
      const theirs = numbers(rows).map((row) => word.subarray(row * length, (row + 1) * length))
      expect(hexOf(reedSolomon().encodeRows(k, rows, data, numbers(rows)))).toEqual(hexOf(theirs))
    }
  })
})

describe('any k of n', () => {
  test('[ERASURE-1] [ERASURE-3] all builds make of any k rows the rows of the plain code', () => {
    const property = fc.property(layout, fc.integer({ min: 0, max: 70 }), fc.integer(), ({ k, rows, order }, length, seed) => {
      const data = numbers(k).map((row) => randomBytes(length, seed + row))
      const word = plainRows(k, rows, new Map(data.entries()))
      const present = new Map(order.slice(0, k).map((row) => [row, word[row] as Bytes]))
      const rest = order.slice(k)
      const expected = hexOf(rest.map((row) => word[row] as Bytes))
      for (const kernel of KERNELS) {
        expect(hexOf(kernel.reconstruct(k, rows, present, rest))).toEqual(expected)
        expect(hexOf(kernel.encodeRows(k, rows, data, rest))).toEqual(expected)
      }
    })
    fc.assert(property, { numRuns: 150 })
  })

  test('[ERASURE-1] [ERASURE-7] a chunk comes back from any k rows, also in many pieces', () => {
    const lengths = fc.oneof(
      fc.constantFrom(meta.pieceBytes - 1, meta.pieceBytes, meta.pieceBytes + 1, 104_864, 262_208),
      fc.integer({ min: 1, max: 5 * meta.pieceBytes }),
    )
    const property = fc.property(layout, lengths, fc.integer(), ({ k, rows, order }, length, seed) => {
      const data = numbers(k).map((row) => randomBytes(length, seed + row))
      const [word = [], ...others] = KERNELS.map((kernel) => kernel.encodeRows(k, rows, data, numbers(rows)))
      for (const other of others) expect(other.every((bytes, row) => equalBytes(bytes, word[row] as Bytes))).toBe(true)
      const present = new Map(order.slice(0, k).map((row) => [row, word[row] as Bytes]))
      const back = reedSolomon().reconstruct(k, rows, present, numbers(k))
      expect(back.every((bytes, row) => equalBytes(bytes, data[row] as Bytes))).toBe(true)
    })
    fc.assert(property, { numRuns: 40 })
  })

  test('[ERASURE-1] the same kernel serves one set of rows after another', () => {
    const data = numbers(4).map((row) => randomBytes(100, row))
    const kernel = new ReedSolomon('relaxedSimd')
    const word = kernel.encodeRows(4, 8, data, numbers(8))
    for (const lost of [[0], [1, 2], [0, 1, 2, 3], [3], [0]]) {
      const present = new Map([...word.entries()].filter(([row]) => !lost.includes(row)))
      expect(hexOf(kernel.reconstruct(4, 8, present, lost))).toEqual(hexOf(lost.map((row) => word[row] as Bytes)))
    }
  })
})

describe('which build', () => {
  test('[ERASURE-3] the fastest that the engine takes', () => {
    const without = (...builds: readonly Build[]) => {
      const unknown = new Set(builds.map((build) => hexOf([wasmOf(build)])[0]))
      return (wasm: Bytes) => !unknown.has(hexOf([wasm])[0])
    }
    expect(chooseBuild(without())).toBe('relaxedSimd')
    expect(chooseBuild(without('relaxedSimd'))).toBe('simd')
    expect(chooseBuild(without('relaxedSimd', 'simd'))).toBe('scalar')
    expect(reedSolomon().build).toBe('relaxedSimd')
    expect(reedSolomon()).toBe(reedSolomon())
  })
})

describe('what is given', () => {
  const data = numbers(3).map((row) => randomBytes(50, row))

  test('[ERASURE-5] a row that is present comes back itself, and what is given stays as it was', () => {
    const before = hexOf(data)
    const rows = reedSolomon().encodeRows(3, 6, data, [2, 4, 0, 4])
    expect(rows[0]).toBe(data[2])
    expect(rows[2]).toBe(data[0])
    expect(hexOf([rows[1] as Bytes])).toEqual(hexOf([rows[3] as Bytes]))
    expect(hexOf(data)).toEqual(before)
  })

  test('[ERASURE-5] rows are made in the buffers given for them, whatever these held', () => {
    const into = [new Uint8Array(50).fill(1), new Uint8Array(50).fill(2), new Uint8Array(50).fill(3)]
    const rows = reedSolomon().encodeRows(3, 6, data, [5, 1, 3], into)
    expect([rows[0] === into[0], rows[1] === data[1], rows[2] === into[2]]).toEqual([true, true, true])
    expect(hexOf(rows)).toEqual(hexOf(reedSolomon().encodeRows(3, 6, data, [5, 1, 3])))
    expect(hexOf([into[1] as Bytes])).toEqual(['02'.repeat(50)])
  })

  test('[ERASURE-1] empty fragments make empty fragments, and no row wanted makes none', () => {
    expect(reedSolomon().encodeRows(2, 4, [new Uint8Array(), new Uint8Array()], [2, 3])).toEqual([new Uint8Array(), new Uint8Array()])
    expect(reedSolomon().encodeRows(3, 6, data, [])).toEqual([])
  })

  const [a, b, c] = data as [Bytes, Bytes, Bytes]
  test.each([
    ['no data rows', () => reedSolomon().encodeRows(0, 3, [], [1])],
    ['more data rows than rows', () => reedSolomon().encodeRows(3, 2, data, [1])],
    ['too many rows', () => reedSolomon().encodeRows(3, meta.rows + 1, data, [4])],
    ['a data row too few', () => reedSolomon().encodeRows(3, 6, [a, b], [4])],
    ['a data row too many', () => reedSolomon().encodeRows(3, 6, [a, b, c, a], [4])],
    ['a row beyond the last', () => reedSolomon().encodeRow(3, 6, data, 6)],
    ['a row before the first', () => reedSolomon().encodeRow(3, 6, data, -1)],
    ['half a row', () => reedSolomon().encodeRow(3, 6, data, 4.5)],
    ['fragments of unequal length', () => reedSolomon().encodeRow(3, 6, [a, b, c.subarray(1)], 4)],
    [
      'too few rows present',
      () =>
        reedSolomon().reconstruct(
          3,
          6,
          new Map([
            [0, a],
            [5, b],
          ]),
          [1],
        ),
    ],
    [
      'a present row beyond the last',
      () =>
        reedSolomon().reconstruct(
          3,
          6,
          new Map([
            [0, a],
            [1, b],
            [6, c],
          ]),
          [2],
        ),
    ],
    [
      'a longer fragment among more than k',
      () =>
        reedSolomon().reconstruct(
          1,
          3,
          new Map([
            [0, a],
            [1, new Uint8Array(51)],
          ]),
          [2],
        ),
    ],
  ])('[ERASURE-6] %s is refused', (_, attempt) => {
    expect(attempt).toThrow('assertion failed')
  })
})

type Other = { encode(word: Uint8Array, k: number, parity: number): number }

function openOther(): Other {
  const require = createRequire(import.meta.url)
  const { ReedSolomonErasure } = require('@subspace/reed-solomon-erasure.wasm') as {
    ReedSolomonErasure: { fromBytes(wasm: Uint8Array): Other }
  }
  const path = require.resolve('@subspace/reed-solomon-erasure.wasm').replace('index.js', 'reed_solomon_erasure_bg.wasm')
  return ReedSolomonErasure.fromBytes(readFileSync(path))
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, row) => row)
}

function hexOf(rows: readonly Uint8Array[]): string[] {
  return rows.map((bytes) => Buffer.from(bytes).toString('hex'))
}

/** Bytes that look random and are the same for the same seed (xorshift). */
function randomBytes(length: number, seed: number): Bytes {
  let state = (seed * 2_654_435_761) | 1
  return Uint8Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state
  })
}
