/** A meeting of many as a person meets it: pages of people, who can hear it, and how it travels. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { showScene as show } from './gallery.ts'

const PHONE = { width: 360, height: 740 } as const
const DESK = { width: 1280, height: 800 } as const

/** Presses Tab until the named button has the focus. */
async function reach(page: Page, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole('button', { name, exact: true })
  for (let presses = 0; presses < 40; presses++) {
    if ((await wanted.count()) > 0 && (await wanted.evaluate((element) => element === document.activeElement))) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${name} cannot be reached by Tab`)
}

const people = (page: Page) => page.locator('main figure[aria-label]')

test('[UI-42] thirty people are paged through by keyboard, and one button goes all the way round', async ({ page, relay }) => {
  await page.setViewportSize(PHONE)
  await show(page, relay.origin, 'call-thirty')
  await expect(people(page)).toHaveCount(5)
  const names = new Set<string | null>()
  await reach(page, 'and 25 more')
  for (const next of ['and 20 more', 'and 15 more', 'and 10 more', 'and 5 more', 'Back to the first', 'and 25 more']) {
    for (const one of await people(page).all()) names.add(await one.getAttribute('aria-label'))
    await page.keyboard.press('Enter')
    await expect(page.getByRole('button', { name: new RegExp(`^${next}( Cem is speaking)?$`) })).toBeFocused()
  }
  expect(names.size).toBe(30)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'and 20 more' })).toHaveAccessibleName('and 20 more Cem is speaking')
  await reach(page, 'Page before')
  await page.keyboard.press('Enter')
  await expect(people(page).first()).toHaveAccessibleName(/^You/)
})

test('[UI-43] a stage drawn larger and smaller again shows the same people in the same order', async ({ page, relay }) => {
  await page.setViewportSize(DESK)
  await show(page, relay.origin, 'call-thirty')
  const order = () => people(page).evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label')))
  await expect(people(page)).toHaveCount(19)
  const before = await order()
  await page.setViewportSize(PHONE)
  await expect(people(page)).toHaveCount(5)
  expect(await order()).toEqual(before.slice(0, 5))
  await page.setViewportSize(DESK)
  await expect(people(page)).toHaveCount(19)
  expect(await order()).toEqual(before)
})

test('[UI-45] the call and its tiles say how they are sealed, in words', async ({ page, relay }) => {
  await show(page, relay.origin, 'call-sealed')
  await expect(page.getByText('Sealed end to end: only people in this call can see and hear it')).toBeVisible()
  await expect(page.getByRole('figure', { name: 'Cem, speaking, unlocking picture' })).toBeVisible()
  await expect(page.getByRole('figure', { name: 'Ada Okoye, direct' })).toHaveAttribute('title', /nobody is in between/)
  await expect(page.getByRole('figure', { name: /Ben Okafor.*picture through Ann Fischer/ })).toBeVisible()
})

test('[UI-48] how the call travels opens, is read, changed and closed by keyboard', async ({ page, relay }) => {
  await show(page, relay.origin, 'travels-nine')
  const dialog = page.getByRole('dialog', { name: 'How this call travels' })
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await reach(page, 'More')
  await page.keyboard.press('Enter')
  await reach(page, /^How this call travels/)
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('heading', { name: 'How this call travels' })).toBeFocused()

  await expect(dialog.getByRole('row', { name: /^Cem large picture 25 a second through Ann Fischer/ })).toBeVisible()
  await expect(dialog.getByText('Ann Fischer’s tab plans who passes on what.')).toBeVisible()
  await expect(
    dialog.getByText('Cem’s large picture: 8 people want it; its sender sends 2 copies; Ann Fischer passes it on.'),
  ).toBeVisible()

  const passesOn = dialog.getByRole('checkbox', { name: /may pass on to others/ })
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(dialog.getByRole('button', { name: 'Show its way to everybody' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('You pass it on to Carla Mendes.')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(passesOn).toBeFocused()
  await page.keyboard.press('Space')
  await expect(passesOn).not.toBeChecked()
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowDown')
  await expect(dialog.getByRole('combobox', { name: 'It sends at most' })).toHaveValue('500')
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
})

test('[UI-47] where nothing is measured the words say so, and nobody waits for figures that never come', async ({ page, relay }) => {
  for (const [scene, words] of [
    ['travels-soon', 'The first figures come in a moment.'],
    ['travels-direct', 'Everybody sends straight to everybody. There are no figures for connections of this kind.'],
    ['travels-alone', 'Nobody else is in the call, so nothing travels yet.'],
  ] as const) {
    await show(page, relay.origin, scene)
    await expect(page.getByRole('dialog').getByText(words)).toBeVisible()
  }
})

test('[UI-47] the table fits a phone, whatever the names', async ({ page, relay }) => {
  await page.setViewportSize(PHONE)
  await show(page, relay.origin, 'travels-thirty')
  const table = page.getByRole('table', { name: 'What comes to this tab' })
  await expect(table.getByRole('row')).toHaveCount(31)
  const beyondPx = await table.evaluate((one) => one.scrollWidth - (one.previousElementSibling?.clientWidth ?? 0))
  expect(beyondPx).toBeLessThanOrEqual(0)
})

test('[UI-49] read from right to left I stand on the right, and arrows on the map follow their stars', async ({ page, relay }) => {
  await page.setViewportSize(PHONE)
  for (const scene of [
    'call-thirty',
    'call-thirty-screen',
    'call-sealed',
    'travels-nine',
    'travels-thirty',
    'look-back',
    'meeting-moderated',
    'meeting-polls',
    'meeting-side-rooms',
    'meeting-in-side-room',
    'meeting-waiting',
    'look-side-by-side',
    'look-dialog',
  ]) {
    await show(page, relay.origin, scene)
    await page.evaluate(() => (document.documentElement.dir = 'rtl'))
    expect([scene, await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)]).toEqual([scene, 0])
  }
  await show(page, relay.origin, 'call-thirty')
  const [me, next] = [await people(page).nth(0).boundingBox(), await people(page).nth(1).boundingBox()]
  expect(me?.x).toBeGreaterThan(next?.x ?? Number.POSITIVE_INFINITY)

  await show(page, relay.origin, 'travels-nine')
  const dialog = page.getByRole('dialog')
  const carrier = await dialog.locator('[title="Ann Fischer"]').boundingBox()
  const threads = await dialog.locator('svg path.thread').evaluateAll((paths) => paths.map((path) => path.getBoundingClientRect().toJSON()))
  // The thread from Ann to me begins at her star.
  expect(threads.some(({ left, right }) => [left, right].some((x) => Math.abs(x - (carrier?.x ?? 0)) < 2))).toBe(true)
})
