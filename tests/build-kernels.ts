/**
 * `node tests/build-kernels.ts`: compiles the kernels' AssemblyScript and writes what comes out beside it, as text in a
 * module, so that no page has to fetch it. A test compiles again and compares.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'
import { toBase64Url } from '../src/protocol/bytes.ts'
import { ROOT } from './run-process.ts'

const FOLDER = join(ROOT, 'workers/kernels/reed-solomon')
const SOURCE = 'assembly/reed-solomon.ts'
export const COMPILED = join(FOLDER, 'compiled.ts')

/** Memory is fixed: six pages of 64 KiB. No runtime: nothing is allocated. */
const OPTIONS = ['--runtime', 'stub', '--noAssert', '-O3', '--converge', '--initialMemory', '6', '--maximumMemory', '6']

const BUILDS = {
  RELAXED_SIMD: ['--enable', 'simd', '--enable', 'relaxed-simd'],
  SIMD: ['--enable', 'simd'],
  SCALAR: ['--disable', 'simd'],
}

export async function compileKernel(): Promise<string> {
  const modules: string[] = []
  for (const [name, features] of Object.entries(BUILDS))
    modules.push(`export const ${name} =\n  '${toBase64Url(await compile(features))}'\n`)
  return `/** Made by tests/build-kernels.ts from ${SOURCE}: WebAssembly as base64url, three builds of one source. */\n${modules.join('\n')}`
}

async function compile(features: readonly string[]): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined
  const { error, stderr } = await asc.main([SOURCE, ...OPTIONS, ...features, '--outFile', 'kernel.wasm'], {
    readFile: (name) => readFile(join(FOLDER, name), 'utf8').catch(() => null),
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') wasm = contents
    },
    listFiles: () => [],
  })
  if (error !== null || wasm === undefined) throw new Error(`the kernel does not compile: ${error?.message ?? ''}\n${stderr.toString()}`)
  return wasm
}

if (import.meta.main) await writeFile(COMPILED, await compileKernel())
