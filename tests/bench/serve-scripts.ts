/**
 * An empty page and the scripts of a bench, bundled from TypeScript as the app's are, on a port of their own. The page
 * allows everything: what is measured here are engines, and our policy is measured elsewhere.
 */
import { createServer } from 'node:http'
import { build } from 'vite'
import { ROOT } from '../run-process.ts'

export type ScriptSite = { readonly url: string; close(): void }

/** `entries`: sources by the path they are served at. `files`: bytes by path. */
export async function serveScripts(
  entries: Readonly<Record<string, string>>,
  files: Readonly<Record<string, Uint8Array>> = {},
): Promise<ScriptSite> {
  const scripts = new Map(await Promise.all(Object.entries(entries).map(async ([path, source]) => [path, await bundle(source)] as const)))
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const script = scripts.get(path)
    const type = script === undefined ? (files[path] === undefined ? 'text/html' : 'application/octet-stream') : 'text/javascript'
    response.setHeader('content-type', type)
    response.end(script ?? files[path] ?? '<!doctype html><title>bench</title>')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() }
}

async function bundle(source: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    root: ROOT,
    build: {
      write: false,
      target: 'es2024',
      minify: false,
      rolldownOptions: { input: source, preserveEntrySignatures: 'strict', output: { codeSplitting: false } },
    },
  })
  const [one] = Array.isArray(output) ? output : [output]
  const code = one !== undefined && 'output' in one ? one.output[0].code : undefined
  if (code === undefined) throw new Error(`${source} could not be bundled`)
  return code
}
