/** Whole rooms on this machine: what the browsers of N people cost together, and what each of them sees. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright'
import { CONVERSATION_MS } from '../../e2e/talking-head.ts'
import { FIRST_VISIT_MS, measureCpu } from './browser-cpu.ts'
import { joinCall } from './crowd.ts'
import { firstPictures, startTap } from './tap.ts'

const PICTURES_MS = 40_000

export type TabsMeasured = {
  /** All browser processes, percent of one core. */
  readonly cpuPct: number
  /** Pictures a second of those that somebody sees: the median, and the slowest of ten. */
  readonly fps: number
  readonly slowFps: number
  /** Pictures that each page shows of others. */
  readonly seen: number
  /** From the first to press Join until everybody has a picture of everybody; absent when that never was. */
  readonly joinMs: number | undefined
  /** Pairs of which one never had a picture of the other. */
  readonly missing: number
}

/** These pages are in a room by the screen, and none of them in its call. */
export async function measureTabs(
  browser: Browser,
  pages: readonly Page[],
  { watchMs, microphones }: { readonly watchMs: number; readonly microphones: number },
): Promise<TabsMeasured> {
  const joined = await joinAll(pages)
  await openMicrophones(pages.slice(0, microphones))
  await wait(FIRST_VISIT_MS)
  const before = await Promise.all(pages.map(readShown))
  const { allPct } = await measureCpu([browser], () => wait(watchMs))
  const after = await Promise.all(pages.map(readShown))
  const rates = after.flatMap((page, n) =>
    page.flatMap(({ track, frames, atMs }) => {
      const old = before[n]?.find((one) => one.track === track)
      return old === undefined ? [] : [((frames - old.frames) * 1000) / (atMs - old.atMs)]
    }),
  )
  const slowest = rates.toSorted((a, b) => a - b)
  return {
    cpuPct: allPct,
    ...joined,
    seen: rates.length / pages.length,
    fps: slowest[Math.floor(rates.length / 2)] ?? Number.NaN,
    slowFps: slowest[Math.floor(rates.length / 10)] ?? Number.NaN,
  }
}

async function joinAll(pages: readonly Page[]): Promise<Pick<TabsMeasured, 'joinMs' | 'missing'>> {
  const startMs = performance.timeOrigin + performance.now()
  await Promise.all(
    pages.map(async (page) => {
      await joinCall(page, { microphone: false, camera: true })
      await startTap(page, { isFirstOnly: true })
    }),
  )
  const others = pages.length - 1
  const firsts = (await Promise.all(pages.map((page) => firstPictures(page, others, PICTURES_MS)))).flat()
  const missing = pages.length * others - firsts.length
  return { missing, joinMs: missing > 0 ? undefined : Math.max(...firsts) - startMs }
}

/** One after another: who speaks for two seconds of sixteen takes turns with the others. */
async function openMicrophones(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await page.evaluate(() => asterism.room.call.setMicrophone(true))
    await wait(CONVERSATION_MS / 8)
  }
}

/** What the elements on the page have shown of others so far, as a person sees it. */
function readShown(page: Page): Promise<{ track: string; frames: number; atMs: number }[]> {
  return page.evaluate(() => {
    const { self, mirror } = asterism.room.call
    const own = [self.cameraTrack?.id, mirror?.id]
    return [...document.querySelectorAll('video')].flatMap((video) => {
      const track = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined
      if (track === undefined || own.includes(track.id)) return []
      return [{ track: track.id, frames: video.getVideoPlaybackQuality().totalVideoFrames, atMs: performance.now() }]
    })
  })
}
