/** A room by a media server beside ours: the same people, cameras and pictures, the processes of the server counted with the browsers'. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright'
import { median } from '../bench.ts'
import { cpuMsOf } from '../machine.ts'
import { serveScripts } from '../serve-scripts.ts'
import { measureCpu } from './browser-cpu.ts'
import { launchMeetingBrowser, within } from './crowd.ts'
import { Janus } from './janus-process.ts'

const SETTLE_MS = 10_000
const MEET_MS = 60_000
const SPEAKER = 1

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

export async function measureJanus(people: number, watchMs: number): Promise<JanusMeasured> {
  const janus = await Janus.open()
  const browser = await launchMeetingBrowser('conversation')
  const site = await serveScripts({ '/janus.js': 'tests/bench/meeting/janus-page.ts' })
  try {
    const pages = await Promise.all(Array.from({ length: people }, () => openPage(browser, site.url)))
    await within(MEET_MS, 'not everybody met by janus', meet(pages, `ws://127.0.0.1:${janus.port}`))
    await wait(SETTLE_MS)
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

async function meet(pages: readonly Page[], url: string): Promise<void> {
  const ids = pages.map((_, n) => n + 1)
  await pages[0]?.evaluate(([url, people]) => janusClient.createRoom(url, people), [url, pages.length] as const)
  await Promise.all(
    pages.map((page, n) =>
      page.evaluate(([url, id, isSpeaker]) => janusClient.publish(url, id, isSpeaker), [url, n + 1, n + 1 === SPEAKER] as const),
    ),
  )
  await Promise.all(
    pages.map((page, n) =>
      page.evaluate(([others, speaker]) => janusClient.subscribe(others, speaker), [ids.filter((id) => id !== n + 1), SPEAKER] as const),
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
