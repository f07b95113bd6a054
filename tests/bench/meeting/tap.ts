/** The tap of `tap-page.ts` put into pages, and what it noted made into delays and gaps. */
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright'
import { bundle } from '../../e2e/bundle.ts'
import type { Picture, TapOptions } from './tap-page.ts'

export type Noted = {
  readonly pictures: Readonly<Record<string, readonly Picture[]>>
  /** Moments at which a voice was loud. */
  readonly sounds: Readonly<Record<string, readonly number[]>>
}

let script: Promise<string> | undefined

/** Before the first page of the context opens. */
export async function putTap(context: BrowserContext): Promise<void> {
  script ??= bundle(fileURLToPath(import.meta.resolve('./tap-page.ts')))
  await context.addInitScript({ content: `(() => {${await script}})()` })
}

export function startTap(page: Page, options: TapOptions): Promise<void> {
  return page.evaluate((options) => meetingTap.start(options), options)
}

export function takeNoted(page: Page): Promise<Noted> {
  return page.evaluate(() => meetingTap.take())
}

/** When the first picture of each of so many others came: fewer than that, when the time was over. */
export async function firstPictures(page: Page, count: number, withinMs: number): Promise<number[]> {
  const firsts: number[] = []
  const endMs = performance.now() + withinMs
  while (firsts.length < count && performance.now() < endMs) {
    await wait(100)
    const { pictures } = await takeNoted(page)
    firsts.push(...Object.values(pictures).flatMap(([first]) => (first === undefined ? [] : [first.atMs])))
  }
  return firsts
}

export type Shown = { readonly atMs: number; readonly delayMs: number }

/**
 * From the picture at the source's camera to the same picture elsewhere. Stamps come round after eight and a half seconds:
 * the last picture before is meant.
 */
export function delaysOf(captured: readonly Picture[], shown: readonly Picture[]): Shown[] {
  const byStamp = Map.groupBy(captured, ({ stamp }) => stamp)
  return shown.flatMap(({ atMs, stamp }) => {
    const source = stamp === undefined ? undefined : byStamp.get(stamp)?.findLast((one) => one.atMs <= atMs)
    return source === undefined ? [] : [{ atMs, delayMs: atMs - source.atMs }]
  })
}

/** The longest time without one between two moments, both ends counted. */
export function longestGapMs(moments: readonly number[], fromMs: number, untilMs: number): number {
  const within = moments.filter((ms) => ms > fromMs && ms < untilMs)
  return Math.max(...[...within, untilMs].map((ms, n) => ms - (within[n - 1] ?? fromMs)))
}

/** Of a hundred values, the one that so many do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil((values.length * percent) / 100) - 1)] ?? Number.NaN
}
