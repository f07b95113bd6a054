/** A page of a real browser with the harness loaded, served from nowhere: every request is answered here. */
import { test as base, type Page } from '@playwright/test'
import { bundle } from '../bundle.ts'
import type { LinkHarness } from './harness.ts'

declare global {
  var parts: LinkHarness
}

const ORIGIN = 'http://localhost:1'

export const test = base.extend<{ readonly harness: Page }, { readonly script: string }>({
  script: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => use(await bundle('tests/e2e/link/harness.ts')),
    { scope: 'worker' },
  ],
  harness: async ({ page, script }, use) => {
    await page.route(`${ORIGIN}/**`, (route) => {
      const isScript = route.request().url().endsWith('.js')
      const page = '<!doctype html><title>link</title><script type="module" src="/harness.js"></script>'
      return route.fulfill(isScript ? { contentType: 'text/javascript', body: script } : { contentType: 'text/html', body: page })
    })
    await page.goto(`${ORIGIN}/`)
    await page.waitForFunction(() => 'parts' in globalThis)
    await use(page)
  },
})
export { expect } from '@playwright/test'
