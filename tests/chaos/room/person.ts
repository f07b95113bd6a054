/** Somebody in a call, by the API alone, who can die without a word and come again from the same device. What comes to the page is noted. */
import type { Browser, BrowserContext, Page } from 'playwright'
import { joinCall } from '../../bench/meeting/crowd.ts'
import { putTap, startTap } from '../../bench/meeting/tap.ts'
import { joinByApi, makeDevice, startByApi } from '../../e2e/device.ts'
import { withoutLink } from '../../e2e/meeting/without-link.ts'
import { crash } from '../crash.ts'
import { openSmall } from '../small-picture.ts'

export class Person {
  readonly name: string
  readonly #browser: Browser
  readonly #origin: string
  readonly #notLinkedTo: string | undefined
  #context: BrowserContext | undefined
  #page: Page | undefined
  #tab = ''

  /** `notLinkedTo`: the name of one to whom there is no way but through others. */
  constructor(browser: Browser, origin: string, name: string, notLinkedTo?: string) {
    this.#browser = browser
    this.#origin = origin
    this.name = name
    this.#notLinkedTo = notLinkedTo
  }

  /** Another one with each coming. */
  get tab(): string {
    return this.#tab
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error(`${this.name} is not here`)
    return this.#page
  }

  /** Into the room and its call, with what is on. Gives the link. */
  async enter(on: { readonly camera: boolean; readonly microphone: boolean }, link?: string): Promise<string> {
    this.#context ??= await this.#newContext()
    const device = await makeDevice(this.#context, this.name, this.#origin)
    this.#page = device.page
    const entered = link ?? (await startByApi(device))
    if (link !== undefined) await joinByApi(device, link)
    this.#tab = await device.page.evaluate(() => asterism.room.me.tab)
    await joinCall(device.page, on)
    await startTap(device.page, { withVoices: true })
    return entered
  }

  async die(): Promise<void> {
    const page = this.page
    this.#page = undefined
    await crash(page)
  }

  async close(): Promise<void> {
    await this.#context?.close()
  }

  /** Who passes both the picture and the voice of this one on; undefined: they come straight, by two, or not yet. */
  carrierOf(source: string): Promise<string | undefined> {
    return this.page.evaluate((source) => {
      const { remote, stats } = asterism.room.call
      const through = remote.find(({ tab }) => tab === source)?.through
      const hasVoice = stats?.streams.some(({ tab, layer, from }) => tab === source && layer === 'audio' && from === through)
      return hasVoice ? through : undefined
    }, source)
  }

  /** From now on. */
  watchVisit(others: readonly string[]): Promise<void> {
    return this.page.evaluate((others) => {
      const { call, me } = asterism.room
      const { tab } = me
      globalThis.visitBreaks = []
      const look = () => {
        const here = asterism.room?.call === call && asterism.room.me.tab === tab && call.state === 'in'
        if (!here) globalThis.visitBreaks.push('left the call')
        for (const other of others) if (!call.remote.some((one) => one.tab === other)) globalThis.visitBreaks.push(`missed ${other}`)
      }
      globalThis.stopWatchingVisit?.()
      globalThis.stopWatchingVisit = call.subscribe(look)
      look()
    }, others)
  }

  /** What was seen since: nothing when this one and those others stayed. */
  visitBreaks(): Promise<readonly string[]> {
    return this.page.evaluate(() => [...new Set(globalThis.visitBreaks)])
  }

  /** In the last second. */
  showsPictureOf(tab: string): Promise<boolean> {
    return this.page.evaluate(
      (tab) => asterism.room.call.stats?.streams.some((one) => one.tab === tab && one.layer === 'main' && one.fps > 0) === true,
      tab,
    )
  }

  shows(tab: string): Promise<boolean> {
    return this.page.evaluate((tab) => asterism.room.call.remote.some((one) => one.tab === tab), tab)
  }

  async #newContext(): Promise<BrowserContext> {
    const context = await this.#browser.newContext()
    await putTap(context)
    if (this.#notLinkedTo !== undefined) await withoutLink(this.name, this.#notLinkedTo)(context)
    await openSmall(context)
    return context
  }
}

declare global {
  var visitBreaks: string[]
  var stopWatchingVisit: (() => void) | undefined
}
