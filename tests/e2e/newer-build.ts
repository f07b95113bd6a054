/** The page as a later version would be: the same sources, speaking only the wire version after ours. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { build, type Plugin } from 'vite'
import { WIRE } from '../../src/protocol/wire-version.ts'
import { ROOT } from '../run-process.ts'

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

export async function buildNewer(outDir: string): Promise<void> {
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    plugins: [speaksOnly(WIRE.max + 1)],
    build: { outDir, emptyOutDir: true },
  })
}

function speaksOnly(version: number): Plugin {
  return {
    name: 'newer-wire',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/src/protocol/wire-version.ts')) return undefined
      const newer = code.replace(/(const WIRE: WireRange = )\{[^}]*\}/, `$1{ min: ${version}, max: ${version} }`)
      if (newer === code) throw new Error('the wire version is written differently now')
      return newer
    },
  }
}

/** Everything of the page comes from the newer build, everything else from the relay as ever. */
export async function serveNewer(context: BrowserContext, outDir: string): Promise<void> {
  await context.route(/^[^?#]*\/(?:(?:index\.html)?(?:[?#].*)?|assets\/.*)$/, async (route) => {
    const { pathname } = new URL(route.request().url())
    const path = pathname === '/' ? '/index.html' : pathname
    const body = await readFile(join(outDir, path)).catch(() => undefined)
    if (body === undefined) return route.continue()
    return route.fulfill({ body, contentType: TYPES[extname(path)] ?? 'application/octet-stream' })
  })
}
