/** What a device keeps of the app, with the relay dead and the browser's own cache emptied, which would hide what is missing. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../run-process.ts'
import { putRandomFile } from './files.ts'
import { type Device, expect, openRoom, test } from './fixtures.ts'

/** Effects need more than their code. */
const NOT_KEPT = /^(sw\.js|assets\/(background\.worker|workletProcessor)-.*)$/

async function cutOff({ context, page }: Device): Promise<void> {
  const session = await context.newCDPSession(page)
  await session.send('Network.clearBrowserCache')
}

test('[OFFLINE-1] after one visit a room starts with no network, and shows and opens what is kept', async ({ device, relay }) => {
  const ann = await device('Ann')
  // The worker is ready by then.
  await ann.page.evaluate(() => asterism.recentRooms())
  await relay.kill()
  await cutOff(ann)
  await ann.page.goto('about:blank')
  await ann.page.goto(relay.origin)
  await openRoom(ann)
  await putRandomFile(ann, 'notes.bin', 1_000)
  await ann.page.getByRole('button', { name: 'More about notes.bin' }).click()
  await expect(ann.page.getByRole('dialog', { name: 'notes.bin' })).toBeVisible()
  await ann.page.keyboard.press('Escape')
  await ann.page.getByRole('button', { name: 'People', exact: true }).click()
  await expect(ann.page.getByRole('complementary', { name: 'People' }).getByText('Ann')).toBeVisible()
})

test('[OFFLINE-2] half a minute later nothing of the app needs the network', async ({ device, relay }) => {
  const files = globSync('**/*.{html,js,css,svg,png,webmanifest}', { cwd: join(ROOT, 'dist') }).filter((file) => !NOT_KEPT.test(file))
  expect(files.length).toBeGreaterThan(50)
  const ann = await device('Ann', (context) => context.clock.install())
  await ann.page.evaluate(() => asterism.recentRooms())
  const missing = () =>
    ann.page.evaluate(async (files) => {
      const keys = await (await caches.open('app')).keys()
      const kept = new Set(keys.map(({ url }) => new URL(url).pathname.slice(1)))
      return files.filter((file) => !kept.has(file))
    }, files)
  expect((await missing()).length).toBeGreaterThan(20)
  await ann.context.clock.fastForward(30_000)
  await expect.poll(missing, { timeout: 60_000 }).toEqual([])

  await relay.kill()
  await cutOff(ann)
  const unanswered = await ann.page.evaluate(async (files) => {
    const answers = await Promise.all(
      files.map((file) =>
        fetch(`/${file}`).then(
          ({ ok }) => ok,
          () => false,
        ),
      ),
    )
    return files.filter((_, n) => answers[n] !== true)
  }, files)
  expect(unanswered).toEqual([])
})
