/** Somebody in a call who can die without a word and come again from the same device. What comes to their page is noted. */
import type { Browser, BrowserContext, Page } from 'playwright'
import { joinCall } from '../../bench/meeting/crowd.ts'
import { putTap, startTap } from '../../bench/meeting/tap.ts'
import { seenAtMs } from '../../bench/room-pages.ts'
import { joinRoom, makeDevice, openRoom } from '../../e2e/device.ts'

export class Participant {
  readonly name: string
  readonly #browser: Browser
  readonly #origin: string
  #context: BrowserContext | undefined
  #page: Page | undefined
  #tab = ''
  readonly #uplinkKbps: number | undefined

  /** `uplinkKbps`: it sends no more than this; undefined: as much as goes. */
  constructor(browser: Browser, origin: string, name: string, uplinkKbps: number | undefined) {
    this.#browser = browser
    this.#origin = origin
    this.name = name
    this.#uplinkKbps = uplinkKbps
  }

  /** Another one with each coming. */
  get tab(): string {
    return this.#tab
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error(`${this.name} is not here`)
    return this.#page
  }

  /** Into the room, by the screen: sounds are played only to who has touched the page. Gives the link. */
  async enter(link?: string): Promise<string> {
    this.#context ??= await this.#newContext()
    const device = await makeDevice(this.#context, this.name, this.#origin)
    this.#page = device.page
    const entered = link ?? (await openRoom(device))
    if (link !== undefined) await joinRoom(device, link)
    this.#tab = await device.page.evaluate(() => asterism.room.me.tab)
    return entered
  }

  /** When it sees so many tabs, connected. */
  meets(count: number): Promise<number> {
    return seenAtMs(this.page, count)
  }

  /** Camera and microphone on. */
  async talk(): Promise<void> {
    await this.page.evaluate((uplinkKbps) => asterism.room.call.give({ uplinkKbps }), this.#uplinkKbps)
    await joinCall(this.page)
    await startTap(this.page, { withVoices: true })
  }

  /** Its page crashes: nobody is told. */
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

  /** Tabs that pass others' pictures on to this one. */
  carriers(): Promise<string[]> {
    return this.page.evaluate(() => asterism.room.call.remote.flatMap(({ through }) => (through === undefined ? [] : [through])))
  }

  shows(tab: string): Promise<boolean> {
    return this.page.evaluate((tab) => asterism.room.call.remote.some((one) => one.tab === tab), tab)
  }

  async #newContext(): Promise<BrowserContext> {
    const context = await this.#browser.newContext()
    await putTap(context)
    // A steady voice is a noise to a browser's filters: they would take it away.
    await context.addInitScript(() => {
      const devices = navigator.mediaDevices
      const open = devices.getUserMedia.bind(devices)
      const unfiltered = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
      devices.getUserMedia = (wish) => open(wish?.audio ? { ...wish, audio: unfiltered } : wish)
    })
    return context
  }
}
