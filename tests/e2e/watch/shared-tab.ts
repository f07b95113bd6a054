/** A shared tab whose pictures carry their numbers, and where in it its viewers are: by the pictures that stand on their screens. */
import type { BrowserContext, Page } from '@playwright/test'
import { readStamp, STAMP_AT, STAMP_BITS, STAMP_CELLS, stampCells } from '../talking-head-stamp.ts'

const DRAW_MS = 40
/** More than any picture takes on its way, and less than the numbers last. */
const LATEST_MS = 5_000

declare global {
  /** Wall times at which the pictures of the shared tab were drawn, by their numbers. */
  var drawnAtMs: number[]
}

export async function shareNumbers(context: BrowserContext): Promise<void> {
  const cells = Array.from({ length: 2 ** STAMP_BITS }, (_, number) => stampCells(number))
  await context.addInitScript(
    ({ cells, drawMs }) => {
      if (navigator.mediaDevices === undefined) return
      navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
        const drawing = canvas.getContext('2d') as CanvasRenderingContext2D
        globalThis.drawnAtMs = []
        setInterval(() => {
          const number = drawnAtMs.push(performance.timeOrigin + performance.now()) - 1
          drawing.fillStyle = `hsl(${number % 360} 40% 50%)`
          drawing.fillRect(0, 40, 640, 320)
          for (const [at, isWhite] of (cells[number % cells.length] ?? []).entries()) {
            drawing.fillStyle = isWhite ? '#fff' : '#000'
            drawing.fillRect(40 * at, 0, 40, 40)
          }
        }, drawMs)
        return canvas.captureStream()
      }
    },
    { cells, drawMs: DRAW_MS },
  )
}

type Look = readonly [atMs: number, aheadMs: number]

/** How far each viewer is ahead of the wall clock, which is less than nothing, picture by picture, for so long. */
export async function watchTab(sharer: Page, viewers: readonly Page[], ms: number): Promise<readonly (readonly Look[])[]> {
  const seen = await Promise.all(viewers.map((page) => page.evaluate(readCells, { ms, cells: STAMP_CELLS, at: STAMP_AT })))
  const drawn = await sharer.evaluate(() => drawnAtMs)
  const drawnOf = (stamp: number, atMs: number) =>
    drawn.findLast((drawnMs, number) => number % 2 ** STAMP_BITS === stamp && drawnMs <= atMs && drawnMs > atMs - LATEST_MS)
  return seen.map((looks) =>
    looks.flatMap(([atMs, cells]) => {
      const stamp = readStamp(Uint8Array.from(cells))
      const drawnMs = stamp === undefined ? undefined : drawnOf(stamp, atMs)
      return drawnMs === undefined ? [] : [[atMs, drawnMs - atMs] as const]
    }),
  )
}

/** Runs in the page. */
function readCells({ ms, cells, at }: { ms: number; cells: number; at: number }): Promise<[atMs: number, cells: number[]][]> {
  const video = document.querySelector('figure.show video') as HTMLVideoElement
  const brush = new OffscreenCanvas(cells, 1).getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
  const looks: [number, number[]][] = []
  return new Promise((done) => {
    const untilMs = performance.now() + ms
    const look = (nowMs: number, { expectedDisplayTime }: VideoFrameCallbackMetadata) => {
      brush.drawImage(video, 0, video.videoHeight * at, video.videoWidth, 1, 0, 0, cells, 1)
      const { data } = brush.getImageData(0, 0, cells, 1)
      looks.push([performance.timeOrigin + expectedDisplayTime, Array.from({ length: cells }, (_, n) => data[4 * n + 1] ?? 0)])
      if (nowMs < untilMs) video.requestVideoFrameCallback(look)
      else done(looks)
    }
    video.requestVideoFrameCallback(look)
  })
}
