/** What a host wrote for those who come: read at the door, and while one is not connected yet. */
import type { Page } from '@playwright/test'
import { CALL_ONLY, expect, openRoom, test } from '../fixtures.ts'

test.use(CALL_ONLY)

declare global {
  var letCamera: () => void
}

/** A camera that takes until `letCamera` is called, as one does while its person reads what the browser asks. */
const slowCamera = () => {
  const devices = navigator.mediaDevices
  const open = devices.getUserMedia.bind(devices)
  let waiting = Promise.withResolvers<void>()
  globalThis.letCamera = () => {
    waiting.resolve()
    waiting = Promise.withResolvers()
  }
  devices.getUserMedia = async (wish) => {
    await waiting.promise
    return open(wish)
  }
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true })

test('[UI-79] who comes reads the welcome at the door, and while they are not connected yet', async ({ device }) => {
  const ann = await device('Ann')
  const link = await openRoom(ann)
  await button(ann.page, 'Microphone').click()
  await button(ann.page, 'People').click()
  await button(ann.page, 'Welcome').click()
  await ann.page.getByRole('textbox', { name: 'Title' }).fill('Street garden, spring meeting')
  await button(ann.page, 'Set this welcome').click()

  const { page } = await device('Ben', async (context) => {
    await context.addInitScript(slowCamera)
  })
  await page.goto('about:blank')
  await page.goto(link)
  const [welcome, connecting] = [heading(page, 'Street garden, spring meeting'), heading(page, 'Connecting')]
  await expect(welcome).toBeVisible()
  await expect(heading(page, 'Ready to go in?')).toBeVisible()
  await button(page, 'Go in and just listen').click()
  await expect(page.getByRole('figure', { name: /^Ann/ })).toBeVisible()
  await expect(welcome).toHaveCount(0)

  await button(page, 'Step out of the call').click()
  await button(page, 'With video').click()
  await expect(connecting).toBeVisible()
  await expect(welcome).toBeVisible()
  await page.evaluate(() => letCamera())
  await expect(page.getByRole('figure', { name: /^You/ })).toBeVisible()
  await expect(connecting.or(welcome)).toHaveCount(0)
})
