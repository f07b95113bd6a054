/** The first room two people share, with nothing but their eyes and hands: every step by the names on the screen. */
import { expect, joinRoom, openRoom, test } from './fixtures.ts'

test('[UI-27] start, invite, talk, share a file, open it, leave: by the screen alone, and no console complains', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const link = await openRoom(ann)
  expect(link).toBe(ann.page.url())
  await joinRoom(ben, link)
  await expect(ann.page.getByText('2 can read · relay cannot').first()).toBeVisible()

  for (const { page } of [ann, ben]) {
    for (const name of ['Microphone', 'Camera']) {
      const toggle = page.getByRole('button', { name, exact: true })
      await toggle.click()
      await expect(toggle).toHaveAttribute('aria-pressed', 'true')
    }
  }
  for (const { page } of [ann, ben]) {
    await page.waitForFunction(
      () => [...document.querySelectorAll('main video')].filter((video) => (video as HTMLVideoElement).videoWidth > 0).length === 2,
      undefined,
      { timeout: 15_000 },
    )
  }

  const choosing = ann.page.waitForEvent('filechooser')
  await ann.page.getByRole('button', { name: 'Drop or choose files' }).click()
  await (await choosing).setFiles({ name: 'shopping.txt', mimeType: 'text/plain', buffer: Buffer.from('bread, pears, lamp oil') })
  const opening = ben.context.waitForEvent('page')
  await ben.page
    .getByRole('button', { name: /Look at shopping\.txt/ })
    .or(ben.page.getByRole('link', { name: 'Open shopping.txt' }))
    .click()
  const shown = await Promise.race([
    opening,
    ben.page
      .getByText('bread, pears, lamp oil')
      .waitFor()
      .then(() => ben.page),
  ])
  await expect(shown.getByText('bread, pears, lamp oil')).toBeVisible()
  await expect(ann.page.getByRole('img', { name: 'on 2 devices' })).toBeVisible()

  await ann.page.getByRole('button', { name: 'Leave', exact: true }).click()
  await expect(ann.page.getByRole('button', { name: 'Rejoin' })).toBeVisible()
  await expect(ben.page.getByRole('button', { name: /1 here/ })).toBeAttached({ timeout: 10_000 })
  expect([ann.errors, ben.errors]).toEqual([[], []])
})
