/** A tab whose owner changed its program: the media worker that the relay serves comes to it with code before its own. */
import { fileURLToPath } from 'node:url'
import type { BrowserContext } from '@playwright/test'
import { bundle } from '../bundle.ts'
import type { Device } from '../device.ts'
import type { Lie } from './changed-worker.ts'

declare global {
  var mediaWorkers: Worker[]
}

let script: Promise<string> | undefined

export async function mayChange(context: BrowserContext): Promise<void> {
  script ??= bundle(fileURLToPath(import.meta.resolve('./changed-worker.ts')))
  const before = await script
  await context.route(/\/media\.worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch()
    const { 'content-encoding': _, 'content-length': __, ...headers } = response.headers()
    await route.fulfill({ response, headers, body: `{${before}}\n${await response.text()}` })
  })
  await context.addInitScript(() => {
    globalThis.mediaWorkers = []
    const Native = Worker
    globalThis.Worker = class extends Native {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options)
        if (options?.name === 'media') globalThis.mediaWorkers.push(this)
      }
    }
  })
}

export async function lieAbout({ page }: Device, lie: Lie): Promise<void> {
  await page.evaluate((lie) => {
    for (const worker of globalThis.mediaWorkers) worker.postMessage({ t: 'lie', lie })
  }, lie)
}
