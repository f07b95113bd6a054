/** From a link to being together: how long, how many bytes, and what it costs the relay. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright'
import { buildIfStale } from '../../build-app.ts'
import { RelayProcess } from '../../e2e/relay-process.ts'
import { ROOT } from '../../run-process.ts'
import { type Bench, interleave, median } from '../bench.ts'
import { rssMb } from '../machine.ts'
import { joinRoom, seenAtMs, startRoom } from '../room-pages.ts'
import { launchBrowser, withPages } from '../two-pages.ts'

const CROWD = 8

export const bench: Bench = async ({ isQuick, say }) => {
  if (!(await buildIfStale())) throw new Error('the page could not be built')
  const built = sizes()
  const [browser, relay] = await Promise.all([launchBrowser(), RelayProcess.open()])
  const relayRssMb: number[] = []
  try {
    const pair = await interleave([{ name: 'linkToConnectedMs', measure: () => measurePair(browser, relay.origin) }], isQuick ? 3 : 11, say)
    const measureCrowd = async () => {
      const ms = await measureJoins(browser, relay.origin, CROWD, () => relayRssMb.push(rssMb(relay.pid ?? process.pid)))
      return ms
    }
    const crowd = await interleave([{ name: 'join8Ms', measure: measureCrowd }], isQuick ? 1 : 3, say)
    const measured = { ...pair.samples, ...crowd.samples, ...(relayRssMb.length === 0 ? {} : { relayRssMb }) }
    return {
      figures: { ...Object.fromEntries(Object.entries(measured).map(([name, values]) => [name, median(values)])), ...built },
      rounds: isQuick ? 3 : 11,
      peers: { chromium: browser.version() },
      notes: [...pair.notes, ...crowd.notes],
      samples: measured,
    }
  } finally {
    await browser.close()
    await relay.close()
  }
}

/** One is in the room; the other opens the page cold and joins. Until both see each other, connected. */
function measurePair(browser: Browser, origin: string): Promise<number> {
  return measureJoins(browser, origin, 2, () => {})
}

/**
 * Time from the newcomers' navigation, with nothing in their caches, to the moment the last page sees everybody
 * connected, control and link. `whileTogether` runs then.
 */
async function measureJoins(browser: Browser, origin: string, count: number, whileTogether: () => void): Promise<number> {
  return withPages(browser, count, 'about:blank', async ([founder, ...newcomers]) => {
    if (founder === undefined) throw new Error('nobody to start the room')
    await founder.goto(origin)
    const link = await startRoom(founder)
    const startMs = Date.now()
    await Promise.all(newcomers.map((page) => page.goto(origin, { waitUntil: 'commit' }).then(() => joinRoom(page, link))))
    const seen = await Promise.all([founder, ...newcomers].map((page) => seenAtMs(page, count)))
    whileTogether()
    return Math.max(...seen) - startMs
  })
}

/** gzip at its best, as a server would send it; the same files as in .size-limit.json. */
function sizes(): Record<string, number> {
  const dist = join(ROOT, 'dist')
  const kb = (...patterns: string[]) => {
    const files = globSync(patterns, { cwd: dist })
    if (files.length === 0) throw new Error(`the build holds no ${patterns.join(' or ')}`)
    return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).byteLength, 0) / 1000
  }
  return {
    shellGzipKb: kb('index.html', 'assets/{index,shell}-*.{js,css}'),
    p2pGzipKb: kb('assets/p2p-*.js'),
    swGzipKb: kb('sw.js'),
  }
}
