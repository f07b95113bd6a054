/** What somebody finds who takes the disk away: every file of the profile is searched for what must not be there. */
import { randomBytes } from 'node:crypto'
import { makeDevice } from '../device.ts'
import { waitForHeld } from '../files.ts'
import { joinByApi, seeMembers, startByApi } from '../fixtures.ts'
import { expect, search, test } from './profile.ts'

const NAME = `lapwing-${randomBytes(8).toString('hex')}`
const WORDS = `sparrowhawk-${randomBytes(8).toString('hex')}`
/** Known to be on the disk, as a sign that the search works. */
const MARKER = `marker-${randomBytes(8).toString('hex')}`

test('[STORE-18] no name, type or line of a file is anywhere in the profile of a device that holds it', async ({ profile }) => {
  const page = await profile.open()
  await page.evaluate(
    async ({ name, words, marker }) => {
      const { addFile, store, takeStock } = storeParts
      const lines = new TextEncoder().encode(`${words}\n`.repeat(60_000))
      const { url } = await addFile(lines, `${name}.txt`, { k: 2, rows: 4 })
      await addFile(new TextEncoder().encode(words), `${name}-small.txt`, { sensitive: true })
      await store.values.save(marker, new Uint8Array(1))
      const text = await (await fetch(url)).text()
      if (!text.startsWith(words)) throw new Error('not readable')
      await takeStock()
    },
    { name: NAME, words: WORDS, marker: MARKER },
  )
  await profile.close()

  expect(await search(profile, [NAME, WORDS, MARKER])).toEqual([MARKER])
})

test('[STORE-18] what a member keeps of a room shows no name, folder, line or word of it', async ({ memberProfile, device }) => {
  const ann = await device('Ann')
  const link = await startByApi(ann)
  const ben = await makeDevice(await memberProfile.launch(), 'Ben', memberProfile.origin)
  await joinByApi(ben, link)
  await seeMembers(ben, 2)
  const id = await ann.page.evaluate(
    async ({ name, words }) => {
      const data = new Blob([`${words}\n`.repeat(100_000)])
      asterism.room.chat.send(`have you seen the ${words}`)
      return (await asterism.room.files.put(data, { name: `${name}.txt`, folder: `in ${name}`, type: `text/${name}` })).id
    },
    { name: NAME, words: WORDS },
  )
  await waitForHeld(ben, id)
  const text = await ben.page.evaluate(async (id) => (await fetch(asterism.room.files.url(id as never) as string)).text(), id)
  expect(text.startsWith(WORDS)).toBe(true)
  await ben.page.waitForFunction(() => asterism.room.chat.messages.length === 1)
  const room = await ben.page.evaluate(() => asterism.room.id)
  await ben.page.evaluate(() => asterism.room.leave())
  await memberProfile.close()

  // The room's id is public, and in the keys of the database: a sign that the search works.
  expect(await search(memberProfile, [NAME, WORDS, room])).toEqual([room])
})
