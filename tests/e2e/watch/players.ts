/** Players of a show as their people see them: where they are by one clock for all, which frame stands there, and when they stopped. */
import type { Page } from '@playwright/test'
import type { Device } from '../device.ts'
import { FILM_BITS } from './film.ts'

/** Wall time of the machine, and where the picture on the screen was then, both in milliseconds. */
type Look = readonly [atMs: number, positionMs: number]

declare global {
  /** Of the player that `openPlayer` made. */
  var shown: { readonly video: HTMLVideoElement; readonly looks: Look[]; pausedAtMs: number }
}

/** A player of one's own by the public API, as an app would have it. */
export async function openPlayer({ page }: Device, file: string): Promise<void> {
  await page.waitForFunction((file) => asterism.room.files.list().some(({ id }) => id === file), file)
  await page.evaluate(async (file) => {
    const { watch } = await asterism.room.call.tools()
    const found = asterism.room.files.list().find(({ id }) => id === file)
    const video = Object.assign(document.createElement('video'), { src: found && asterism.room.files.url(found.id), id: 'own' })
    // In sight: what nobody sees is not painted, and tells nothing of its frames.
    video.style.cssText = 'position:fixed;inset:auto 0 0 auto;inline-size:320px;z-index:99'
    document.body.append(video)
    watch.follow(video)
  }, file)
  await attend(page, '#own')
}

/** Looks at a player that is there. */
export async function attend(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector, { state: 'attached' })
  await page.evaluate((selector) => {
    const video = document.querySelector(selector) as HTMLVideoElement
    globalThis.shown = { video, looks: [], pausedAtMs: 0 }
    const look = (_now: number, { mediaTime, expectedDisplayTime }: VideoFrameCallbackMetadata) => {
      shown.looks.push([performance.timeOrigin + expectedDisplayTime, mediaTime * 1_000])
      video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
    // The call, not its event: that waits in the same queue as everything a busy page has to do.
    const pause = video.pause.bind(video)
    video.pause = () => {
      shown.pausedAtMs = performance.timeOrigin + performance.now()
      pause()
    }
  }, selector)
}

/** How far each player is ahead of the wall clock, frame by frame, for so long. */
export async function watchFor(pages: readonly Page[], ms: number): Promise<readonly (readonly Look[])[]> {
  return Promise.all(
    pages.map((page) =>
      page.evaluate(async (ms) => {
        shown.looks.length = 0
        await new Promise((done) => setTimeout(done, ms))
        return shown.looks.map(([at, position]): [number, number] => [at, position - at])
      }, ms),
    ),
  )
}

/** At each frame of the first player, by how much the players differ; sorted. */
export function skewsOf(all: readonly (readonly Look[])[]): readonly number[] {
  const [first = [], ...rest] = all
  const skews = first.flatMap(([atMs, aheadMs]) => {
    const others = rest.map((looks) =>
      looks.reduce<Look | undefined>((near, one) => (Math.abs(one[0] - atMs) < Math.abs((near?.[0] ?? 0) - atMs) ? one : near), undefined),
    )
    const aheads = [aheadMs, ...others.flatMap((one) => (one === undefined || Math.abs(one[0] - atMs) > 500 ? [] : [one[1]]))]
    return aheads.length <= rest.length ? [] : [Math.max(...aheads) - Math.min(...aheads)]
  })
  return skews.sort((a, b) => a - b)
}

export const percentile = (sorted: readonly number[], part: number) =>
  Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN)

/** The number of the frame that stands there. */
export function frameOf(page: Page): Promise<number> {
  return page.evaluate((bits) => {
    const { video } = shown
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
    const brush = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
    brush.drawImage(video, 0, 0)
    const cell = video.videoWidth / bits
    const isWhite = (bit: number) => (brush.getImageData((bit + 0.5) * cell, video.videoHeight / 6, 1, 1).data[0] ?? 0) > 128
    return Array.from({ length: bits }, (_, bit) => (isWhite(bit) ? 2 ** bit : 0)).reduce((sum, one) => sum + one, 0)
  }, FILM_BITS)
}
