/**
 * How fast what a moderator decides holds for the others: from the click to the last page that keeps to it, and how long a
 * picture stands when two people go into a sub-room. All clocks are this machine's.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright'
import type { DeviceId, TabId } from '../../../src/protocol/ids.ts'
import { joinCall, within } from './crowd.ts'

export type SessionMeasured = {
  /** No voice any more. */
  readonly muteMs: number
  readonly layoutMs: number
  /** The main room has neither picture nor voice of those who went. */
  readonly moveMs: number
  /** The longest that one of those who went together stood still for the other. */
  readonly moveGapMs: number
}

const SETTLE_MS = 6_000
const EFFECT_MS = 10_000
/** Longer than the longest pause between key frames on request. */
const GAP_MS = 3_000

type Person = { readonly page: Page; readonly device: DeviceId; readonly tab: TabId }

/** Four pages in a room, by the API; the first owns it. */
export async function measureSession(pages: readonly Page[]): Promise<SessionMeasured> {
  for (const page of pages) await joinCall(page)
  const people = await Promise.all(
    pages.map(async (page): Promise<Person> => ({ page, ...(await page.evaluate(() => ({ ...asterism.room.me }))) })),
  )
  const [owner, first, second, last] = people as [Person, Person, Person, Person]
  await wait(SETTLE_MS)
  await owner.page.evaluate(() => asterism.room.call.session.setSubRooms([{ id: 'a', name: 'A' }], { peopleMove: false }))

  const hushed = [second, last].map(({ page }) => whenTaken(page, first.tab, 'microphone'))
  const muteAtMs = await click(owner, (device) => asterism.room.call.session.hush(device as DeviceId, { microphone: true }), first.device)
  const muteMs = (await lastOf(hushed)) - muteAtMs
  await owner.page.evaluate((device) => asterism.room.call.session.hush(device, { microphone: false }), first.device)

  const shown = [first, second, last].map(({ page }) => whenLayout(page))
  const layoutAtMs = await click(owner, () => asterism.room.call.session.pushLayout('speaker', 'all'), '')
  const layoutMs = (await lastOf(shown)) - layoutAtMs
  await wait(SETTLE_MS / 2)

  const gone = [owner, last].flatMap(({ page }) => [whenTaken(page, first.tab, 'camera'), whenTaken(page, second.tab, 'camera')])
  const gaps = [longestGapMs(first.page, second.tab), longestGapMs(second.page, first.tab)]
  await wait(GAP_MS / 6)
  const both = `${first.device} ${second.device}`
  const moveAtMs = await click(owner, (pair) => asterism.room.call.session.place(pair.split(' ') as DeviceId[], 'a'), both)
  const moveMs = (await lastOf(gone)) - moveAtMs
  return { muteMs, layoutMs, moveMs, moveGapMs: Math.max(...(await Promise.all(gaps))) }
}

async function click({ page }: Person, act: (argument: string) => Promise<void>, argument: string): Promise<number> {
  const atMs = performance.timeOrigin + performance.now()
  await page.evaluate(act, argument)
  return atMs
}

async function lastOf(times: readonly Promise<number>[]): Promise<number> {
  return Math.max(...(await within(EFFECT_MS, 'not everybody kept to it', Promise.all(times))))
}

/** When this page has no such track of that tab any more. */
function whenTaken(page: Page, tab: TabId, track: 'microphone' | 'camera'): Promise<number> {
  return page.evaluate(
    ({ tab, track }) =>
      new Promise<number>((resolve) => {
        const { call } = asterism.room
        const stop = call.subscribe(() => {
          if (call.remote.find((one) => one.tab === tab)?.[track] !== undefined) return
          stop()
          resolve(performance.timeOrigin + performance.now())
        })
      }),
    { tab, track },
  )
}

function whenLayout(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const { session } = asterism.room.call
        const stop = session.subscribe(() => {
          if (session.state.layout !== 'speaker') return
          stop()
          resolve(performance.timeOrigin + performance.now())
        })
      }),
  )
}

/** Between two pictures of that tab, from now on for a while. */
function longestGapMs(page: Page, tab: TabId): Promise<number> {
  return page.evaluate(
    async ({ tab, forMs }) => {
      const camera = asterism.room.call.remote.find((one) => one.tab === tab)?.camera
      if (camera === undefined) throw new Error('no picture')
      const video = document.createElement('video')
      video.muted = true
      video.srcObject = new MediaStream([camera])
      await video.play()
      let longest = 0
      let before = performance.now()
      const seen = () => {
        const nowMs = performance.now()
        longest = Math.max(longest, nowMs - before)
        before = nowMs
        video.requestVideoFrameCallback(seen)
      }
      video.requestVideoFrameCallback(seen)
      await new Promise((done) => setTimeout(done, forMs))
      video.srcObject = null
      return Math.max(longest, performance.now() - before)
    },
    { tab, forMs: GAP_MS },
  )
}
