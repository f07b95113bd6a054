/** A browser that gives the page no service worker, and so no disk: the room lives in the tab's memory. */
import { readFile } from 'node:fs/promises'
import { hashOfFile, putRandomFile, waitForHeld } from './files.ts'
import { expect, joinByApi, joinRoom, openRoom, seeMembers, startByApi, test } from './fixtures.ts'

const MIB = 1024 * 1024

test.use({ serviceWorkers: 'block' })

test('[STORAGE-4] tabs without a service worker meet, talk and share files from memory', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  await ann.page.evaluate(() => asterism.room.chat.send('all in mind'))
  await ben.page.waitForFunction(() => asterism.room.chat.messages[0]?.text === 'all in mind')
  const { id, hash } = await putRandomFile(ann, 'dream.bin', 3 * MIB)
  await waitForHeld(ben, id)

  expect(await ann.page.evaluate(() => asterism.room.status.storage)).toBe('memory-only')
  expect(await hashOfFile(ben, id)).toBe(hash)
})

test('[STORAGE-4] without a service worker a file is offered for saving, and no address that nobody answers', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinRoom(ben, await openRoom(ann))
  const { id } = await ann.page.evaluate(() => asterism.room.files.put(new Blob(['night']), { name: 'sky.txt', type: 'text/plain' }))
  await waitForHeld(ben, id)
  const [saved] = await Promise.all([ben.page.waitForEvent('download'), ben.page.getByRole('button', { name: 'Download sky.txt' }).click()])

  expect(await readFile(await saved.path(), 'utf8')).toBe('night')
  expect(saved.suggestedFilename()).toBe('sky.txt')
  await expect(ben.page.getByRole('link', { name: /sky\.txt/ })).toHaveCount(0)
})
