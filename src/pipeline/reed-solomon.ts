/**
 * Rows of a chunk from other rows of it, by the kernel in workers/kernels/reed-solomon. The fastest build this engine
 * takes is chosen at first use. Fragments go through the kernel's fixed memory in pieces that stay in the processor's
 * cache, each byte copied in once and out once. All of it is synchronous: a chunk takes a fraction of a millisecond.
 */
import { RELAXED_SIMD, SCALAR, SIMD } from '../../workers/kernels/reed-solomon/compiled.ts'
import { meta } from '../../workers/kernels/reed-solomon/meta.ts'
import { type Bytes, fromBase64Url } from '../protocol/bytes.ts'
import { assert } from '../protocol/errors.ts'

const COMPILED = { relaxedSimd: RELAXED_SIMD, simd: SIMD, scalar: SCALAR } as const
export type Build = keyof typeof COMPILED

/** What the kernel exports; its source explains each. Globals are addresses, but for the length of a step. */
type Kernel = {
  readonly memory: WebAssembly.Memory
  readonly SOURCE_ROWS: WebAssembly.Global<'i32'>
  readonly WANTED_ROWS: WebAssembly.Global<'i32'>
  readonly FRAGMENTS: WebAssembly.Global<'i32'>
  readonly STEP: WebAssembly.Global<'i32'>
  plan(sources: number, wanted: number): void
  combine(sources: number, wanted: number, stride: number): void
}

type Row = readonly [row: number, bytes: Bytes]

let chosen: ReedSolomon | undefined

/** The one of this thread. */
export function reedSolomon(): ReedSolomon {
  chosen ??= new ReedSolomon(chooseBuild())
  return chosen
}

/** Engines say what they take: SIMD came years before relaxed SIMD, and the scalar build runs everywhere. */
export function chooseBuild(takes: (wasm: Bytes) => boolean = WebAssembly.validate): Build {
  const builds: readonly Build[] = ['relaxedSimd', 'simd']
  return builds.find((build) => takes(wasmOf(build))) ?? 'scalar'
}

export function wasmOf(build: Build): Bytes {
  const wasm = fromBase64Url(COMPILED[build])
  assert(wasm !== undefined, 'a compiled kernel is base64url')
  return wasm
}

export class ReedSolomon {
  readonly build: Build
  readonly #kernel: Kernel
  readonly #memory: Bytes
  /** The rows that the kernel's tables are made for: a file is written and read with the same ones, chunk after chunk. */
  #planned = ''

  constructor(build: Build) {
    this.build = build
    // Compiled at once: pages allow that under 4 KB, workers always.
    this.#kernel = new WebAssembly.Instance(new WebAssembly.Module(wasmOf(build))).exports as Kernel
    this.#memory = new Uint8Array(this.#kernel.memory.buffer as ArrayBuffer)
  }

  /** `data`: all k data fragments in order. */
  encodeRow(k: number, rows: number, data: readonly Bytes[], row: number): Bytes {
    const [bytes] = this.encodeRows(k, rows, data, [row])
    assert(bytes !== undefined, 'one row was wanted')
    return bytes
  }

  /** Up to four rows at once cost what one costs. */
  encodeRows(k: number, rows: number, data: readonly Bytes[], wanted: readonly number[], into: readonly Bytes[] = []): Bytes[] {
    assert(data.length === k, `${data.length} data fragments of ${k}`)
    return this.reconstruct(k, rows, new Map(data.entries()), wanted, into)
  }

  /**
   * Any rows, parity too, from any k. A row that is present is given back as it is, not as a copy. Rows that are made lie
   * in new buffers, or in those of `into`, one per row wanted: in Chromium new ones take twice as long as the arithmetic.
   */
  reconstruct(
    k: number,
    rows: number,
    present: ReadonlyMap<number, Bytes>,
    wanted: readonly number[],
    into: readonly Bytes[] = [],
  ): Bytes[] {
    assert(k >= 1 && k <= rows && rows <= meta.rows, `${k} of ${rows} rows`)
    assert(present.size >= k, `${present.size} fragments of ${k} needed`)
    for (const row of [...present.keys(), ...wanted]) assert(Number.isInteger(row) && row >= 0 && row < rows, `row ${row} of ${rows}`)
    const sources = [...present].sort(([a], [b]) => a - b).slice(0, k)
    const length = sources[0]?.[1].byteLength ?? 0
    for (const bytes of [...present.values(), ...into]) assert(bytes.byteLength === length, 'fragments of a chunk are equally long')

    const made = new Map<number, Bytes>()
    for (const [i, row] of wanted.entries()) if (!present.has(row) && !made.has(row)) made.set(row, into[i] ?? new Uint8Array(length))
    if (made.size > 0) this.#make([...made], sources, length)
    return wanted.flatMap((row) => present.get(row) ?? made.get(row) ?? [])
  }

  #make(wanted: readonly Row[], sources: readonly Row[], length: number): void {
    const { FRAGMENTS, STEP } = this.#kernel
    const memory = this.#memory
    this.#plan(sources, wanted)
    for (let begin = 0; begin < length; begin += meta.pieceBytes) {
      const end = Math.min(begin + meta.pieceBytes, length)
      const stride = Math.ceil((end - begin) / STEP.value) * STEP.value
      let place = FRAGMENTS.value
      for (const [, bytes] of sources) {
        memory.set(bytes.subarray(begin, end), place)
        place += stride
      }
      this.#kernel.combine(sources.length, wanted.length, stride)
      for (const [, bytes] of wanted) {
        bytes.set(memory.subarray(place, place + end - begin), begin)
        place += stride
      }
    }
  }

  #plan(sources: readonly Row[], wanted: readonly Row[]): void {
    const from = sources.map(([row]) => row)
    const to = wanted.map(([row]) => row)
    const planned = `${from} > ${to}`
    if (planned === this.#planned) return
    this.#memory.set(from, this.#kernel.SOURCE_ROWS.value)
    this.#memory.set(to, this.#kernel.WANTED_ROWS.value)
    this.#kernel.plan(from.length, to.length)
    this.#planned = planned
  }
}
