/** A tab whose owner changed its program: its media worker does with frames what it is told. */
import type { BrowserContext } from '@playwright/test'
import type { Device } from '../device.ts'
import { beforeMediaWorker } from './before-worker.ts'
import type { Lie } from './changed-worker.ts'

declare global {
  var mediaWorkers: Worker[]
}

export async function mayChange(context: BrowserContext): Promise<void> {
  await beforeMediaWorker(context, new URL('./changed-worker.ts', import.meta.url))
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
