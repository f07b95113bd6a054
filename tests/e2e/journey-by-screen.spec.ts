/** The first room two people share, with nothing but their eyes and hands: every step by the names on the screen. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
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

test('[UI-40] a folder is chosen, arrives whole, comes out as one archive, is removed and brought back', async ({ device }, testInfo) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinRoom(ben, await openRoom(ann))
  const contents = {
    'holiday/list.txt': 'bread, pears, lamp oil',
    'holiday/day 1/notes.txt': 'rain until noon',
    'holiday/day 1/plan.txt': 'the lake',
  }
  const folder = testInfo.outputPath('holiday')
  for (const [path, text] of Object.entries(contents)) {
    const file = testInfo.outputPath(path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }

  const choosing = ann.page.waitForEvent('filechooser')
  await ann.page.getByRole('button', { name: 'Choose a folder' }).click()
  await (await choosing).setFiles(folder)
  const rows = ben.page.getByRole('region', { name: 'Files in this room' })
  await expect(rows.getByText(/^3 files/)).toBeVisible()

  await rows.getByRole('button', { name: 'holiday', exact: true }).click()
  await rows.getByRole('button', { name: 'Look at list.txt' }).click()
  await expect(ben.page.getByRole('dialog').getByText('bread, pears, lamp oil')).toBeVisible()
  await ben.page.keyboard.press('Escape')
  await rows.getByRole('button', { name: 'More about list.txt' }).click()
  await expect(ben.page.getByRole('dialog').getByText('can be opened at any hour, from other devices')).toBeVisible()
  await ben.page.keyboard.press('Escape')
  await ben.page.getByRole('button', { name: 'All files' }).click()

  const saving = ben.page.waitForEvent('download')
  await rows.getByRole('button', { name: 'Download holiday as .zip' }).click()
  const saved = await saving
  expect(saved.suggestedFilename()).toBe('holiday.zip')
  const zip = (await readFile(await saved.path())).toString('latin1')
  for (const [path, text] of Object.entries(contents)) expect([zip.includes(path), zip.includes(text)], path).toEqual([true, true])

  await rows.getByRole('button', { name: 'holiday', exact: true }).click()
  await ben.page.getByRole('button', { name: 'Remove list.txt' }).click()
  await ann.page.getByRole('button', { name: /^Bin/ }).click()
  await ann.page.getByRole('button', { name: 'Bring back list.txt' }).click()
  await expect(rows.getByText('list.txt')).toBeVisible()
  expect([ann.errors, ben.errors]).toEqual([[], []])
})
