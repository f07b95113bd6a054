/**
 * Rooms too large for two cores to hold as whole tabs: thirty or fifty members in four pages, one of them speaking. Who shows whom, who passes
 * on to whom, every seal, queue and connection that carries is the app's; not there are the room around the call, voices, encoding, and
 * decoding but for two members (`bot-worker.ts`).
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright'
import type { MediaId } from '../../../src/protocol/media.ts'
import { serveScripts } from '../serve-scripts.ts'
import type { BotNoted, Way } from './bots-page.ts'
import { planBots } from './bots-plan.ts'
import { measureCpu } from './browser-cpu.ts'
import { launchMeetingBrowser, within } from './crowd.ts'
import { percentile } from './tap.ts'

const SCRIPTS = {
  '/bots.js': 'tests/bench/meeting/bots-page.ts',
  '/bot-worker.js': 'tests/bench/meeting/bot-worker.ts',
  '/worker.js': 'workers/media.worker.ts',
}
const PAGES = 4
/** The second of them is the newcomer. */
const DECODING = 2
/** Connections made at a time: more wait for each other's certificates. */
const AT_ONCE = 24
const CONNECT_MS = 120_000
const REST_MS = 3_000
const SETTLE_MS = 6_000
/** What was captured last is there by then, or counts as lost. */
const GRACE_MS = 2_000
const LATE_MS = 30_000

export type BotsMeasured = {
  /** Of the frames that those present want of each other, those whose picture could be shown. */
  readonly framesPct: number
  readonly p50Ms: number
  readonly p95Ms: number
  /** All browser processes, percent of one core. */
  readonly cpuPct: number
  /** Before anybody wants anything: connections that stand. */
  readonly restPct: number
  readonly carriers: number
  readonly connections: number
  /** From wanting to the first decoded picture, of one who comes when all others have long been there. */
  readonly lateMs: number
}

export async function measureBots(count: number, watchMs: number): Promise<BotsMeasured> {
  const [browser, site] = await Promise.all([launchMeetingBrowser(), serveScripts(SCRIPTS)])
  try {
    const pages = await Promise.all(Array.from({ length: PAGES }, () => openPage(browser, site.url)))
    return await new BotRoom(browser, pages, count).measure(watchMs)
  } finally {
    site.close()
    await browser.close()
  }
}

class BotRoom {
  readonly #browser: Browser
  readonly #pages: readonly Page[]
  readonly #present: readonly MediaId[]
  readonly #newcomer: MediaId

  constructor(browser: Browser, pages: readonly Page[], count: number) {
    this.#browser = browser
    this.#pages = pages
    this.#present = Array.from({ length: count }, (_, n) => n + 1)
    this.#newcomer = count + 1
  }

  async measure(watchMs: number): Promise<BotsMeasured> {
    const everybody = [...this.#present, this.#newcomer]
    const decoding = everybody.slice(-DECODING)
    await Promise.all(
      this.#pages.map((page) => page.evaluate(([ids, decoding]) => botRoom.open(ids, decoding), [this.#idsOf(page), decoding] as const)),
    )
    const profiles = (await this.#pages[0]?.evaluate(() => botRoom.profiles())) ?? []
    const { wants, pairs, carriers } = planBots(everybody, profiles)
    await this.#connect(pairs.map(([from, to]) => ({ from, to })))
    await wait(REST_MS)
    const { allPct: restPct } = await measureCpu([this.#browser], () => wait(REST_MS))
    const wantsOf = (ids: readonly MediaId[]) => ids.map((id) => [id, wants.get(id) ?? []] as const)
    await Promise.all(
      this.#pages.map((page) => {
        const present = this.#idsOf(page).filter((id) => id !== this.#newcomer)
        return page.evaluate((wants) => botRoom.want(wants), wantsOf(present))
      }),
    )
    await wait(SETTLE_MS)
    const fromMs = Date.now()
    const { allPct } = await measureCpu([this.#browser], () => wait(watchMs))
    const untilMs = Date.now()
    await wait(GRACE_MS)
    const noted = new Map(
      (
        await Promise.all(
          this.#pages.map((page) => page.evaluate(([from, until]) => botRoom.take(from, until), [fromMs, untilMs] as const)),
        )
      ).flat(),
    )
    const shown = wantsOf(this.#present).flatMap(([, all]) => all.filter(({ isShown }) => isShown))
    const due = shown.reduce((sum, { source, layer }) => sum + sentOf(noted.get(source), layer), 0)
    const delays = this.#present.flatMap((id) => noted.get(id)?.delays ?? [])
    if (due === 0) throw new Error('nobody sent anything')
    return {
      framesPct: (100 * delays.length) / due,
      p50Ms: percentile(delays, 50),
      p95Ms: percentile(delays, 95),
      cpuPct: allPct,
      restPct,
      carriers,
      connections: pairs.length,
      lateMs: await this.#comeLate(wantsOf([this.#newcomer])[0]?.[1] ?? []),
    }
  }

  async #comeLate(wants: NonNullable<ReturnType<ReturnType<typeof planBots>['wants']['get']>>): Promise<number> {
    const first = this.#pageOf(this.#newcomer).evaluate(([id, wants]) => botRoom.firstPicture(id, wants), [this.#newcomer, wants] as const)
    return within(LATE_MS, 'the newcomer saw nobody', first)
  }

  async #connect(ways: readonly Way[]): Promise<void> {
    for (let from = 0; from < ways.length; from += AT_ONCE) {
      const batch = ways.slice(from, from + AT_ONCE)
      await Promise.all([...Map.groupBy(batch, ({ from, to }) => `${from % PAGES} ${to % PAGES}`).values()].map((some) => this.#join(some)))
    }
    const endMs = performance.now() + CONNECT_MS
    for (;;) {
      const open = (await Promise.all(this.#pages.map((page) => page.evaluate(() => botRoom.openHops())))).reduce((a, b) => a + b, 0)
      if (open === 2 * ways.length) return
      if (performance.now() > endMs)
        throw new Error(`${open} of ${2 * ways.length} ends of connections were open within ${CONNECT_MS / 1000} s`)
      await wait(200)
    }
  }

  /** All of them between the same two pages. */
  async #join(ways: readonly Way[]): Promise<void> {
    const [way] = ways
    if (way === undefined) return
    const [here, there] = [this.#pageOf(way.from), this.#pageOf(way.to)]
    const offers = await here.evaluate((ways) => botRoom.offer(ways), ways)
    const answers = await there.evaluate(([ways, offers]) => botRoom.answer(ways, offers), [ways, offers] as const)
    await here.evaluate(([ways, answers]) => botRoom.accept(ways, answers), [ways, answers] as const)
  }

  #pageOf(id: MediaId): Page {
    return this.#pages[id % PAGES] as Page
  }

  #idsOf(page: Page): readonly MediaId[] {
    return [...this.#present, this.#newcomer].filter((id) => this.#pageOf(id) === page)
  }
}

function sentOf(noted: BotNoted | undefined, layer: string): number {
  return layer === 'main' || layer === 'thumb' ? (noted?.sent[layer] ?? 0) : 0
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(url)
  await page.addScriptTag({ url: `${url}bots.js`, type: 'module' })
  await page.waitForFunction(() => 'botRoom' in globalThis)
  return page
}
