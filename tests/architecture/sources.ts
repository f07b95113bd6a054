/** The project's own files as text, by path from the root. */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type Sources = ReadonlyMap<string, string>

export function readSources(root: string, patterns: readonly string[]): Sources {
  const paths = globSync([...patterns], { cwd: root, exclude: ['node_modules/**', 'dist/**'] })
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/** A check that finds nothing may be looking at nothing: each is also run on a folder with a fault planted in it. */
export function plant<T>(files: Readonly<Record<string, string>>, look: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'planted-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return look(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
