/** A call as its people notice it: pictures that move, voices that are heard, by whom they came. */

import { expect, type Page } from '@playwright/test'
import type { TabId } from '../../../src/protocol/ids.ts'
import type { Device } from '../device.ts'

/** From a look that takes a second to the next. */
const AGAIN_MS = 100

export async function joinCall({ page }: Device, wish = { microphone: true, camera: true }): Promise<void> {
  await page.evaluate((wish) => asterism.room.call.join(wish), wish)
  await expect.poll(() => page.evaluate(() => asterism.room.call.state)).toBe('in')
}

/** For who came by the screen: its door leads into the call, with nothing on unless it was pressed there. */
export async function turnOn({ page }: Device): Promise<void> {
  await expect.poll(() => page.evaluate(() => asterism.room.call.state)).toBe('in')
  await page.evaluate(() => Promise.all([asterism.room.call.setMicrophone(true), asterism.room.call.setCamera(true)]))
}

export function tabOf({ page }: Device): Promise<TabId> {
  return page.evaluate(() => asterism.room.me.tab)
}

/** Frames that come on the picture of each other participant within `ms`, by tab. */
export function countFrames({ page }: Device, ms = 1_000): Promise<Record<string, number>> {
  return page.evaluate(async (ms) => {
    const counts: Record<string, number> = {}
    const watched = asterism.room.call.remote.map(async ({ tab, camera }) => {
      counts[tab] = 0
      if (camera === undefined) return
      const video = document.createElement('video')
      video.muted = true
      video.srcObject = new MediaStream([camera])
      const count = () => {
        counts[tab] = (counts[tab] ?? 0) + 1
        video.requestVideoFrameCallback(count)
      }
      video.requestVideoFrameCallback(count)
      await video.play().catch(() => {})
      await new Promise((done) => setTimeout(done, ms))
      video.srcObject = null
    })
    await Promise.all(watched)
    return counts
  }, ms)
}

/** Waits until the pictures of so many others move. */
export async function seeMoving(device: Device, others: number): Promise<void> {
  const moving = async () => Object.values(await countFrames(device)).filter((frames) => frames >= 3).length
  await expect.poll(moving, { timeout: 30_000, intervals: [AGAIN_MS] }).toBe(others)
}

/** Energy of the voices that come within 1.6 s, by tab. The test microphone beeps once a second. */
export function heardEnergy({ page }: Device): Promise<Record<string, number>> {
  return page.evaluate(async () => {
    const context = new AudioContext()
    await context.resume()
    const listening = asterism.room.call.remote.map(async ({ tab, microphone }): Promise<[string, number][]> => {
      if (microphone === undefined) return []
      // Chromium gives the sound of a connection to an audio graph only while an element plays it.
      const audio = new Audio()
      audio.muted = true
      audio.srcObject = new MediaStream([microphone])
      await audio.play()
      const analyser = context.createAnalyser()
      context.createMediaStreamSource(new MediaStream([microphone])).connect(analyser)
      const samples = new Float32Array(analyser.fftSize)
      let sum = 0
      for (let look = 0; look < 40; look++) {
        await new Promise((done) => setTimeout(done, 40))
        analyser.getFloatTimeDomainData(samples)
        for (const sample of samples) sum += sample * sample
      }
      audio.srcObject = null
      return [[tab, sum]]
    })
    const heard = Object.fromEntries((await Promise.all(listening)).flat())
    await context.close()
    return heard
  })
}

/** Sentences beside the map, as its person reads them. */
export async function readMap(page: Page): Promise<readonly string[]> {
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('button', { name: /How this call travels/ }).click()
  const dialog = page.getByRole('dialog', { name: 'How this call travels' })
  await dialog.getByText('Why it goes this way').waitFor()
  return dialog.locator('details li').allTextContents()
}
