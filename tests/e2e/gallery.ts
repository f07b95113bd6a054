/** The gallery: screens in every state, from made-up values. */
import { expect, type Page } from '@playwright/test'

/** Parts that are chunks of their own come late, and bring others; a stage is drawn a frame after it is measured. */
const FRAMES_AT_REST = 4

/** A scene, when all of it is there. */
export async function showScene(page: Page, origin: string, scene: string): Promise<void> {
  await page.goto(`${origin}/#/gallery/${scene}`)
  await expect(page.locator('h1').first()).toBeAttached()
  await page.evaluate(async (frames) => {
    for (let atRest = 0; atRest < frames; atRest++) {
      await new Promise(requestAnimationFrame)
      if (document.querySelector('[data-coming]') !== null) atRest = 0
    }
  }, FRAMES_AT_REST)
}
