/**
 * A place in the room that a device takes: it can die without a word, come back with its disk as it was or rotten, or make
 * way for a new device. Its clock can be put forward, as a fortnight passes for all.
 */
import type { Browser, BrowserContext, Page } from 'playwright'
import { joinByApi, makeDevice, startByApi } from '../../e2e/device.ts'
import { rotFragments } from '../../e2e/device-store.ts'

declare global {
  var setClockAhead: (ms: number) => void
}

export class Seat {
  readonly name: string
  readonly #browser: Browser
  readonly #origin: string
  #context: BrowserContext | undefined
  #page: Page | undefined
  #aheadMs = 0

  constructor(browser: Browser, origin: string, name: string) {
    this.#browser = browser
    this.#origin = origin
    this.name = name
  }

  get isAlive(): boolean {
    return this.#page !== undefined
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error(`${this.name} is not here`)
    return this.#page
  }

  /** Comes in; starts the room when there is no link yet. Gives the link. */
  async enter(link?: string): Promise<string> {
    this.#context ??= await this.#newContext()
    const device = await makeDevice(this.#context, this.name, this.#origin)
    this.#page = device.page
    if (link === undefined) return startByApi(device)
    await joinByApi(device, link)
    return link
  }

  /** Its tab crashes: nobody is told. Its disk stays. */
  async die(): Promise<void> {
    const page = this.#page
    this.#page = undefined
    if (page === undefined || this.#context === undefined) return
    const session = await this.#context.newCDPSession(page)
    const crashed = page.waitForEvent('crash')
    // The answer never comes from a page that is no more.
    session.send('Page.crash').catch(() => {})
    await crashed
    await page.close()
  }

  /** While it is away: one bit in each of so many fragments. */
  async rot(most: number): Promise<number> {
    const page = await this.#context?.newPage()
    if (page === undefined) return 0
    await page.goto(`${this.#origin}/robots.txt`)
    const rotten = await rotFragments(page, { most })
    await page.close()
    return rotten
  }

  /** Its disk goes; whoever enters here next is another device. */
  async wipe(): Promise<void> {
    this.#page = undefined
    await this.#context?.close()
    this.#context = undefined
  }

  async setClockAhead(ms: number): Promise<void> {
    this.#aheadMs = ms
    await this.#context?.addInitScript((ms) => setClockAhead(ms), ms)
    await this.#page?.evaluate((ms) => setClockAhead(ms), ms)
  }

  async #newContext(): Promise<BrowserContext> {
    const context = await this.#browser.newContext()
    await context.addInitScript(() => {
      const now = Date.now.bind(Date)
      let aheadMs = 0
      globalThis.setClockAhead = (ms) => (aheadMs = ms)
      Date.now = () => now() + aheadMs
    })
    await context.addInitScript((ms) => setClockAhead(ms), this.#aheadMs)
    return context
  }
}
