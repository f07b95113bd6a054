/** What somebody finds who takes the disk away: every file of the profile is searched for what must not be there. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from './profile.ts'

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

  const found: string[] = []
  let hasMarker = false
  for (const path of await profile.all()) {
    const bytes = await readFile(path)
    for (const secret of [NAME, WORDS]) {
      if (bytes.includes(secret) || bytes.includes(Buffer.from(secret, 'utf16le'))) found.push(`${path}: ${secret}`)
    }
    hasMarker ||= bytes.includes(MARKER) || bytes.includes(Buffer.from(MARKER, 'utf16le')) || bytes.includes(utf16be(MARKER))
  }
  expect(found).toEqual([])
  expect(hasMarker).toBe(true)
})

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}
