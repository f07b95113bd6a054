/**
 * What it costs one tab to be seen by N others. The receivers run in a second browser and are not counted; nothing is drawn
 * on either side, so that the figure is of encoding, sealing and sending. Beside it the same with an encoder for each receiver.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright'
import { median } from '../bench.ts'
import { serveScripts } from '../serve-scripts.ts'
import { measureCpu } from './browser-cpu.ts'
import { gather, joinCall, withBrowsers, within } from './crowd.ts'
import { connectSimplePeers, findSimplePeer, readSimplePeers } from './simple-peer.ts'
import { startTap, takeNoted } from './tap.ts'

/** Rates are found by then. */
const SETTLE_MS = 6_000
const PICTURES_MS = 60_000
const PAGE = 'tests/bench/meeting/mesh-page.ts'

export type SenderCost = {
  /** Percent of one core: all processes of the sender's browser, and those that run pages. */
  readonly cpuPct: number
  readonly pagePct: number
  /** Pictures a second that a receiver gets: cheap is easy when little comes. */
  readonly fps: number
}

export function measureOurs(receivers: number, watchMs: number): Promise<SenderCost> {
  return withBrowsers(2, async ([sending, receiving], origin) => {
    const [sender, others] = [sending as Browser, Array<Browser>(receivers).fill(receiving as Browser)]
    const { pages } = await gather([sender, ...others], origin, 'api')
    await Promise.all(pages.slice(1).map((page) => joinCall(page, { microphone: false, camera: false })))
    await Promise.all(pages.slice(1).map((page) => startTap(page, {})))
    await joinCall(pages[0] as Page)
    const isSeen = (page: Page) => page.waitForFunction(() => asterism.room.call.remote.some(({ camera }) => camera !== undefined))
    await within(PICTURES_MS, 'not everybody saw the sender', Promise.all(pages.slice(1).map(isSeen)))
    const framesNow = async () => {
      const noted = await Promise.all(pages.slice(1).map(takeNoted))
      return median(noted.map(({ pictures }) => Object.values(pictures).reduce((sum, one) => sum + one.length, 0)))
    }
    await wait(SETTLE_MS)
    await framesNow()
    return costOf(sender, watchMs, framesNow)
  })
}

export function measureMesh(receivers: number, watchMs: number): Promise<SenderCost> {
  return withBrowsers(2, async ([sending, receiving]) => {
    const site = await serveScripts({ '/mesh.js': PAGE })
    try {
      const [sender, receiver] = await Promise.all([sending, receiving].map((browser) => openScript(browser as Browser, site.url)))
      if (sender === undefined || receiver === undefined) throw new Error('two pages are needed')
      const offers = await sender.evaluate((count) => plainMesh.offer(count), receivers)
      const answers = await receiver.evaluate((offers) => plainMesh.answer(offers), offers)
      await sender.evaluate((answers) => plainMesh.accept(answers), answers)
      await wait(SETTLE_MS)
      const received = () => receiver.evaluate(() => plainMesh.received())
      const before = (await received()).frames
      return await costOf(sending as Browser, watchMs, async () => ((await received()).frames - before) / receivers)
    } finally {
      site.close()
    }
  })
}

/** Throws where the package is not installed. */
export async function measureSimplePeer(receivers: number, watchMs: number): Promise<SenderCost> {
  const found = findSimplePeer()
  if (found === undefined) throw new Error('simple-peer is not installed')
  return withBrowsers(2, async ([sending, receiving]) => {
    const site = await serveScripts({})
    try {
      const pages = await Promise.all([sending, receiving].map((browser) => openPage(browser as Browser, site.url)))
      const [sender, receiver] = pages
      if (sender === undefined || receiver === undefined) throw new Error('two pages are needed')
      await Promise.all(pages.map((page) => page.addScriptTag({ content: found.script })))
      await connectSimplePeers(sender, receiver, receivers)
      await wait(SETTLE_MS)
      const before = await readSimplePeers(receiver)
      return await costOf(sending as Browser, watchMs, async () => ((await readSimplePeers(receiver)) - before) / receivers)
    } finally {
      site.close()
    }
  })
}

async function costOf(sending: Browser, watchMs: number, framesOfOne: () => Promise<number>): Promise<SenderCost> {
  const startMs = performance.now()
  const { allPct, pagesPct } = await measureCpu([sending], () => wait(watchMs))
  const frames = await framesOfOne()
  return { cpuPct: allPct, pagePct: pagesPct, fps: (frames * 1000) / (performance.now() - startMs) }
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(url)
  return page
}

async function openScript(browser: Browser, url: string): Promise<Page> {
  const page = await openPage(browser, url)
  await page.addScriptTag({ url: `${url}mesh.js`, type: 'module' })
  await page.waitForFunction(() => 'plainMesh' in globalThis)
  return page
}
