/**
 * How the page and its service worker are built. Two bounds decide the shape: everything the landing page needs is the
 * chunk `shell`, and all of libp2p, Yjs and our adapters on them is the lazy chunk `p2p`; what only a call needs comes
 * with the first call, as the chunk `meeting`, and the log of meetings beside the room, as the chunk `session`. Nothing is inlined,
 * because the page's Content-Security-Policy allows neither inline scripts nor data: workers.
 */
import { glob, readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, gzip, constants as zlib } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import manifest from './package.json' with { type: 'json' }
import { mendedPreload } from './tests/mended-preload.ts'
import { mendedWebRtc } from './tests/mended-webrtc.ts'
import { oneCopyOfEach } from './tests/one-copy.ts'

const RELAY_PORT = Number(process.env['RELAY_PORT'] ?? 5181)
const WORKER = resolve(import.meta.dirname, 'workers/storage.sw.ts')
const TARGET = 'es2024'

export default defineConfig({
  plugins: [
    svelte({ configFile: false }),
    oneCopyOfEach(),
    mendedWebRtc(),
    mendedPreload(),
    precachedWorker(),
    devWorker(),
    devRelay(),
    compressedTwins(),
  ],
  define: { __APP_VERSION__: JSON.stringify(manifest.version) },
  build: {
    target: TARGET,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // The shell goes first: what the landing page imports is never pulled into the lazy chunk.
          groups: [
            { name: 'shell', tags: ['$initial'], priority: 2 },
            {
              name: 'p2p',
              test: /[\\/]src[\\/]tab[\\/](?!meeting|session|balance|tools|side|watch|record|doors|companion|check|effects|call[\\/]changing|storage[\\/](scrub-store|memory-block-store))/,
              priority: 1,
            },
            { name: 'session', test: /[\\/]src[\\/](tab|core)[\\/]session[\\/]/ },
            { name: 'meeting', test: /[\\/]src[\\/](tab[\\/]meeting|core[\\/]call[\\/]overlay)[\\/]/ },
            { name: 'tools', test: /[\\/]src[\\/](tab[\\/](tools|side|watch|doors|companion)|core[\\/](watch|companion|doors))[\\/]/ },
            { name: 'check', test: /[\\/]src[\\/](tab|core)[\\/]check[\\/]/ },
            { name: 'balance', test: /[\\/]src[\\/](tab|core)[\\/]balance[\\/]/ },
          ],
        },
      },
    },
  },
  worker: { format: 'es', plugins: () => [oneCopyOfEach()] },
  server: {
    port: 5180,
    proxy: Object.fromEntries(
      ['/relay.json', '/healthz', '/version', '/counters', '/doors'].map((path) => [path, `http://127.0.0.1:${RELAY_PORT}`]),
    ),
  },
  test: {
    projects: ['unit', 'contract', 'sim', 'relay', 'architecture'].map((name) => ({
      extends: false,
      // Views' neighbours (`*.svelte.ts`) hold runes: they need the compiler, and Svelte's browser half.
      plugins: name === 'unit' ? [svelte({ configFile: false })] : [],
      resolve: name === 'unit' ? { conditions: ['browser'] } : {},
      test: {
        name,
        environment: 'node',
        // Said per project: they inherit nothing, and by themselves leave one core of two to others.
        maxWorkers: 2,
        include: [`tests/${name}/**/*.test.ts`],
        testTimeout: 30_000,
        // A second is the default, and a busy machine stands still for longer.
        expect: { poll: { timeout: 10_000 } },
        retry: process.env['CI'] === undefined ? 0 : 1,
      },
    })),
  },
})

/**
 * With no network at all a room starts by these, and shows and opens what is kept; what they import is found below. All other
 * files follow when a page is at rest.
 */
const FIRST_MODULES =
  /\/(index\.html|src\/tab\/(open-asterism|session\/open-session|storage\/scrub-store)\.ts|src\/ui\/(room\/RoomScreen|files\/\w+|meeting\/PeoplePanel)\.svelte)$/
/** No module of the page: built for itself, or nothing to build. */
const FIRST_FILES = /^(index\.html|icon\.svg|manifest\.webmanifest|assets\/import\.worker-.*\.js)$/

/** `/sw.js` from workers/storage.sw.ts, with the list of files to keep for offline use written into it. */
function precachedWorker(): Plugin[] {
  const first = new Set<string>()
  const findFirst: Plugin = {
    name: 'first-files',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const take = (name: string) => {
          const chunk = bundle[name]
          if (first.has(name) || chunk?.type !== 'chunk') return
          first.add(name)
          for (const style of chunk.viteMetadata?.importedCss ?? []) first.add(style)
          for (const imported of chunk.imports) take(imported)
        }
        for (const [name, chunk] of Object.entries(bundle))
          if (chunk.type === 'chunk' && chunk.moduleIds.some((id) => FIRST_MODULES.test(id))) take(name)
      },
    },
  }
  const isFirst = (url: string) => first.has(url) || FIRST_FILES.test(url)
  const pwa = VitePWA({
    strategies: 'injectManifest',
    srcDir: 'workers',
    filename: 'storage.sw.ts',
    injectRegister: null,
    manifest: false,
    injectManifest: {
      target: TARGET,
      globPatterns: ['**/*.{html,js,css,svg,png,woff2,webmanifest}'],
      // Effects need more than these, which is not kept either: models and wasm come with their first use.
      globIgnores: ['assets/{background.worker,workletProcessor}-*'],
      maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
      manifestTransforms: [(files) => ({ manifest: files.map((file) => (isFirst(file.url) ? { ...file, isFirst: true } : file)) })],
    },
    integration: {
      // The plugin names the output after the source; the page registers `/sw.js`.
      beforeBuildServiceWorker(options) {
        options.swDest = resolve(options.swDest, '../sw.js')
        options.injectManifest.swDest = options.swDest
      },
    },
  })
  return [findFirst, ...pwa]
}

/**
 * Beside every file that gets smaller by it lie its twins, which the relay sends to whoever takes them: Brotli, and gzip for
 * browsers that take Brotli by https only. The last tenth that Brotli could save would take half a minute.
 */
function compressedTwins(): Plugin {
  const ways = {
    br: (bytes: Uint8Array) => promisify(brotliCompress)(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: 9 } }),
    gz: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 9 }),
  }
  /** What fits into a packet comes no sooner. */
  const LEAST_BYTES = 1_400
  const WORTH = 0.9
  let folder = ''
  return {
    name: 'compressed-twins',
    apply: 'build',
    configResolved({ root, build: { outDir } }) {
      folder = resolve(root, outDir)
    },
    closeBundle: {
      sequential: true,
      // The service worker is written by another plugin, when all else is.
      order: 'post',
      async handler() {
        for await (const name of glob('**/*.{html,js,css,svg,webmanifest,wasm,tflite}', { cwd: folder })) {
          const bytes = await readFile(join(folder, name))
          if (bytes.byteLength < LEAST_BYTES) continue
          for (const [ending, compress] of Object.entries(ways)) {
            const twin = await compress(bytes)
            if (twin.byteLength < WORTH * bytes.byteLength) await writeFile(join(folder, `${name}.${ending}`), twin)
          }
        }
      },
    },
  }
}

/** In development `/sw.js` is bundled anew for each request and keeps nothing for offline use. */
function devWorker(): Plugin {
  return {
    name: 'dev-worker',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use('/sw.js', async (_request, response) => {
        const output = await build({
          configFile: false,
          logLevel: 'error',
          define: { 'self.__WB_MANIFEST': '[]' },
          build: { write: false, target: TARGET, minify: false, lib: { entry: WORKER, formats: ['es'], fileName: 'sw' } },
        })
        const [bundle] = Array.isArray(output) ? output : [output]
        const code = bundle !== undefined && 'output' in bundle ? bundle.output[0].code : ''
        response.setHeader('content-type', 'text/javascript').end(code)
      })
    },
  }
}

/** Every WebSocket but Vite's own goes to the relay, as it does in production where both share one port. */
function devRelay(): Plugin {
  return {
    name: 'dev-relay',
    apply: 'serve',
    configureServer(server) {
      server.httpServer?.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (request.headers['sec-websocket-protocol']?.startsWith('vite-')) return
        const relay = connect(RELAY_PORT, '127.0.0.1', () => {
          const headers = request.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []))
          relay.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
          relay.write(head)
          socket.pipe(relay).pipe(socket)
        })
        for (const [one, other] of [
          [socket, relay],
          [relay, socket],
        ] as const)
          one.on('error', () => other.destroy())
      })
    },
  }
}
