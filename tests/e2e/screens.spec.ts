/** Every screen of the gallery as a person meets it: small and large, light and dark, with a mouse and without. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
] as const
const THEMES = ['light', 'dark'] as const

async function show(page: Page, origin: string, scene: string): Promise<void> {
  await page.goto(`${origin}/#/gallery/${scene}`)
  await expect(page.locator('h1').first()).toBeAttached()
}

async function sceneNames(page: Page, origin: string): Promise<string[]> {
  await page.goto(`${origin}/#/gallery`)
  await expect(page.getByRole('heading', { name: 'Gallery' })).toBeVisible()
  return page.locator('main a').allTextContents()
}

async function findings(page: Page, scene: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${scene}: ${id} at ${target.join(' ')}`))
}

for (const size of SIZES) {
  for (const theme of THEMES) {
    test(`[UI-20] every screen is clean at ${size.width} px, ${theme}`, async ({ page, relay }) => {
      test.setTimeout(180_000)
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      const found: string[] = []
      for (const scene of await sceneNames(page, relay.origin)) {
        await show(page, relay.origin, scene)
        found.push(...(await findings(page, scene)))
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        if (sideways > 0) found.push(`${scene}: scrolls sideways by ${sideways} px`)
      }
      expect(found).toEqual([])
    })
  }
}

test('[UI-21] start a room, look at its files, write to it and leave, by keyboard alone', async ({ page, relay }) => {
  await page.goto(relay.origin)
  await reach(page, 'Start a room')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Leave', exact: true })).toBeVisible()

  for (const name of ['Copy link', 'Share', 'Drop or choose files', 'Microphone', 'Camera', 'Share screen', 'Files', 'Chat'])
    await reach(page, name)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('log', { name: 'Messages' })).toBeVisible()
  await reach(page, 'Message', 'textbox')
  await page.keyboard.type('hello')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('log').getByText('hello')).toBeVisible()

  await reach(page, 'Leave')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'You have left the room' })).toBeVisible()
  await reach(page, 'Rejoin')
})

/** Presses Tab until the named control has the focus. */
async function reach(page: Page, name: string, role: 'button' | 'textbox' = 'button'): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true }).first()
  for (let presses = 0; presses < 60; presses++) {
    if ((await wanted.count()) > 0 && (await wanted.evaluate((element) => element === document.activeElement))) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${name} cannot be reached by Tab`)
}

test('[UI-16] under a call the new version is offered for after it', async ({ page, relay }) => {
  await show(page, relay.origin, 'update-in-call')
  await expect(page.getByRole('button', { name: 'After the call' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Reload' })).toHaveCount(0)
  await show(page, relay.origin, 'update')
  await expect(page.getByRole('button', { name: 'Reload' })).toBeVisible()
})

test('[UI-12] of 10,000 files a few rows exist, wherever one scrolls', async ({ page, relay }) => {
  await show(page, relay.origin, 'files-ten-thousand')
  const rows = page.getByRole('region', { name: 'Files in this room' })
  await expect(rows.getByText('photo 00000.jpg')).toBeVisible()
  await rows.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  await expect(rows.getByText('photo 09999.jpg')).toBeVisible()
  expect(await rows.locator('li').count()).toBeLessThan(60)
})

test('[UI-17] the keyboard opens help, closes it, and can be told to be quiet', async ({ page, relay }) => {
  await show(page, relay.origin, 'room-four')
  await page.keyboard.press('c')
  await expect(page.getByRole('log', { name: 'Messages' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('log')).toHaveCount(0)
  await page.keyboard.press('?')
  await page.getByRole('checkbox', { name: /Single keys/ }).uncheck()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('c')
  await expect(page.getByRole('log')).toHaveCount(0)
})

test('[UI-11] a name made of markup is shown as its letters', async ({ page, relay }) => {
  await show(page, relay.origin, 'people')
  await expect(page.getByRole('dialog').getByText('<img src=x onerror=alert(1)>')).toBeVisible()
})

test('[UI-24] a new name shows in the header at once', async ({ page, relay }) => {
  await show(page, relay.origin, 'you')
  await page.getByRole('textbox', { name: 'Your name here' }).fill('Zora Quill')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'You: Zora Quill' })).toBeVisible()
})

test('[UI-25] pictures play on while other things of the call change', async ({ page, relay }) => {
  await show(page, relay.origin, 'call-screen')
  const videos = page.locator('main video')
  await expect(videos).toHaveCount(4)
  await page.evaluate(() => {
    const before = [...document.querySelectorAll<HTMLVideoElement>('main video')].map(({ srcObject }) => srcObject)
    Object.assign(globalThis, { before })
  })
  const microphone = page.getByRole('button', { name: 'Microphone' })
  await microphone.click()
  await expect(microphone).toHaveAttribute('aria-pressed', 'false')
  const areSame = await page.evaluate(() => {
    const { before } = globalThis as unknown as { before: (MediaProvider | null)[] }
    return [...document.querySelectorAll<HTMLVideoElement>('main video')].map(({ srcObject }, i) => srcObject === before[i])
  })
  expect(areSame).toEqual([true, true, true, true])
})
