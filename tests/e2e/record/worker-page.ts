/** A page of a real browser with the two workers of a recording, served from nowhere: every request is answered here. */
import { test as base, type Page } from '@playwright/test'
import { bundle } from '../bundle.ts'
import type { RecordHarness } from './worker-harness.ts'

declare global {
  var record: RecordHarness
}

const ORIGIN = 'http://localhost:1'
const PAGE = '<!doctype html><title>record workers</title><body><script type="module" src="/harness.js"></script>'
const SOURCES = {
  '/harness.js': 'tests/e2e/record/worker-harness.ts',
  '/record.js': 'workers/record.worker.ts',
  '/composite.js': 'workers/composite.worker.ts',
}

export const test = base.extend<{ readonly harness: Page }, { readonly scripts: ReadonlyMap<string, string> }>({
  scripts: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      await use(new Map(await Promise.all(Object.entries(SOURCES).map(async ([path, source]) => [path, await bundle(source)] as const))))
    },
    { scope: 'worker' },
  ],
  harness: async ({ page, scripts }, use) => {
    await page.route(`${ORIGIN}/**`, (route) => {
      const script = scripts.get(new URL(route.request().url()).pathname)
      return route.fulfill(script ? { contentType: 'text/javascript', body: script } : { contentType: 'text/html', body: PAGE })
    })
    await page.goto(`${ORIGIN}/`)
    await page.waitForFunction(() => 'record' in globalThis)
    await use(page)
  },
})
export { expect } from '@playwright/test'
