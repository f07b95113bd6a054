/** Encoding and reconstructing 10 + 4 on one core: our kernel and the WebAssembly package of npm, in turn, in Chromium. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fragmentBytesOf } from '../../../src/core/storage/layout.ts'
import { CHUNK_BYTES } from '../../../src/protocol/limits.ts'
import { type Bench, interleave, median, ratio } from '../bench.ts'
import { serveScripts } from '../serve-scripts.ts'
import { launchBrowser, withPages } from '../two-pages.ts'
import { OTHER_WASM_PATH, openContest, type Task } from './contest.ts'

const OTHER = fileURLToPath(import.meta.resolve('@subspace/reed-solomon-erasure.wasm'))
const OTHER_WASM = new Uint8Array(readFileSync(OTHER.replace('index.js', 'reed_solomon_erasure_bg.wasm')))
const OTHER_VERSION = (JSON.parse(readFileSync(OTHER.replace('dist/index.js', 'package.json'), 'utf8')) as { version: string }).version

/** A whole chunk, sealed. */
const TEN_AND_FOUR = { k: 10, rows: 14, fragmentBytes: fragmentBytesOf(CHUNK_BYTES, 10), build: 'relaxedSimd' } as const
const SWEEP_KIB = [1, 16, 64, 256, 1024]

const CONTESTANTS: Readonly<Record<string, Task>> = {
  encodeKernel: { ...TEN_AND_FOUR, by: 'kernel', work: 'encode' },
  encodeOurs: { ...TEN_AND_FOUR, by: 'ours', work: 'encode' },
  encodeFresh: { ...TEN_AND_FOUR, by: 'fresh', work: 'encode' },
  encodeNpm: { ...TEN_AND_FOUR, by: 'npm', work: 'encode' },
  reconstructKernel: { ...TEN_AND_FOUR, by: 'kernel', work: 'reconstruct' },
  reconstructOurs: { ...TEN_AND_FOUR, by: 'ours', work: 'reconstruct' },
  reconstructNpm: { ...TEN_AND_FOUR, by: 'npm', work: 'reconstruct' },
}

export const bench: Bench = async ({ isQuick, say }) => {
  const rounds = isQuick ? 3 : 9
  const site = await serveScripts({ '/contest.js': join(import.meta.dirname, 'contest-page.ts') }, { [OTHER_WASM_PATH]: OTHER_WASM })
  const browser = await launchBrowser()
  try {
    return await withPages(browser, 1, site.url, async ([page]) => {
      if (page === undefined) throw new Error('a page is needed')
      await page.evaluate(async () => {
        // The package asks for Node's file system, to read itself from disk if need be.
        Object.assign(globalThis, { require: () => ({}) })
        const script = '/contest.js'
        await import(script)
      })
      const inPage = (task: Task) => page.evaluate((task) => contest.measure(task), task)
      if (!(await page.evaluate((task) => contest.check(task), { ...TEN_AND_FOUR, by: 'ours', work: 'encode' } as Task)))
        throw new Error('the two do not agree on the bytes')

      const contestants = Object.entries(CONTESTANTS).map(([name, task]) => ({ name, measure: () => inPage(task) }))
      const { samples, notes } = await interleave(contestants, rounds, say)
      return {
        figures: {
          ...figure('encodeGiBps', samples['encodeOurs']),
          ...figure('reconstructGiBps', samples['reconstructOurs']),
          ...ratio('encodeVsNpm', samples['encodeOurs'], samples['encodeNpm']),
        },
        rounds,
        peers: { chromium: browser.version(), '@subspace/reed-solomon-erasure.wasm': OTHER_VERSION },
        notes: [
          ...notes,
          ...copied(samples),
          `Chromium, encode without and with the copies, by build: ${await listed(['relaxedSimd', 'simd', 'scalar'] as const, (build) => ({ build }), inPage)}`,
          `Chromium, the same by KiB per fragment: ${await listed(SWEEP_KIB, (kib) => ({ fragmentBytes: kib * 1024 }), inPage)}`,
          `Chromium, the same by k + parity: ${await listed(['4+4', '8+8', '10+20'], layoutOf, inPage)}`,
          `Node.js ${process.versions.node}, the same: ${await listed(['10+4'], layoutOf, async (task) => openContest(OTHER_WASM).measure(task))}`,
        ],
        samples,
      }
    })
  } finally {
    await browser.close()
    site.close()
  }
}

function copied(samples: Readonly<Record<string, readonly number[]>>): string[] {
  const of = (name: string) => gib(median(samples[name] ?? []))
  return [
    `GiB/s of data, copies in and out included; npm does the same in ${of('encodeNpm')} (encode) and ${of('reconstructNpm')} (reconstruct)`,
    `without the copies: encode ${of('encodeKernel')}, reconstruct ${of('reconstructKernel')}`,
    `with the copies, and new buffers for each chunk: encode ${of('encodeFresh')}`,
  ]
}

/** `name kernel and ours` for each variant of encoding. */
async function listed<T extends string | number>(
  variants: readonly T[],
  change: (variant: T) => Partial<Task>,
  measure: (task: Task) => Promise<number>,
): Promise<string> {
  const texts: string[] = []
  for (const variant of variants) {
    const task = { ...TEN_AND_FOUR, work: 'encode', ...change(variant) } as const
    texts.push(`${variant} ${gib(await measure({ ...task, by: 'kernel' }))} and ${gib(await measure({ ...task, by: 'ours' }))}`)
  }
  return texts.join(', ')
}

function layoutOf(text: string): Partial<Task> {
  const [k = 1, parity = 0] = text.split('+').map(Number)
  return { k, rows: k + parity, fragmentBytes: fragmentBytesOf(CHUNK_BYTES, k) }
}

function figure(name: string, values: readonly number[] | undefined): Readonly<Record<string, number>> {
  return values === undefined ? {} : { [name]: median(values) }
}

function gib(value: number): string {
  return value.toFixed(2)
}
