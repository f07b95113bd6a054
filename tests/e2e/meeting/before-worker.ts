/** A tab to whose media worker code comes before its own: the relay serves it so. */
import { fileURLToPath } from 'node:url'
import type { BrowserContext } from '@playwright/test'
import { bundle } from '../bundle.ts'

const scripts = new Map<string, Promise<string>>()

export async function beforeMediaWorker(context: BrowserContext, source: URL): Promise<void> {
  const script = scripts.get(source.href) ?? bundle(fileURLToPath(source))
  scripts.set(source.href, script)
  const before = await script
  await context.route(/\/media\.worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch()
    const { 'content-encoding': _, 'content-length': __, ...headers } = response.headers()
    await route.fulfill({ response, headers, body: `{${before}}\n${await response.text()}` })
  })
}
