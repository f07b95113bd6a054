/**
 * The set-up every contestant gets: two fresh contexts of one browser, so two devices, started with the same flags.
 * Closing them is part of the round, so nobody is measured beside a rival's leftovers.
 */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { CHROMIUM_FLAGS } from '../e2e/chromium-flags.ts'
import { findChromium } from '../find-browser.ts'

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS })
}

export async function withPages<T>(browser: Browser, count: number, url: string, work: (pages: readonly Page[]) => Promise<T>): Promise<T> {
  const contexts: BrowserContext[] = []
  try {
    for (let i = 0; i < count; i++) contexts.push(await browser.newContext())
    const pages = await Promise.all(contexts.map((context) => context.newPage()))
    await Promise.all(pages.map((page) => page.goto(url)))
    return await work(pages)
  } finally {
    await Promise.all(contexts.map((context) => context.close()))
  }
}
