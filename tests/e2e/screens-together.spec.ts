/** A meeting of three real tabs, by their screens: what one does is what the others see. */
import type { Page } from '@playwright/test'
import { type Device, expect, joinRoom, openRoom, test } from './fixtures.ts'

const button = ({ page }: Device, name: string) => page.getByRole('button', { name, exact: true })
const told = ({ page }: Device, text: string | RegExp) => page.getByRole('status', { name: 'About this call' }).getByText(text)
const tile = ({ page }: Device, name: RegExp) => page.locator('main figure[aria-label]').and(page.getByRole('figure', { name }))

async function openPeople({ page }: Device, view = 'People'): Promise<void> {
  const people = page.getByRole('navigation', { name: 'Views of people' })
  if ((await people.count()) === 0) await page.getByRole('button', { name: /People$/ }).click()
  await people.getByRole('button', { name: new RegExp(`^${view}`) }).click()
}

const aSwitch = (page: Page, name: string) => page.getByRole('switch', { name })

test('[UI-64] hands, hushes, looks, polls, side rooms and the door: what one does shows on the others’ screens', async ({ device }) => {
  const [ann, ben, cem] = [await device('Ann'), await device('Ben'), await device('Cem')]
  const link = await openRoom(ann)
  await joinRoom(ben, link)
  for (const one of [ann, ben]) await button(one, 'Microphone').click()
  await expect(tile(ann, /^Ben/)).toBeVisible()
  await expect(tile(ben, /^Ann/)).toBeVisible()

  await ben.page.keyboard.press('h')
  await expect(tile(ann, /^Ben.*hand up, 1st/)).toBeVisible()

  await openPeople(ann)
  await button(ann, 'What you can do: Ben').click()
  await button(ann, 'Hush: nobody hears them').click()
  await expect(told(ben, 'Nobody hears you until a moderator lifts it')).toBeVisible()
  await button(ann, 'Let them be heard').click()
  await expect(told(ben, 'Nobody hears you until a moderator lifts it')).toHaveCount(0)
  await button(ann, 'Ask to mute').click()
  await button(ben, 'Turn it off').click()
  await expect(button(ben, 'Microphone')).toHaveAttribute('aria-pressed', 'false')

  await button(ann, 'How it looks').click()
  await ann.page.getByRole('radio', { name: 'Who speaks, large' }).check()
  await button(ann, 'Show it so to everybody').click()
  await ann.page.keyboard.press('Escape')
  await expect(told(ben, /^A moderator arranged the stage/)).toBeVisible()
  await button(ben, 'Look my own way').click()
  await expect(told(ben, /^A moderator arranged the stage/)).toHaveCount(0)

  await openPeople(ben, 'Polls')
  await button(ben, 'Ask a question').click()
  await ben.page.getByRole('textbox', { name: 'Your question' }).fill('Tea or coffee?')
  await ben.page.getByRole('textbox', { name: 'Answer 1' }).fill('Tea')
  await ben.page.getByRole('textbox', { name: 'Answer 2' }).fill('Coffee')
  await button(ben, 'Ask everybody').click()
  await told(ann, 'Tea or coffee?').waitFor()
  await button(ann, 'Vote').click()
  await ann.page.getByRole('radio', { name: 'Coffee' }).check()
  await expect(ann.page.getByText('1 vote · 100 %')).toBeVisible()
  await button(ben, 'Close this poll').click()
  await expect(ben.page.getByText('1 vote · 100 %')).toBeVisible()

  await openPeople(ann, 'Side rooms')
  await ann.page.getByRole('textbox', { name: 'New side room' }).fill('Garden beds')
  await button(ann, 'Make').click()
  await aSwitch(ann.page, 'People may move themselves').waitFor()
  if ((await aSwitch(ann.page, 'People may move themselves').getAttribute('aria-checked')) === 'false')
    await aSwitch(ann.page, 'People may move themselves').click()
  await openPeople(ben, 'Side rooms')
  await button(ben, 'Go in: Garden beds').click()
  await expect(told(ben, /^You are in Garden beds/)).toBeVisible()
  await expect(tile(ann, /^Ben/)).toHaveCount(0)
  await button(ann, 'Call everybody back').click()
  await expect(tile(ann, /^Ben/)).toBeVisible()
  await expect(told(ben, /^You are in Garden beds/)).toHaveCount(0)

  await openPeople(ann)
  await aSwitch(ann.page, 'Newcomers knock first').click()
  await joinRoom(cem, link)
  await expect(cem.page.getByRole('heading', { name: 'You have knocked' })).toBeVisible()
  await told(ann, 'Cem waits to come in').waitFor()
  await expect(tile(ann, /^Cem/)).toHaveCount(0)
  await button(ann, 'Let in').click()
  await expect(tile(cem, /^Ann/)).toBeVisible()
  await expect(tile(ann, /^Cem/)).toBeVisible()

  await button(ann, 'What you can do: Cem').click()
  await button(ann, 'Take out of the call').click()
  await expect(cem.page.getByRole('heading', { name: 'You were taken out of the call' })).toBeVisible()
  await expect(tile(ben, /^Cem/)).toHaveCount(0)
  expect([ann.errors, ben.errors, cem.errors]).toEqual([[], [], []])
})
