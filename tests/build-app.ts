/** Builds the page when it is missing or older than what it is made from. */
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from './run-process.ts'

const SOURCES = ['src/**/*', 'workers/**/*', 'public/**/*', 'index.html', 'vite.config.ts', 'package-lock.json']

export async function buildIfStale(): Promise<boolean> {
  return isFresh() || (await run('vite', ['build', '--logLevel', 'warn'])).code === 0
}

function isFresh(): boolean {
  const built = join(ROOT, 'dist/sw.js')
  if (!existsSync(built)) return false
  const builtAtMs = statSync(built).mtimeMs
  return globSync(SOURCES, { cwd: ROOT }).every((file) => statSync(join(ROOT, file)).mtimeMs <= builtAtMs)
}
