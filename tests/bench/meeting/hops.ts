/**
 * What each tab on the way adds to a picture's delay: a source, two tabs that pass on, and a leaf, each with the real worker and
 * real connections, in one page so that there is one clock. All of them show the picture; the same picture is timed at each.
 */
import type { MediaHarness } from '../../e2e/media-worker/harness.ts'
import { median } from '../bench.ts'
import { serveScripts } from '../serve-scripts.ts'
import { withBrowsers } from './crowd.ts'

declare global {
  var media: MediaHarness
}

/** A channel that loses so much is given up for the pipe. */
const CARRIERS = { channel: 0, pipe: 0.1 } as const
const SCRIPTS = { '/harness.js': 'tests/e2e/media-worker/harness.ts', '/worker.js': 'workers/media.worker.ts' }

/** Milliseconds, the median over all pictures and both tabs that pass on. */
export function measureHop(carrier: keyof typeof CARRIERS, watchMs: number): Promise<number> {
  return withBrowsers(1, async ([browser]) => {
    const site = await serveScripts(SCRIPTS)
    try {
      const page = await (await (browser as NonNullable<typeof browser>).newContext()).newPage()
      await page.goto(site.url)
      await page.addScriptTag({ url: `${site.url}harness.js`, type: 'module' })
      await page.waitForFunction(() => 'media' in globalThis)
      const added = await page.evaluate(passAlong, { carrier, lost: CARRIERS[carrier], watchMs })
      if (added.length === 0) throw new Error('no picture was seen at both ends of a hop')
      return median(added)
    } finally {
      site.close()
    }
  })
}

type Way = { readonly carrier: 'channel' | 'pipe'; readonly lost: number; readonly watchMs: number }

/** In the page. Of each picture, how much later it is seen one tab further, for every tab but the first that sees it. */
async function passAlong({ carrier, lost, watchMs }: Way): Promise<number[]> {
  const { open, connect, tellKeys, until, pause, shown, MAIN } = media
  const [source, ...others] = [open(1), open(2, 8), open(3, 8), open(4)]
  const all = [source, ...others]
  for (const [n, tab] of others.entries()) await connect(all[n] as typeof tab, tab, lost)
  tellKeys(source, ...others)
  source.publish([MAIN])
  const seen = others.map((tab) => tab.watch(1))
  for (const [n, tab] of others.entries()) tab.want(shown(1, 'main', n + 1))
  const isCarried = () => others.every((tab, n) => all[n]?.figures?.hops.find(({ hop }) => hop === tab.id)?.carrier === carrier)
  await until(() => seen.every((pictures) => pictures.length > 30) && isCarried(), 40_000)
  await pause(1_000)
  for (const pictures of seen) pictures.splice(0)
  await pause(watchMs)
  return seen.slice(1).flatMap((pictures, n) => {
    const before = new Map(seen[n]?.map(({ stamp, atMs }) => [stamp, atMs]))
    return pictures.flatMap(({ stamp, atMs }) => {
      const earlierMs = stamp === undefined ? undefined : before.get(stamp)
      return earlierMs === undefined ? [] : [atMs - earlierMs]
    })
  })
}
