/** What it costs to draw nine people on one picture and to record it, beside what it costs to have them come at all. */
import { serveScripts } from '../serve-scripts.ts'
import { measureCpu } from './browser-cpu.ts'
import type { CompositorBench } from './compositor-page.ts'
import { withBrowsers } from './crowd.ts'

declare global {
  var compositor: CompositorBench
}

const PEOPLE = 9
const SETTLE_MS = 1_500
const SCRIPTS = {
  '/page.js': 'tests/bench/meeting/compositor-page.ts',
  '/composite.js': 'workers/composite.worker.ts',
  '/record.js': 'workers/record.worker.ts',
}

/** Percent of one core, of all of the browser's processes. */
export type CompositorCost = { readonly decodePct: number; readonly wholePct: number; readonly kbps: number }

export function measureCompositor(watchMs: number): Promise<CompositorCost> {
  return withBrowsers(1, async ([browser]) => {
    if (browser === undefined) throw new Error('no browser')
    const site = await serveScripts(SCRIPTS)
    try {
      const page = await (await browser.newContext()).newPage()
      await page.goto(site.url)
      await page.addScriptTag({ url: `${site.url}page.js`, type: 'module' })
      await page.waitForFunction(() => 'compositor' in globalThis)
      await page.evaluate((people) => compositor.decode(people), PEOPLE)
      const watch = async () => {
        await page.waitForTimeout(SETTLE_MS)
        return measureCpu([browser], () => page.waitForTimeout(watchMs))
      }
      const decoding = await watch()
      await page.evaluate(() => compositor.composeAndRecord())
      const whole = await watch()
      const { toMs, bytes } = await page.evaluate(() => compositor.end())
      if (toMs < watchMs) throw new Error(`recorded ${toMs} ms`)
      return { decodePct: decoding.allPct, wholePct: whole.allPct, kbps: (8 * bytes) / toMs }
    } finally {
      site.close()
    }
  })
}
