/** The gallery as a phone has it, where fingers press. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { showScene } from './gallery.ts'

test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })

const SCENES = [
  'landing-recent',
  'door-preview',
  'room-first',
  'notices',
  'call-thirty',
  'call-screen',
  'watch-mine',
  'watch-left',
  'meeting-moderated',
  'meeting-side-rooms',
  'meeting-polls',
  'meeting-whispering',
  'files-every-state',
  'files-choosing',
  'files-in-folder',
  'bin',
  'storage-over',
  'file-by-copies',
  'chat',
  'you',
  'help',
  'check',
  'effects-own',
  'doors-open',
  'second-none',
  'second-screen',
  'travels-nine',
  'look-back',
  'look-dialog',
  'look-at-picture',
]

/** What reaches less far than a finger needs, from its middle out. What lies below something else is another's place here. */
function smallOnes(page: Page, scene: string): Promise<string[]> {
  return page.evaluate((scene) => {
    const top = document.querySelector('dialog[open]') ?? document.body
    const small: string[] = []
    for (const control of top.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, summary')) {
      if (!control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
      const label = control.closest('label')
      const shown = control.classList.contains('visually-hidden') && label !== null ? label : control
      shown.scrollIntoView({ block: 'center', inline: 'nearest' })
      const { left, top: above, width, height } = shown.getBoundingClientRect()
      const [x, y] = [left + width / 2, above + height / 2]
      const isHit = (dx: number, dy: number) => {
        const hit = document.elementFromPoint(x + dx, y + dy)
        return hit !== null && (control.contains(hit) || hit.closest('label')?.control === control)
      }
      const reach = (dx: number, dy: number) => {
        let px = 0
        while (px < 44 && isHit(dx * (px + 1), dy * (px + 1))) px++
        return px
      }
      const [across, down] = [reach(-1, 0) + reach(1, 0) + 1, reach(0, -1) + reach(0, 1) + 1]
      // One less for a middle that lies between two pixels.
      if (isHit(0, 0) && (across < 43 || down < 43))
        small.push(`${scene}: ${control.getAttribute('aria-label') ?? control.textContent.trim()} ${across} by ${down}`)
    }
    return small
  }, scene)
}

test('[UI-73] where fingers press, whatever can be pressed is 44 px at least each way', async ({ page, relay }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const found: string[] = []
  for (const scene of SCENES) {
    await showScene(page, relay.origin, scene)
    await expect(page.locator('button').first()).toBeVisible()
    found.push(...(await smallOnes(page, scene)))
  }
  expect(found).toEqual([])
})

test.describe('on its side', () => {
  test.use({ viewport: { width: 740, height: 360 } })

  /** Each with how high a face is at least. */
  const LYING: readonly [scene: string, facePx: number][] = [
    ['room-four', 0],
    ['call-alone', 200],
    ['call-talking', 100],
    ['call-nine', 100],
    ['call-thirty', 100],
    ['call-screen', 72],
    ['meeting-moderated', 64],
    ['meeting-hushed', 100],
    ['chat', 0],
    ['files-every-state', 0],
  ]

  test('[UI-81] the stage has the height, and all of the bar is in sight beside it', async ({ page, relay }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const found: string[] = []
    for (const [scene, facePx] of LYING) {
      await showScene(page, relay.origin, scene)
      const bar = page.getByRole('navigation', { name: 'Controls' })
      await expect(bar).toBeVisible()
      for (const control of await bar.getByRole('button').all()) await expect(control, scene).toBeInViewport({ ratio: 1 })
      const people = page.locator('main figure[aria-label]')
      if (facePx > 0) await expect(people.first()).toBeVisible()
      const heights = await people.evaluateAll((tiles) => tiles.map((tile) => Math.round(tile.getBoundingClientRect().height)))
      found.push(...heights.filter((height) => height < facePx).map((height) => `${scene}: somebody ${height} px high`))
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (sideways > 0) found.push(`${scene}: scrolls sideways by ${sideways} px`)
      found.push(...(await smallOnes(page, scene)))
    }
    expect(found).toEqual([])
  })

  test('[UI-81] an open panel covers nobody', async ({ page, relay }) => {
    await showScene(page, relay.origin, 'call-talking')
    await page.getByRole('button', { name: 'Chat', exact: true }).click()
    const panel = await page.locator('#panel').boundingBox()
    const tiles = await page.locator('main figure[aria-label]').all()
    expect(tiles.length).toBeGreaterThan(1)
    for (const tile of tiles) {
      const box = await tile.boundingBox()
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(panel?.x ?? 0)
    }
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeInViewport({ ratio: 1 })
  })
})
