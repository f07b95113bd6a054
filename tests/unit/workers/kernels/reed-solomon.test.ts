import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Build, wasmOf } from '../../../../src/pipeline/reed-solomon.ts'
import { OBJECT_ROWS } from '../../../../src/protocol/limits.ts'
import { meta } from '../../../../workers/kernels/reed-solomon/meta.ts'
import { COMPILED, compileKernel } from '../../../build-kernels.ts'
import { codeMatrix, invert, multiply, power } from './plain-code.ts'

const BUILDS: readonly Build[] = ['relaxedSimd', 'simd', 'scalar']

/** Above this a page may not compile in one go. */
const COMPILED_AT_ONCE_BYTES = 4096

describe('what is shipped', () => {
  test('[ERASURE-4] the committed kernel is what its source compiles to', async () => {
    expect(await compileKernel()).toBe(readFileSync(COMPILED, 'utf8'))
  })

  test.each(BUILDS)('[ERASURE-4] %s can be compiled in a page and imports nothing', (build) => {
    const wasm = wasmOf(build)
    expect(wasm.byteLength).toBeLessThan(COMPILED_AT_ONCE_BYTES)
    expect(WebAssembly.Module.imports(new WebAssembly.Module(wasm))).toEqual([])
  })

  test.each(BUILDS)('[ERASURE-7] the memory of %s cannot grow and holds the longest pieces of the most rows', (build) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasmOf(build)))
    const memory = exports['memory'] as WebAssembly.Memory
    const fragments = exports['FRAGMENTS'] as WebAssembly.Global<'i32'>
    expect(() => memory.grow(1)).toThrow(RangeError)
    // Rows are made in fours.
    const places = Math.max(...Array.from({ length: meta.rows }, (_, k) => k + 1 + Math.ceil((meta.rows - k - 1) / 4) * 4))
    expect(memory.buffer.byteLength - fragments.value).toBeGreaterThanOrEqual(places * meta.pieceBytes)
  })

  test('[ERASURE-6] an object has no more rows than the kernel takes', () => {
    expect(meta.rows).toBeGreaterThanOrEqual(OBJECT_ROWS)
  })
})

describe('the plain code, which the kernel is compared with', () => {
  test('[ERASURE-2] its products, powers and inverses are the published ones', () => {
    expect([multiply(3, 4), multiply(7, 7), multiply(23, 45)]).toEqual([12, 21, 41])
    expect([power(2, 2), power(5, 20), power(13, 7), power(0, 0)]).toEqual([4, 235, 43, 1])
    const matrix = [
      [56, 23, 98],
      [3, 100, 200],
      [45, 201, 123],
    ]
    const inverse = [
      [175, 133, 33],
      [130, 13, 245],
      [112, 35, 126],
    ]
    expect(invert(matrix)).toEqual(inverse)
  })

  test('[ERASURE-2] its matrix of 4 + 2 is the published one', () => {
    expect(codeMatrix(4, 6).slice(4)).toEqual([
      [0x1b, 0x1c, 0x12, 0x14],
      [0x1c, 0x1b, 0x14, 0x12],
    ])
  })
})
