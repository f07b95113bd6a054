/**
 * Who may import whom. Layers know only what is right of them, and each vendor lives in the folders named here: a new
 * vendor, or an old one in a new place, is a decision and stands in this table first.
 */
import { posix } from 'node:path'
import ts from 'typescript'
import { readSources } from './sources.ts'

const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'src/protocol': [],
  'src/core': ['src/protocol'],
  'src/ports': ['src/core', 'src/protocol'],
  'workers/kernels': [],
  'src/pipeline': ['workers/kernels', 'src/ports', 'src/core', 'src/protocol'],
  'src/tab': ['src/pipeline', 'src/ports', 'src/core', 'src/protocol'],
  'src/ui': ['src/ports', 'src/core', 'src/protocol'],
  'src/relay': ['src/ports', 'src/core', 'src/protocol'],
  workers: ['src/pipeline', 'src/ports', 'src/core', 'src/protocol'],
  'src/main.ts': ['src/ui', 'src/tab', 'src/ports', 'src/core', 'src/protocol'],
}

const VENDORS: readonly (readonly [packages: RegExp, homes: readonly string[]])[] = [
  [/^(valibot|cborg)$/, ['src/protocol']],
  [/^valibot$/, ['src/relay', 'src/tab']],
  [/^(libp2p$|@libp2p\/|@chainsafe\/libp2p-|@multiformats\/multiaddr)/, ['src/tab/mesh', 'src/relay']],
  [/^(helia$|@helia\/|interface-blockstore$|multiformats($|\/))/, ['src/pipeline', 'src/tab/storage', 'workers/storage']],
  [/^idb$/, ['workers/storage']],
  [/^(yjs$|y-protocols\/)/, ['src/tab/room']],
  [/^(fastify$|@fastify\/|pino$|prom-client$)/, ['src/relay']],
  [/^node:/, ['src/relay']],
  [/^(svelte($|\/)|uqr$)/, ['src/ui', 'src/main.ts']],
  [/^client-zip$/, ['src/ui/files']],
  [/^mediabunny$/, ['workers/record']],
  [/^@sapphi-red\/web-noise-suppressor($|\/)/, ['src/tab/effects']],
  [/^(@litertjs\/core|@mediapipe\/selfie_segmentation)($|\/)/, ['workers/background']],
]

export type Violation = { readonly file: string; readonly imports: string }

export function findViolations(root: string): readonly Violation[] {
  const sources = readSources(root, ['src/**/*.{ts,svelte}', 'workers/**/*.ts'])
  return [...sources].flatMap(([file, text]) =>
    importsOf(file, text)
      .filter((target) => !isAllowed(file, target))
      .map((imports) => ({ file, imports })),
  )
}

/** Static, dynamic and type imports alike: an arrow is an arrow. Relative ones come back as paths from the root. */
function importsOf(file: string, text: string): readonly string[] {
  const code = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n')
    : text
  return ts
    .preProcessFile(code)
    .importedFiles.map(({ fileName }) => (fileName.startsWith('.') ? posix.join(posix.dirname(file), fileName) : fileName))
}

function isAllowed(file: string, target: string): boolean {
  const from = layerOf(file)
  if (from === undefined) return false
  const to = layerOf(target)
  if (to !== undefined) return to === from || (LAYERS[from]?.includes(to) ?? false)
  return VENDORS.some(([packages, homes]) => packages.test(target) && homes.some((home) => isWithin(file, home)))
}

function layerOf(path: string): string | undefined {
  return Object.keys(LAYERS).find((layer) => isWithin(path, layer))
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
