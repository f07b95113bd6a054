/** Every screen of the gallery looked at by axe: small and large, light and dark; and that what is wrong is found. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { CALL_ONLY, expect, test } from './fixtures.ts'
import { showScene as show } from './gallery.ts'

/** A phone upright, a desk, and a phone on its side. */
const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
  { width: 740, height: 360 },
] as const

async function sceneNames(page: Page, origin: string): Promise<string[]> {
  await page.goto(`${origin}/#/gallery`)
  await expect(page.getByRole('heading', { name: 'Gallery' })).toBeVisible()
  return page.locator('main a').allTextContents()
}

/** Puts axe into the page. It stays as long as the document does, and scenes only change the part of the address after `#`. */
async function bringAxe(page: Page): Promise<void> {
  await new AxeBuilder({ page }).setLegacyMode().include('h1').analyze()
}

type Violation = { readonly id: string; readonly nodes: readonly { readonly target: readonly unknown[] }[] }
type Axe = { run(context: Document, options: object): Promise<{ readonly violations: readonly Violation[] }> }

/** In the dark only colours are looked at again: everything else is the same document. */
function findings(page: Page, scene: string): Promise<string[]> {
  return page.evaluate(async (scene) => {
    const { axe } = globalThis as unknown as { axe: Axe }
    const { documentElement: root } = document
    const told = (theme: string, { violations }: Awaited<ReturnType<Axe['run']>>) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${scene}, ${theme}: ${id} at ${target.join(' ')}`))
    const sideways = root.scrollWidth - root.clientWidth
    root.dataset['theme'] = 'light'
    const light = told('light', await axe.run(document, { resultTypes: ['violations'] }))
    root.dataset['theme'] = 'dark'
    const dark = told('dark', await axe.run(document, { resultTypes: ['violations'], runOnly: ['color-contrast'] }))
    return [...light, ...dark, ...(sideways > 0 ? [`${scene}: scrolls sideways by ${sideways} px`] : [])]
  }, scene)
}

for (const size of SIZES) {
  test(`[UI-20] every screen is clean at ${size.width} px, light and dark`, async ({ page, relay }) => {
    test.setTimeout(300_000)
    await page.setViewportSize(size)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const found: string[] = []
    const scenes = await sceneNames(page, relay.origin)
    await bringAxe(page)
    for (const scene of scenes) {
      await show(page, relay.origin, scene)
      found.push(...(await findings(page, scene)))
    }
    expect(found).toEqual([])
  })
}

const LATE_MS = 1_500

async function plant(page: Page, style: string): Promise<void> {
  await page.evaluate((style) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    document.adoptedStyleSheets.push(sheet)
  }, style)
}

test('[UI-20] a fault that stands in the dark alone is found', async ({ page, relay }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await show(page, relay.origin, 'room-four')
  await bringAxe(page)
  expect(await findings(page, 'as it is')).toEqual([])
  await plant(page, '[data-theme="dark"] h2 { color: oklch(0.3 0 0) !important }')
  expect((await findings(page, 'faint'))[0]).toMatch(/^faint, dark: color-contrast at h2/)
})

test('[UI-20] a name that lacks what its button shows is found', async ({ page, relay }) => {
  await page.setViewportSize(SIZES[2])
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await show(page, relay.origin, 'watch-beside')
  await bringAxe(page)
  const more = page.getByRole('region', { name: 'More people' }).getByRole('button').first()
  await expect(more).toHaveAccessibleName(/^and \d+ more Cem is speaking$/)
  await more.evaluate((button) => button.setAttribute('aria-label', 'and some more'))
  expect((await findings(page, 'lacks'))[0]).toMatch(/^lacks, light: label-content-name-mismatch at .*and some more/)
})

test.describe('with a part that comes late', () => {
  test.use(CALL_ONLY)

  test('[UI-20] a fault in what comes late is found', async ({ page, relay }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await show(page, relay.origin, 'room-four')
    await bringAxe(page)
    await plant(page, '[data-theme="light"] dialog h2 { color: oklch(0.98 0 0) !important }')
    for (const part of ['CallView', 'TravelDialog']) {
      await page.route(new RegExp(`/assets/${part}-[^/]*\\.js$`), async (route) => {
        await page.waitForTimeout(LATE_MS)
        await route.continue()
      })
    }
    await show(page, relay.origin, 'travels-nine')
    expect((await findings(page, 'late'))[0]).toMatch(/^late, light: color-contrast at /)
  })
})
