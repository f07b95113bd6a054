/** Somebody comes late: from pressing Join in a room of people who talk to the first picture, and to everybody's. */
import type { Browser, Page } from 'playwright'
import { seenAtMs } from '../room-pages.ts'
import { type Crowd, enter, joinCall, within } from './crowd.ts'
import { firstPictures, startTap } from './tap.ts'

const MEET_MS = 60_000
const PICTURES_MS = 30_000

/** `allMs` is absent when somebody was not seen at all. */
export type LateMeasured = { readonly firstMs: number; readonly allMs: number | undefined }

/** A device of its own, in the room and connected before the others begin to talk, that has never been in a call. */
export async function enterToBeLate(browser: Browser, origin: string, { link, pages }: Crowd): Promise<Page> {
  const { page } = await enter(browser, origin, 'api', link)
  await within(MEET_MS, 'the newcomer did not connect', seenAtMs(page, pages.length + 1))
  return page
}

export async function measureLate(page: Page, others: number): Promise<LateMeasured> {
  await startTap(page, { isFirstOnly: true })
  const startMs = performance.timeOrigin + performance.now()
  await joinCall(page)
  const firsts = await firstPictures(page, others, PICTURES_MS)
  if (firsts.length === 0) throw new Error('the newcomer saw nobody')
  return { firstMs: Math.min(...firsts) - startMs, allMs: firsts.length < others ? undefined : Math.max(...firsts) - startMs }
}
