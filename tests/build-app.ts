/** Builds the page when it is missing or older than what it is made from. */
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from './run-process.ts'

const SOURCES = [
  'src/**/*',
  'workers/**/*',
  'public/**/*',
  'index.html',
  'vite.config.ts',
  'tests/{mended-webrtc,one-copy}.ts',
  'package-lock.json',
]

export async function buildIfStale(): Promise<boolean> {
  return isFresh() || (await run('vite', ['build', '--logLevel', 'warn'])).code === 0
}

/** A build that fails half-way leaves one of the two behind. */
function isFresh(): boolean {
  const built = ['dist/index.html', 'dist/sw.js'].map((file) => join(ROOT, file))
  if (!built.every((file) => existsSync(file))) return false
  const builtAtMs = Math.min(...built.map((file) => statSync(file).mtimeMs))
  return globSync(SOURCES, { cwd: ROOT }).every((file) => statSync(join(ROOT, file)).mtimeMs <= builtAtMs)
}
