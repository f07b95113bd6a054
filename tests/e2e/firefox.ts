/** Firefox over WebDriver BiDi, with its own test camera and microphone. A device is a container with its own storage. */
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import type { Scripted } from './files.ts'

export type FirefoxDevice = {
  readonly page: Page & Scripted['page']
  readonly errors: readonly string[]
  close(): Promise<void>
}

export async function launchFirefox(executablePath: string): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'network.proxy.type': 0,
      'app.update.enabled': false,
      'browser.safebrowsing.update.enabled': false,
    },
  })
}

export async function makeFirefoxDevice(browser: Browser, origin: string): Promise<FirefoxDevice> {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(origin)
  return { page: page as FirefoxDevice['page'], errors, close: () => context.close() }
}
