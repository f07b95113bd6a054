/**
 * The set-up every contestant gets: fresh contexts, so devices of their own, in browsers started with the same flags.
 * Closing them is part of the round, so nobody is measured beside a rival's leftovers.
 */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { CHROMIUM_FLAGS } from '../e2e/chromium-flags.ts'
import { findChromium } from '../find-browser.ts'
import { offerBytes } from './random-bytes.ts'

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS })
}

export function withPages<T>(browser: Browser, count: number, url: string, work: (pages: readonly Page[]) => Promise<T>): Promise<T> {
  return withPagesOf(
    Array.from({ length: count }, () => browser),
    url,
    work,
  )
}

/** A page in each of these browsers, in this order; one browser may stand there several times. */
export async function withPagesOf<T>(browsers: readonly Browser[], url: string, work: (pages: readonly Page[]) => Promise<T>): Promise<T> {
  const contexts: BrowserContext[] = []
  try {
    for (const browser of browsers) contexts.push(await browser.newContext())
    await Promise.all(contexts.map((context) => context.addInitScript(offerBytes)))
    const pages = await Promise.all(contexts.map((context) => context.newPage()))
    await Promise.all(pages.map((page) => page.goto(url)))
    return await work(pages)
  } finally {
    await Promise.all(contexts.map((context) => context.close()))
  }
}
