/**
 * Two of four have no way to each other, and those who could pass on are changed clients. What the one sees and hears of the other is
 * measured beside what somebody with a straight way does: a busy machine holds up both.
 */
import type { BrowserContext } from '@playwright/test'
import { longestGapMs, putTap, startTap, takeNoted } from '../../bench/meeting/tap.ts'
import { findChromium } from '../../find-browser.ts'
import { CHROMIUM_FLAGS } from '../chromium-flags.ts'
import { CALL_ONLY, type Device, expect, joinByApi, joinRoom, startByApi, test } from '../fixtures.ts'
import { headVoiceFlag } from '../talking-head.ts'
import { lieAbout, mayChange } from './changed-client.ts'
import { joinCall, readMap, seeMoving, tabOf } from './in-call.ts'
import { stampCamera } from './stamped-camera.ts'
import { withoutLink } from './without-link.ts'

test.use({ ...CALL_ONLY, launchOptions: { executablePath: findChromium(), args: [...CHROMIUM_FLAGS, await headVoiceFlag()] } })

const PICTURE_GAP_MS = 1_000
const VOICE_GAP_MS = 400
const LEFT_MS = 20_000
const SETTLE_MS = 1_000

type Prepare = (context: BrowserContext) => Promise<void>
const all =
  (...steps: readonly Prepare[]): Prepare =>
  async (context) => {
    for (const step of steps) await step(context)
  }

/** What came of a source while this went on. `steps`: from the number of each picture to that of the next. */
async function watch(devices: readonly Device[], source: string, work: () => Promise<unknown>) {
  for (const { page } of devices) await takeNoted(page)
  const fromMs = performance.timeOrigin + performance.now()
  await work()
  const untilMs = performance.timeOrigin + performance.now()
  return Promise.all(
    devices.map(async ({ page }) => {
      const { pictures, sounds } = await takeNoted(page)
      const seen = (pictures[source] ?? []).flatMap(({ atMs, stamp }) => (stamp === undefined ? [] : [{ atMs, stamp }]))
      const moments = seen.map(({ atMs }) => atMs)
      return {
        frames: seen.length,
        steps: seen.slice(1).map(({ stamp }, at) => ((stamp - (seen[at]?.stamp ?? 0) + 128) & 255) - 128),
        pictureGapMs: longestGapMs(moments, fromMs, untilMs),
        voiceGapMs: longestGapMs(sounds[source] ?? [], fromMs, untilMs),
      }
    }),
  )
}

test('[MEETING-10] a carrier that was changed to replay or to throw frames away shows nothing old, costs no second, is left, and that can be read', async ({
  device,
}) => {
  test.setTimeout(120_000)
  const cleo = await device('Cleo', all(stampCamera, withoutLink('Cleo', 'Ann')))
  const [ben, dan] = [await device('Ben', all(putTap, mayChange)), await device('Dan', all(putTap, mayChange))]
  const ann = await device('Ann', all(putTap, withoutLink('Ann', 'Cleo')))
  const link = await startByApi(cleo)
  for (const one of [ben, dan]) await joinByApi(one, link)
  await joinCall(cleo, { microphone: true, camera: true })
  for (const one of [ben, dan]) await joinCall(one, { microphone: false, camera: false })
  await joinRoom(ann, link)
  const source = await tabOf(cleo)
  const tabs = new Map(await Promise.all([ben, dan].map(async (one) => [await tabOf(one), one] as const)))
  const carrier = async () => {
    const tab = await ann.page.evaluate((source) => asterism.room.call.remote.find(({ tab }) => tab === source)?.through, source)
    return tab === undefined ? undefined : tabs.get(tab)
  }
  for (const one of [ann, ben, dan]) await seeMoving(one, 1)
  for (const { page } of [ann, ben, dan]) await startTap(page, { withStamps: true, withVoices: true })

  const tell = async (lie: 'thins' | 'trickles' | 'replays', work: (liar: Device) => Promise<unknown>) => {
    await expect.poll(carrier).toBeDefined()
    await ann.page.waitForTimeout(SETTLE_MS)
    const liar = (await carrier()) as Device
    const [seen, straight] = await watch([ann, liar === ben ? dan : ben], source, async () => {
      await lieAbout(liar, lie)
      await work(liar)
    })
    await lieAbout(liar, 'honest')
    if (seen === undefined || straight === undefined) throw new Error('nobody watched')
    expect(seen.steps.filter((step) => step <= 0)).toEqual([])
    expect(seen.frames).toBeGreaterThan(straight.frames / 3)
    expect(seen.pictureGapMs).toBeLessThan(PICTURE_GAP_MS + straight.pictureGapMs)
    expect(seen.voiceGapMs).toBeLessThan(VOICE_GAP_MS + straight.voiceGapMs)
  }
  const isLeft = (liar: Device) => expect.poll(async () => (await carrier())?.name, { timeout: LEFT_MS }).not.toBe(liar.name)

  await tell('replays', () => ann.page.waitForTimeout(4_000))
  await tell('thins', isLeft)
  await tell('trickles', isLeft)
  await readMap(ann.page)
  const newest = async () => {
    const sentences = await ann.page.locator('dialog[open] details li').allTextContents()
    return sentences.find((text) => text.startsWith('Cleo’s picture'))
  }
  await expect.poll(async () => (await newest())?.includes((await carrier())?.name ?? 'nobody')).toBe(true)
})
