/** The screens of two devices, from made-up values: as small as they are held, and by keyboard alone. */
import { expect, test } from '../fixtures.ts'

test('[COMPANION-14] as a remote control all lies within a small screen, and is reached by keyboard', async ({ page, relay }) => {
  await page.setViewportSize({ width: 360, height: 640 })
  await page.goto(`${relay.origin}/#/gallery/second-remote`)
  await expect(page.getByRole('heading', { name: 'Remote control' })).toBeVisible()
  const names = ['Microphone', 'Camera', 'Share screen', 'Raise hand', 'Leave with both', 'This device']
  for (const name of names) await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 })
  await expect(page.getByLabel('How it looks over there')).toBeInViewport({ ratio: 1 })
  const reached = new Set<string>()
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    reached.add(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ''))
  }
  for (const name of names) expect([...reached].some((text) => text.startsWith(name))).toBe(true)
})

test('[COMPANION-13] the list counts two devices of one person once', async ({ page, relay }) => {
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto(`${relay.origin}/#/gallery/second-asked`)
  await expect(page.getByRole('heading', { name: 'In the call 5' })).toBeVisible()
  await expect(page.getByText('with a second device')).toBeVisible()
  await expect(page.locator('main figure')).toHaveCount(5)
})
