/** A page of a real browser with a harness and workers loaded, served from nowhere: every request is answered here. */
import { test as base, type Page } from '@playwright/test'
import { bundle } from './bundle.ts'

const ORIGIN = 'http://localhost:1'

export type HarnessPage = {
  readonly title: string
  /** What it is called on the page; it is there when its script has run. */
  readonly global: string
  /** Source files by their paths on the page, the harness among them as `/harness.js`. Bundled once for each worker of Playwright. */
  readonly sources: Readonly<Record<string, string>>
}

export function harnessTest({ title, global, sources }: HarnessPage) {
  const html = `<!doctype html><title>${title}</title><body><script type="module" src="/harness.js"></script>`
  return base.extend<{ readonly harness: Page }, { readonly scripts: ReadonlyMap<string, string> }>({
    scripts: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
      async ({}, use) => {
        await use(new Map(await Promise.all(Object.entries(sources).map(async ([path, source]) => [path, await bundle(source)] as const))))
      },
      { scope: 'worker' },
    ],
    harness: async ({ page, scripts }, use) => {
      await page.route(`${ORIGIN}/**`, (route) => {
        const script = scripts.get(new URL(route.request().url()).pathname)
        return route.fulfill(script ? { contentType: 'text/javascript', body: script } : { contentType: 'text/html', body: html })
      })
      await page.goto(`${ORIGIN}/`)
      await page.waitForFunction((name) => name in globalThis, global)
      await use(page)
    },
  })
}
