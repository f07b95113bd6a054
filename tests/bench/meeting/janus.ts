/** A room by a media server beside ours: the same people, cameras and pictures, the processes of the server counted with the browsers'. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright'
import { median } from '../bench.ts'
import { cpuMsOf } from '../machine.ts'
import { serveScripts } from '../serve-scripts.ts'
import { FIRST_VISIT_MS, measureCpu } from './browser-cpu.ts'
import { launchMeetingBrowser, within } from './crowd.ts'
import { Janus } from './janus-process.ts'

const MEET_MS = 60_000

export type JanusMeasured = {
  /** Browsers and server, percent of one core; of that, the server. */
  readonly cpuPct: number
  readonly serverPct: number
  /** Pictures a second of those that somebody sees, the median: small ones mostly. */
  readonly fps: number
  /** Pictures that each page shows of others. */
  readonly seen: number
  readonly version: string
}

/** As many of them as have microphones open are heard, the first of them is seen large. */
export async function measureJanus(people: number, microphones: number, watchMs: number): Promise<JanusMeasured> {
  const janus = await Janus.open()
  const browser = await launchMeetingBrowser('conversation')
  const site = await serveScripts({ '/janus.js': 'tests/bench/meeting/janus-page.ts' })
  try {
    const pages = await Promise.all(Array.from({ length: people }, () => openPage(browser, site.url)))
    await within(MEET_MS, 'not everybody met by janus', meet(pages, microphones, `ws://127.0.0.1:${janus.port}`))
    await wait(FIRST_VISIT_MS)
    const before = await shownBy(pages)
    const [startMs, serverMs] = [performance.now(), cpuMsOf(janus.pid)]
    const { allPct } = await measureCpu([browser], () => wait(watchMs))
    const passedMs = performance.now() - startMs
    const serverPct = (100 * (cpuMsOf(janus.pid) - serverMs)) / passedMs
    const rates = (await shownBy(pages)).flatMap((page, n) =>
      page.map((frames, at) => ((frames - (before[n]?.[at] ?? 0)) * 1000) / passedMs),
    )
    return {
      cpuPct: allPct + serverPct,
      serverPct,
      fps: median(rates),
      seen: rates.filter((rate) => rate > 0).length / people,
      version: janus.version,
    }
  } finally {
    site.close()
    await browser.close()
    await janus.close()
  }
}

async function meet(pages: readonly Page[], microphones: number, url: string): Promise<void> {
  const people = pages.map((page, n) => ({ page, feed: n + 1, isSpeaker: n === 0, hasVoice: n < microphones }))
  await pages[0]?.evaluate(([url, people]) => janusClient.createRoom(url, people), [url, pages.length] as const)
  await Promise.all(
    people.map(({ page, feed, isSpeaker, hasVoice }) =>
      page.evaluate(([url, feed, isSpeaker, hasVoice]) => janusClient.publish(url, feed, isSpeaker, hasVoice), [
        url,
        feed,
        isSpeaker,
        hasVoice,
      ] as const),
    ),
  )
  const feeds = people.map(({ page: _, ...feed }) => feed)
  await Promise.all(
    people.map(({ page, feed }) =>
      page.evaluate(
        (others) => janusClient.subscribe(others),
        feeds.filter((one) => one.feed !== feed),
      ),
    ),
  )
}

function shownBy(pages: readonly Page[]): Promise<number[][]> {
  return Promise.all(pages.map((page) => page.evaluate(() => janusClient.shown())))
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(url)
  await page.addScriptTag({ url: `${url}janus.js`, type: 'module' })
  await page.waitForFunction(() => 'janusClient' in globalThis)
  return page
}
