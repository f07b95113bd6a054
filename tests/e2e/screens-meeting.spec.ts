/** A meeting with somebody in charge, as people meet it on screen and by keyboard alone. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { showScene as show } from './gallery.ts'

/** Presses Tab until the named button has the focus, then Enter. */
async function press(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole('button', { name, exact: true })
  for (let presses = 0; presses < 80; presses++) {
    if ((await wanted.count()) > 0 && (await wanted.first().evaluate((element) => element === document.activeElement))) {
      await page.keyboard.press('Enter')
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`${name} cannot be reached by Tab`)
}

const notes = (page: Page) => page.getByRole('status', { name: 'About this call' })
const tile = (page: Page, name: RegExp) => page.getByRole('figure', { name })

test('[UI-60] a moderator lets in, hushes, whispers and takes out by keyboard alone', async ({ page, relay }) => {
  await show(page, relay.origin, 'meeting-moderated')
  await expect(page.getByRole('button', { name: '2 at the door People' })).toBeVisible()
  await press(page, 'Let in: Lena Vogt')
  await expect(page.getByRole('button', { name: '1 at the door People' })).toBeVisible()
  await expect(notes(page).getByText(/^Maximiliana .* waits to come in$/)).toBeVisible()

  await press(page, 'What you can do: Ada Okoye')
  await press(page, 'Hush: nobody hears them')
  await expect(page.getByText('Nobody hears Ada Okoye until you lift this.')).toBeVisible()
  await expect(tile(page, /^Ada Okoye, nobody hears Ada Okoye/)).toBeVisible()
  await press(page, 'Let them be heard')
  await expect(page.getByText('Nobody hears Ada Okoye until you lift this.')).toHaveCount(0)

  await press(page, 'Whisper: only they hear you')
  await expect(notes(page).getByText('Only Ada Okoye hears you now')).toBeVisible()
  await press(page, 'Speak to everybody again')
  await expect(notes(page).getByText('Only Ada Okoye hears you now')).toHaveCount(0)

  await press(page, 'Take out of the call')
  await expect(tile(page, /^Ada Okoye/)).toHaveCount(0)
  await press(page, 'Let in: Ada Okoye')
  await expect(tile(page, /^Ada Okoye/)).toBeVisible()

  const lobby = page.getByRole('switch', { name: 'Newcomers knock first' })
  await expect(lobby).toBeChecked()
  await lobby.focus()
  await page.keyboard.press('Space')
  await expect(lobby).not.toBeChecked()
})

test('[UI-60] a hand, a sign, a vote and a question go by keyboard alone', async ({ page, relay }) => {
  await show(page, relay.origin, 'meeting-polls')
  await page.keyboard.press('h')
  await expect(tile(page, /^You, hand up, 3rd/)).toBeVisible()
  await press(page, 'React')
  await press(page, 'clapping')
  await expect(tile(page, /^You, hand up, 3rd, clapping/)).toBeVisible()

  const date = page.getByRole('group', { name: 'Which Saturday suits you for the street party?' })
  await date.getByRole('radio', { name: 'The 12th' }).focus()
  await page.keyboard.press('Space')
  await expect(date.getByText('4 votes · 80 %')).toBeVisible()
  await expect(notes(page).getByText('Which Saturday suits you for the street party?')).toHaveCount(0)

  await press(page, 'Ask a question')
  await page.getByRole('textbox', { name: 'Your question' }).focus()
  await page.keyboard.type('Tea or coffee?')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Tea')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Coffee')
  await press(page, 'Ask everybody')
  await expect(page.getByRole('group', { name: 'Tea or coffee?' }).getByRole('radio')).toHaveCount(2)
})

test('[UI-60] into a side room and back by keyboard, with the main room in sight', async ({ page, relay }) => {
  await show(page, relay.origin, 'meeting-side-rooms')
  await press(page, 'Go in: Garden beds')
  await expect(notes(page).getByText('You are in Garden beds. Only people in it hear you')).toBeVisible()
  const main = page.getByRole('region', { name: 'Main room' })
  await expect(main.getByText('Ann Fischer')).toBeVisible()
  await expect(tile(page, /^Ann Fischer/)).toHaveCount(0)
  await press(page, 'Back to the main room')
  await expect(main).toHaveCount(0)
  await expect(tile(page, /^Ann Fischer/)).toBeVisible()
})

test('[UI-77] [UI-78] whom I want large and whom not at all is chosen by keyboard, and taken back where it is told how it looks', async ({
  page,
  relay,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await show(page, relay.origin, 'meeting-moderated')
  const width = async (name: RegExp) => Math.round((await tile(page, name).boundingBox())?.width ?? 0)
  await press(page, 'What you can do: Ada Okoye')
  await press(page, 'Large to me')
  await press(page, 'What you can do: Bo Lindqvist')
  // The first of the two buttons of this name says that it is on.
  await expect(page.getByRole('button', { name: 'No longer large to me' })).toBeVisible()
  await press(page, 'Large to me')
  expect(await width(/^Bo Lindqvist/)).toBe(await width(/^Ada Okoye/))
  expect(await width(/^Bo Lindqvist/)).toBeGreaterThan((await width(/^Cem/)) * 1.5)

  await press(page, 'What you can do: Cem')
  await page.keyboard.press('Tab')
  await press(page, 'Not on my stage')
  const row = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'What you can do: Cem' }) })
  await expect(tile(page, /^Cem/)).toHaveCount(0)
  await expect(row.getByText('Cem is not on your stage. You still hear them, and see a screen they share.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'On my stage again' })).toBeFocused()

  await press(page, 'How it looks')
  const dialog = page.getByRole('dialog', { name: 'How it looks' })
  await expect(dialog.getByText('You still hear them, and see a screen they share. They are not told.')).toBeVisible()
  const found = await new AxeBuilder({ page }).include('dialog').analyze()
  expect(found.violations.map(({ id }) => id)).toEqual([])
  await press(page, 'Show again: Cem')
  await expect(page.getByRole('button', { name: 'Leave out: Cem' })).toBeFocused()
  await press(page, 'No longer large: Ada Okoye')
  await page.keyboard.press('Escape')
  await expect(tile(page, /^Cem/)).toBeVisible()
  await expect(row.getByText('not on your stage')).toHaveCount(0)
  // Theirs and Cem's.
  await expect(page.getByRole('button', { name: 'Large to me', exact: true })).toHaveCount(2)
})

test('[UI-50] looks are chosen by keyboard, and no picture starts anew', async ({ page, relay }) => {
  await show(page, relay.origin, 'look-side-by-side')
  const widths = () => page.locator('main figure').evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().width)))
  await expect(tile(page, /^Ann Fischer’s screen/)).toBeVisible()
  const pictures = () =>
    page.locator('main video').evaluateAll((all) => new Set(all.map((one) => (one as HTMLVideoElement).srcObject)).size)
  expect(await pictures()).toBeGreaterThan(3)
  await page.evaluate(() => {
    const kept = [...document.querySelectorAll<HTMLVideoElement>('main figure[aria-label^="Cem"] video, main figure.screen video')]
    Object.assign(globalThis, { kept: kept.map((video) => [video, video.srcObject]) })
  })
  const before = await widths()
  await press(page, 'How it looks')
  const dialog = page.getByRole('dialog', { name: 'How it looks' })
  await expect(dialog.getByRole('radio', { name: 'Two side by side' })).toBeChecked()
  await dialog.getByRole('radio', { name: 'Two side by side' }).focus()
  await page.keyboard.press('ArrowDown')
  await expect(dialog.getByRole('radio', { name: 'The shared screen, large' })).toBeChecked()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  expect(await widths()).not.toEqual(before)
  // The same key does it without the dialog.
  await page.keyboard.press('l')
  expect(
    await page.evaluate(() => {
      const { kept } = globalThis as unknown as { kept: [HTMLVideoElement, MediaProvider | null][] }
      return kept.length > 1 && kept.every(([video, stream]) => video.isConnected && video.srcObject === stream)
    }),
  ).toBe(true)
})

test('[UI-56] who waits sees the welcome and what happens; who was taken out sees that, and the way back to the room', async ({
  page,
  relay,
}) => {
  await show(page, relay.origin, 'meeting-waiting')
  await expect(page.getByRole('heading', { name: 'You have knocked' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Street garden, spring meeting' })).toBeVisible()
  await expect(page.getByText('What grew last year, with pictures by Ann')).toBeVisible()
  await expect(page.locator('main figure')).toHaveCount(0)
  await show(page, relay.origin, 'meeting-unheard')
  await expect(page.getByText('Write in the chat that you wait')).toBeVisible()
  await show(page, relay.origin, 'meeting-moderated')
  await expect(page.getByText('They are still in the room, with its chat and files')).toBeVisible()
  await show(page, relay.origin, 'meeting-removed')
  await expect(page.getByRole('heading', { name: 'You were taken out of the call' })).toBeVisible()
  await press(page, 'Back to the room')
  await expect(page.getByRole('button', { name: 'With video' })).toBeVisible()
})

test('[UI-59] a file dropped on the chat lies in the files, and its link in the chat opens it', async ({ page, relay }) => {
  await page.goto(relay.origin)
  await page.getByRole('button', { name: 'Start a room' }).first().click()
  await page.getByRole('button', { name: 'Chat', exact: true }).click()
  const log = page.getByRole('log', { name: 'Messages' })
  await log.evaluate((target) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['Watering rota'], 'rota.txt', { type: 'text/plain' }))
    for (const type of ['dragenter', 'dragover', 'drop'])
      target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }))
  })
  await log.getByRole('button', { name: 'rota.txt 13 B' }).click()
  await expect(page.getByRole('dialog', { name: 'rota.txt' }).getByText('Watering rota')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Files', exact: true }).click()
  await page.getByRole('button', { name: 'Remove rota.txt' }).click()
  await page.getByRole('button', { name: 'Chat', exact: true }).click()
  await expect(log.getByText('is not in the room any more')).toBeVisible()
})
