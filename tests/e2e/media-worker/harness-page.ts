/** A page of a real browser with the harness and the worker loaded, served from nowhere: every request is answered here. */
import { test as base, type Page } from '@playwright/test'
import { bundle } from '../bundle.ts'
import type { MediaHarness } from './harness.ts'

declare global {
  var media: MediaHarness
}

const ORIGIN = 'http://localhost:1'
const PAGE = '<!doctype html><title>media worker</title><body><script type="module" src="/harness.js"></script>'

export const test = base.extend<{ readonly harness: Page }, { readonly scripts: ReadonlyMap<string, string> }>({
  scripts: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const harness = await bundle('tests/e2e/media-worker/harness.ts')
      const worker = await bundle('workers/media.worker.ts')
      await use(
        new Map([
          ['/harness.js', harness],
          ['/worker.js', worker],
        ]),
      )
    },
    { scope: 'worker' },
  ],
  harness: async ({ page, scripts }, use) => {
    await page.route(`${ORIGIN}/**`, (route) => {
      const script = scripts.get(new URL(route.request().url()).pathname)
      return route.fulfill(script ? { contentType: 'text/javascript', body: script } : { contentType: 'text/html', body: PAGE })
    })
    await page.goto(`${ORIGIN}/`)
    await page.waitForFunction(() => 'media' in globalThis)
    await use(page)
  },
})
export { expect } from '@playwright/test'
