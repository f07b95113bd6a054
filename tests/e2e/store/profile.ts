/**
 * A browser with a profile directory of its own, which can be closed, looked into, harmed and opened again, and a page
 * with the device's store on it. Everything is served from a port of this machine, since service workers want a server.
 */
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { findChromium } from '../../find-browser.ts'
import { bundle } from '../bundle.ts'
import { CHROMIUM_FLAGS } from '../chromium-flags.ts'
import { test as base } from '../fixtures.ts'
import type { StoreParts } from './harness.ts'

export { expect } from '@playwright/test'

declare global {
  var storeParts: StoreParts
}

const PAGE = '<!doctype html><title>store</title><script type="module" src="/harness.js"></script>'

export class Profile {
  readonly origin: string
  readonly #dir: string
  #context: BrowserContext | undefined

  constructor(origin: string, dir: string) {
    this.origin = origin
    this.#dir = dir
  }

  /** Starts the browser. */
  async launch(): Promise<BrowserContext> {
    this.#context = await chromium.launchPersistentContext(this.#dir, { executablePath: findChromium(), args: CHROMIUM_FLAGS })
    return this.#context
  }

  /** Starts the browser with the store's page in it. `quotaBytes` is set before anything asks how much room there is. */
  async open({ quotaBytes }: { quotaBytes?: number } = {}): Promise<Page> {
    const context = await this.launch()
    const [first = await context.newPage()] = context.pages()
    if (quotaBytes !== undefined) {
      const session = await context.newCDPSession(first)
      await session.send('Storage.overrideQuotaForOrigin', { origin: this.origin, quotaSize: quotaBytes })
    }
    return this.#load(first)
  }

  /** Another tab of the same device. */
  async newTab(): Promise<Page> {
    return this.#load((await this.#context?.newPage()) as Page)
  }

  async close(): Promise<void> {
    await this.#context?.close()
    this.#context = undefined
  }

  /** Files of the database, those of its log first to last. */
  async files(kind: 'log' | 'table' | 'manifest' | 'blob'): Promise<readonly string[]> {
    const pattern = {
      log: /indexeddb\.leveldb\/\d+\.log$/,
      table: /indexeddb\.leveldb\/\d+\.ldb$/,
      manifest: /indexeddb\.leveldb\/MANIFEST-\d+$/,
      blob: /indexeddb\.blob\/.+\/[0-9a-f]+$/,
    }[kind]
    return (await this.all()).filter((path) => pattern.test(path)).sort()
  }

  /** Every file of the profile. */
  async all(): Promise<readonly string[]> {
    const entries = await readdir(this.#dir, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  }

  async #load(page: Page): Promise<Page> {
    await page.goto(this.origin)
    await page.waitForFunction(() => 'storeParts' in globalThis)
    return page
  }
}

export async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] as number) ^ 0x10
  await writeFile(path, bytes)
}

/** The end is gone, as after a power cut. */
export async function cutShort(path: string, part: number): Promise<void> {
  const { size } = await stat(path)
  await truncate(path, Math.floor(size * part))
}

/** Which of these words stand in which file of the profile, in the letters browsers write: UTF-8, and UTF-16 of either order. */
export async function search(profile: Profile, words: readonly string[]): Promise<readonly string[]> {
  const spellings = words.flatMap((word) => {
    const utf16 = Buffer.from(word, 'utf16le')
    return [Buffer.from(word), utf16, Buffer.from(utf16).swap16()].map((bytes) => ({ word, bytes }))
  })
  const found = new Set<string>()
  for (const path of await profile.all()) {
    const bytes = await readFile(path)
    for (const spelling of spellings) if (bytes.includes(spelling.bytes)) found.add(spelling.word)
  }
  return [...found]
}

export async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size
}

type Fixtures = {
  /** With the store's page. */
  readonly profile: Profile
  /** For the app, as the relay serves it. */
  readonly memberProfile: Profile
}
type PerWorker = { readonly scripts: Readonly<Record<string, string>> }

export const test = base.extend<Fixtures, PerWorker>({
  scripts: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) =>
      use({
        '/harness.js': await bundle('tests/e2e/store/harness.ts'),
        '/sw.js': await bundle('workers/storage.sw.ts', { 'self.__WB_MANIFEST': '[]' }),
      }),
    { scope: 'worker' },
  ],
  profile: async ({ scripts }, use) => {
    const server = createServer((request, response) => {
      const script = scripts[request.url ?? '']
      response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript')
      response.end(script ?? PAGE)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await withProfile(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, use)
    server.close()
  },
  memberProfile: async ({ relay }, use) => withProfile(relay.origin, use),
})

async function withProfile(origin: string, use: (profile: Profile) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'asterism-profile-'))
  const profile = new Profile(origin, dir)
  await use(profile)
  await profile.close()
  await rm(dir, { recursive: true, force: true, maxRetries: 5 })
}
