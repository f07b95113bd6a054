/**
 * What runs in the engine under test, a page or Node.js: one piece of work by one contestant, again and again for a few
 * short windows. GiB/s count the chunk's data, k fragments, not the parity. The machine may be busy: a window that was
 * interrupted is outvoted by the others.
 */
import { ReedSolomonErasure } from '@subspace/reed-solomon-erasure.wasm'
import { type Build, ReedSolomon, wasmOf } from '../../../src/pipeline/reed-solomon.ts'
import { type Bytes, equalBytes } from '../../../src/protocol/bytes.ts'
import { meta } from '../../../workers/kernels/reed-solomon/meta.ts'

export type Task = {
  /**
   * `kernel`: fragments lie in the kernel's memory already. `ours`: our call, which copies them into that memory and the
   * rows made out of it, to buffers used again; `npm`: the package's call, which does the same. `fresh`: our call, to new
   * buffers each time.
   */
  readonly by: 'kernel' | 'ours' | 'fresh' | 'npm'
  readonly work: 'encode' | 'reconstruct'
  readonly build: Build
  readonly k: number
  readonly rows: number
  readonly fragmentBytes: number
}

export const OTHER_WASM_PATH = '/other.wasm'

const WINDOWS = 15
const WINDOW_MS = 20
const GIB = 1024 ** 3

declare global {
  var contest: { measure(task: Task): number; check(task: Task): boolean }
}

export function openContest(otherWasm: BufferSource): typeof contest {
  const other = ReedSolomonErasure.fromBytes(otherWasm)
  return {
    measure: (task) => {
      const run = prepare(task, other)
      rate(run, 5 * WINDOW_MS)
      const rates = Array.from({ length: WINDOWS }, () => rate(run, WINDOW_MS)).sort((a, b) => a - b)
      return ((rates[Math.floor(WINDOWS / 2)] ?? 0) * task.k * task.fragmentBytes) / GIB
    },
    check: (task) => agrees(task, other),
  }
}

/** Runs a second. */
function rate(run: () => void, windowMs: number): number {
  const startMs = performance.now()
  let runs = 0
  let spentMs = 0
  while (spentMs < windowMs) {
    run()
    runs++
    spentMs = performance.now() - startMs
  }
  return runs / (spentMs / 1000)
}

/** Reconstructing is the worst case: as many data rows are lost as there is parity, and all parity is needed. */
function prepare({ by, work, build, k, rows, fragmentBytes }: Task, other: ReedSolomonErasure): () => void {
  const data = Array.from({ length: k }, () => randomBytes(fragmentBytes))
  const parity = Array.from({ length: rows - k }, (_, i) => k + i)
  const lost = parity.map((row) => row - k)
  const word = [...data, ...new ReedSolomon(build).encodeRows(k, rows, data, parity)]
  const left = [...word.entries()].filter(([row]) => !lost.includes(row))
  if (by === 'kernel') return alone(build, work === 'encode' ? [...data.entries()] : left, work === 'encode' ? parity : lost, fragmentBytes)
  if (by !== 'npm') {
    const kernel = new ReedSolomon(build)
    const into = by === 'ours' ? parity.map(() => new Uint8Array(fragmentBytes)) : []
    return work === 'encode'
      ? () => void kernel.encodeRows(k, rows, data, parity, into)
      : () => void kernel.reconstruct(k, rows, new Map(left), lost, into)
  }
  const whole = endToEnd(word)
  const isThere = word.map((_, row) => !lost.includes(row))
  return work === 'encode' ? () => void other.encode(whole, k, rows - k) : () => void other.reconstruct(whole, k, rows - k, isThere)
}

/** The kernel without our side of it, a piece of each fragment at a time. */
function alone(build: Build, sources: readonly (readonly [number, Bytes])[], wanted: readonly number[], fragmentBytes: number): () => void {
  const kernel = new WebAssembly.Instance(new WebAssembly.Module(wasmOf(build))).exports as unknown as Exports
  const memory = new Uint8Array(kernel.memory.buffer)
  memory.set(
    sources.map(([row]) => row),
    kernel.SOURCE_ROWS.value,
  )
  memory.set(wanted, kernel.WANTED_ROWS.value)
  kernel.plan(sources.length, wanted.length)
  for (const [i, [, bytes]] of sources.entries())
    memory.set(bytes.subarray(0, meta.pieceBytes), kernel.FRAGMENTS.value + i * meta.pieceBytes)
  const step = kernel.STEP.value
  return () => {
    for (let offset = 0; offset < fragmentBytes; offset += meta.pieceBytes) {
      const bytes = Math.min(meta.pieceBytes, fragmentBytes - offset)
      kernel.combine(sources.length, wanted.length, Math.ceil(bytes / step) * step)
    }
  }
}

type Exports = {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly SOURCE_ROWS: { readonly value: number }
  readonly WANTED_ROWS: { readonly value: number }
  readonly FRAGMENTS: { readonly value: number }
  readonly STEP: { readonly value: number }
  plan(sources: number, wanted: number): void
  combine(sources: number, wanted: number, stride: number): void
}

/** Both make the same parity, and both bring back the same rows: otherwise the speeds are of different things. */
function agrees({ build, k, rows, fragmentBytes }: Task, other: ReedSolomonErasure): boolean {
  const kernel = new ReedSolomon(build)
  const data = Array.from({ length: k }, () => randomBytes(fragmentBytes))
  const all = Array.from({ length: rows }, (_, row) => row)
  const ours = endToEnd(kernel.encodeRows(k, rows, data, all))
  const theirs = endToEnd([...data, ...all.slice(k).map(() => new Uint8Array(fragmentBytes))])
  other.encode(theirs, k, rows - k)
  const rest = all.slice(rows - k).map((row) => [row, ours.slice(row * fragmentBytes, (row + 1) * fragmentBytes)] as const)
  const back = kernel.reconstruct(k, rows, new Map(rest), all)
  return equalBytes(ours, theirs) && equalBytes(endToEnd(back), ours)
}

function endToEnd(fragments: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(fragments.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let offset = 0
  for (const fragment of fragments) {
    whole.set(fragment, offset)
    offset += fragment.byteLength
  }
  return whole
}

function randomBytes(length: number): Bytes {
  const bytes = new Uint8Array(length)
  for (let offset = 0; offset < length; offset += 65_536) crypto.getRandomValues(bytes.subarray(offset, offset + 65_536))
  return bytes
}
