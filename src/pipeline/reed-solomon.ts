/**
 * Rows of a chunk from other rows of it, by the kernel in workers/kernels/reed-solomon. The fastest build this browser
 * takes is chosen at first use. Fragments go through the kernel's fixed memory in pieces that stay in the processor's
 * cache, each byte copied in once and out once. Everything is synchronous; a chunk takes a fraction of a millisecond.
 */

import { RELAXED_SIMD, SCALAR, SIMD } from '../../workers/kernels/reed-solomon/compiled.ts'
import { type Bytes, fromBase64Url } from '../protocol/bytes.ts'
import { assert } from '../protocol/errors.ts'
import { OBJECT_ROWS } from '../protocol/limits.ts'

export const BUILDS = { relaxedSimd: RELAXED_SIMD, simd: SIMD, scalar: SCALAR } as const
export type BuildName = keyof typeof BUILDS

/** Pieces of at most this length: 14 of them fill a quarter of a common second-level cache. */
const PIECE_BYTES = 16 * 1024

type Kernel = {
  readonly memory: WebAssembly.Memory
  readonly SOURCE_ROWS: WebAssembly.Global<'i32'>
  readonly WANTED_ROWS: WebAssembly.Global<'i32'>
  readonly FRAGMENTS: WebAssembly.Global<'i32'>
  readonly STEP: WebAssembly.Global<'i32'>
  plan(sources: number, wanted: number): void
  combine(sources: number, wanted: number, stride: number): void
}

let chosen: ReedSolomon | undefined

/** One for this thread, with the fastest build it takes. */
export function reedSolomon(): ReedSolomon {
  chosen ??= new ReedSolomon(chooseBuild())
  return chosen
}

/** Engines say what they take: relaxed SIMD came last, then SIMD; the scalar build runs everywhere. */
export function chooseBuild(takes: (wasm: Bytes) => boolean = WebAssembly.validate): BuildName {
  const names: readonly BuildName[] = ['relaxedSimd', 'simd']
  return names.find((name) => takes(wasmOf(name))) ?? 'scalar'
}

export class ReedSolomon {
  readonly build: BuildName
  readonly #kernel: Kernel
  readonly #memory: Bytes
  /** The rows the kernel's tables are made for. A file is read and written with the same rows, chunk after chunk. */
  #planned = ''

  constructor(build: BuildName) {
    this.build = build
    // Small enough to be compiled at once, which pages and workers alike allow under 4 KB.
    this.#kernel = new WebAssembly.Instance(new WebAssembly.Module(wasmOf(build))).exports as Kernel
    this.#memory = new Uint8Array(this.#kernel.memory.buffer as ArrayBuffer)
  }

  encodeRow(k: number, rows: number, data: readonly Bytes[], row: number): Bytes {
    const [bytes] = this.encodeRows(k, rows, data, [row])
    assert(bytes !== undefined, 'one row wanted, one made')
    return bytes
  }

  /** `data` is all k data rows in order. Several rows at once cost little more than one. */
  encodeRows(k: number, rows: number, data: readonly Bytes[], wanted: readonly number[]): Bytes[] {
    assert(data.length === k, `${data.length} data rows are given of ${k}`)
    return this.reconstruct(k, rows, new Map(data.entries()), wanted)
  }

  /** From any k rows. A row that is present is given back as it is, not as a copy. */
  reconstruct(k: number, rows: number, present: ReadonlyMap<number, Bytes>, wanted: readonly number[]): Bytes[] {
    assert(k >= 1 && k <= rows && rows <= OBJECT_ROWS, `${k} data rows of ${rows}`)
    assert(present.size >= k, `${present.size} rows are present of ${k} needed`)
    for (const row of [...present.keys(), ...wanted]) assert(Number.isInteger(row) && row >= 0 && row < rows, `row ${row} of ${rows}`)
    const sources = [...present].sort(([a], [b]) => a - b).slice(0, k)
    const length = sources[0]?.[1].byteLength ?? 0
    for (const [, bytes] of present) assert(bytes.byteLength === length, 'fragments of one chunk are equally long')

    const lacking = [...new Set(wanted.filter((row) => !present.has(row)))]
    const made = new Map(lacking.map((row) => [row, new Uint8Array(length)]))
    if (made.size > 0) this.#make(sources, [...made], length)
    return wanted.flatMap((row) => present.get(row) ?? made.get(row) ?? [])
  }

  #make(sources: readonly Row[], wanted: readonly Row[], length: number): void {
    this.#plan(sources, wanted)
    const { FRAGMENTS, STEP } = this.#kernel
    const memory = this.#memory
    const first = FRAGMENTS.value
    const places = sources.length + Math.ceil(wanted.length / 4) * 4
    const room = Math.floor((memory.byteLength - first) / places / STEP.value) * STEP.value
    const pieceBytes = Math.min(PIECE_BYTES, room)
    for (let offset = 0; offset < length; offset += pieceBytes) {
      const end = Math.min(offset + pieceBytes, length)
      const stride = Math.ceil((end - offset) / STEP.value) * STEP.value
      let place = first
      for (const [, bytes] of sources) {
        memory.set(bytes.subarray(offset, end), place)
        place += stride
      }
      this.#kernel.combine(sources.length, wanted.length, stride)
      for (const [, bytes] of wanted) {
        bytes.set(memory.subarray(place, place + end - offset), offset)
        place += stride
      }
    }
  }

  #plan(sources: readonly Row[], wanted: readonly Row[]): void {
    const [from, to] = [sources, wanted].map((list) => list.map(([row]) => row))
    const planned = `${from} ${to}`
    if (planned === this.#planned || from === undefined || to === undefined) return
    this.#memory.set(from, this.#kernel.SOURCE_ROWS.value)
    this.#memory.set(to, this.#kernel.WANTED_ROWS.value)
    this.#kernel.plan(from.length, to.length)
    this.#planned = planned
  }
}

type Row = readonly [row: number, bytes: Bytes]

function wasmOf(name: BuildName): Bytes {
  const wasm = fromBase64Url(BUILDS[name])
  assert(wasm !== undefined, 'compiled kernels are base64url')
  return wasm
}
