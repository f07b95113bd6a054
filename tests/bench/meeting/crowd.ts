/**
 * A room of tabs with a person before each camera. By the screen where what a page shows is part of the figure; by the
 * public API alone, which shows nothing, where only the media is.
 */
import { type Browser, chromium, type Page } from 'playwright'
import type { MediaWish } from '../../../src/ports/asterism.ts'
import { CHROMIUM_FLAGS } from '../../e2e/chromium-flags.ts'
import { joinRoom as joinByScreen, makeDevice, openRoom } from '../../e2e/device.ts'
import { RelayProcess } from '../../e2e/relay-process.ts'
import { type HeadVoice, talkingHeadFlags } from '../../e2e/talking-head.ts'
import { findChromium } from '../../find-browser.ts'
import { joinRoom, seenAtMs, startRoom } from '../room-pages.ts'
import { putTap } from './tap.ts'

/** Two cores make links for so many at a time; more at once wait for each other. */
const AT_ONCE = 4
const MEET_MS = 60_000

/** `screen`: as a person enters, with tiles, sounds and all. `api`: nothing is drawn or played, every picture is wanted in full. */
export type Manner = 'screen' | 'api'
export type Crowd = { readonly link: string; readonly pages: readonly Page[] }

export async function launchMeetingBrowser(voice?: HeadVoice): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_FLAGS, ...(await talkingHeadFlags(voice))] })
}

/** Fresh browsers and a relay, gone with the measurement: nobody is measured beside what others left. */
export async function withBrowsers<T>(
  count: number,
  work: (browsers: readonly Browser[], origin: string) => Promise<T>,
  voice?: HeadVoice,
): Promise<T> {
  const relay = await RelayProcess.open()
  const browsers: Browser[] = []
  try {
    for (let n = 0; n < count; n++) browsers.push(await launchMeetingBrowser(voice))
    return await work(browsers, relay.origin)
  } finally {
    await Promise.allSettled(browsers.map((browser) => browser.close()))
    await relay.close()
  }
}

/** A device with one page in the room, tapped; starts the room when there is no link yet. */
export async function enter(browser: Browser, origin: string, manner: Manner, link?: string): Promise<{ page: Page; link: string }> {
  const context = await browser.newContext()
  await putTap(context)
  const device = await makeDevice(context, 'Somebody', origin)
  const { page } = device
  if (manner === 'api') {
    if (link === undefined) return { page, link: await startRoom(page) }
    await joinRoom(page, link)
    return { page, link }
  }
  if (link === undefined) return { page, link: await openRoom(device) }
  await joinByScreen(device, link)
  return { page, link }
}

/** One tab in each of these browsers, a browser may stand there often; all in one room and connected to each other. */
export async function gather(browsers: readonly Browser[], origin: string, manner: Manner): Promise<Crowd> {
  const [first, ...others] = browsers
  if (first === undefined) throw new Error('nobody to start the room')
  const { page: founder, link } = await enter(first, origin, manner)
  const pages = [founder]
  for (let from = 0; from < others.length; from += AT_ONCE) {
    const entered = await Promise.all(others.slice(from, from + AT_ONCE).map((browser) => enter(browser, origin, manner, link)))
    pages.push(...entered.map(({ page }) => page))
    const met = Promise.all(pages.map((page) => seenAtMs(page, pages.length)))
    await within(MEET_MS, `${pages.length} tabs did not all connect`, met)
  }
  return { link, pages }
}

/** Whoever came in through the door is in the call already, with everything off. */
export function joinCall(page: Page, wish: MediaWish = { microphone: true, camera: true }): Promise<void> {
  return page.evaluate(async ({ microphone, camera }) => {
    const { call } = asterism.room
    if (call.state === 'out') return call.join({ microphone, camera })
    await Promise.all([call.setMicrophone(microphone), call.setCamera(camera)])
  }, wish)
}

export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} within ${ms / 1000} s`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
