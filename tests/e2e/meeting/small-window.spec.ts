/** The small window of real tabs, while its person looks at something else. */
import type { Page } from '@playwright/test'
import { CALL_ONLY, type Device, expect, joinRoom, openRoom, test } from '../fixtures.ts'

test.use(CALL_ONLY)

const button = ({ page }: Device, name: string) => page.getByRole('button', { name, exact: true })

/** Its person looks at another tab. */
async function lookAway({ page }: Device): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  })
}

/** Frames of the one picture on a page within a second. */
function framesOn(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const frames = () => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0
    const before = frames()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    return frames() - before
  })
}

/** Whose cameras come to this tab now. */
function camerasTo({ page }: Device): Promise<number> {
  return page.evaluate(() => asterism.room.call.remote.filter(({ camera }) => camera?.readyState === 'live').length)
}

/** Ann sees Ben and Cem, and opens the small window. */
async function openSmall(ann: Device, others: readonly Device[]): Promise<void> {
  const link = await openRoom(ann)
  for (const other of others) await joinRoom(other, link)
  for (const other of others) await button(other, 'Camera').click()
  await button(ann, 'Microphone').click()
  await expect.poll(() => camerasTo(ann), { timeout: 30_000 }).toBe(others.length)
  await button(ann, 'How it looks').click()
  await button(ann, 'Small window on top').click()
}

test('[UI-76] in the small window the picture goes on while nobody looks at the page, and no other is sent', async ({ device }) => {
  const [ann, ben, cem] = [await device('Ann'), await device('Ben'), await device('Cem')]
  const opened = ann.context.waitForEvent('page')
  await openSmall(ann, [ben, cem])
  const small = await opened
  await expect(small.getByText(/^(Ben|Cem)$/)).toBeVisible()
  await lookAway(ann)
  await expect.poll(() => camerasTo(ann)).toBe(1)
  await expect.poll(() => framesOn(small)).toBeGreaterThan(2)
  expect(await small.locator('video').count()).toBe(1)
  await small.close()
  await expect.poll(() => camerasTo(ann)).toBe(0)
})

test('[UI-76] where windows hold nothing but a video, its picture goes on as well', async ({ device }) => {
  const ann = await device('Ann', async (context) => {
    await context.addInitScript(() => Object.defineProperty(globalThis, 'documentPictureInPicture', { value: undefined }))
  })
  const [ben, cem] = [await device('Ben'), await device('Cem')]
  await openSmall(ann, [ben, cem])
  await expect.poll(() => ann.page.evaluate(() => document.pictureInPictureElement !== null)).toBe(true)
  await lookAway(ann)
  await expect.poll(() => camerasTo(ann)).toBe(1)
  const frames = () =>
    ann.page.evaluate(async () => {
      const video = document.pictureInPictureElement as HTMLVideoElement | null
      const before = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      return (video?.getVideoPlaybackQuality().totalVideoFrames ?? 0) - before
    })
  await expect.poll(frames).toBeGreaterThan(2)
  await ann.page.evaluate(() => document.exitPictureInPicture())
  await expect.poll(() => camerasTo(ann)).toBe(0)
})
