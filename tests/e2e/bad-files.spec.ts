/** Full disks, worn disks and odd files: each ends in a sentence that says what to do, and nothing is lost. */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { ERROR_SENTENCES } from '../../src/protocol/errors.ts'
import { CHUNK_BYTES } from '../../src/protocol/limits.ts'
import { countBlocks, rotOneLeaf, smallDisk } from './device-store.ts'
import { hashOfFile, putRandomFile, waitForHeld } from './files.ts'
import { type Device, expect, joinByApi, joinRoom, openRoom, seeMembers, startByApi, test } from './fixtures.ts'

const MIB = 1024 * 1024

test('[TRIAL-14] a disk that fills up while a file is added refuses it, keeps all it had and nothing of the new one', async ({
  device,
  relay,
}, testInfo) => {
  const ann = await device('Ann', smallDisk(relay.origin, 20 * MIB).prepare)
  await openRoom(ann)
  const { id, hash } = await putRandomFile(ann, 'first.bin', 4 * MIB)
  const before = await countBlocks(ann)
  expect(before).toBe(4)
  const path = testInfo.outputPath('large.bin')
  await writeFile(path, randomBytes(40 * MIB))
  await ann.page.locator('input[type=file]').first().setInputFiles(path)

  await expect(ann.page.getByRole('alert')).toContainText(`large.bin was not added. ${ERROR_SENTENCES['quota-exceeded']}`)
  await expect.poll(() => countBlocks(ann)).toBe(before)
  expect(await ann.page.evaluate(() => asterism.room.files.list().map((file) => file.id))).toEqual([id])
  expect(await hashOfFile(ann, id)).toBe(hash)
})

test('[TRIAL-15] a receiver short of disk says so on that file, loses nothing, and goes on when there is space', async ({
  device,
  relay,
}) => {
  const disk = smallDisk(relay.origin, 12 * MIB)
  const [ann, ben, cid] = [await device('Ann'), await device('Ben', disk.prepare), await device('Cid')]
  const link = await startByApi(ann)
  await joinRoom(ben, link)
  await joinByApi(cid, link)
  await Promise.all([ann, ben, cid].map((one) => seeMembers(one, 3)))
  const small = await putRandomFile(ann, 'small.bin', 2 * MIB)
  await Promise.all([ben, cid].map((one) => waitForHeld(one, small.id)))

  const large = await putRandomFile(ann, 'large.bin', 24 * MIB)
  await waitForHeld(cid, large.id)
  const row = ben.page.getByRole('listitem').filter({ hasText: 'large.bin' })
  await expect(row).toContainText(ERROR_SENTENCES['quota-exceeded'])
  expect((await stateOf(ben, large.id)).code).toBe('quota-exceeded')
  expect(await hashOfFile(ben, small.id)).toBe(small.hash)
  expect(await copiesOf(ann, large.id)).toBe(2)

  await disk.lift()
  await row.getByRole('button', { name: 'Try again' }).click()
  await waitForHeld(ben, large.id)
  expect(await hashOfFile(ben, large.id)).toBe(large.hash)
})

test('[TRIAL-16] an empty file and files with tricks in their names arrive, and show as letters', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinRoom(ben, await startByApi(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const names = ['nothing.txt', 'invoice\u202egpj.exe', '<img src=x onerror="globalThis.isPwned=1">.html', `${'long '.repeat(60)}.pdf`]
  const ids = await ann.page.evaluate(async (names) => {
    const added = []
    for (const name of names) added.push(await asterism.room.files.put(new Blob(name.startsWith('nothing') ? [] : [name]), { name }))
    return added.map(({ id }) => id)
  }, names)
  for (const id of ids) await waitForHeld(ben, id)

  const seen = await ben.page.evaluate(() => asterism.room.files.list().map(({ name }) => name))
  expect(seen.slice(0, 3)).toEqual(['nothing.txt', 'invoicegpj.exe', '_img src=x onerror=_globalThis.isPwned=1__.html'])
  expect({ letters: seen[3]?.length, end: seen[3]?.slice(-4) }).toEqual({ letters: 255, end: '.pdf' })
  for (const name of seen) await expect(ben.page.getByText(name, { exact: true })).toBeVisible()
  const empty = await ben.page.evaluate(async (id) => {
    const response = await fetch(asterism.room.files.url(id as never) as string)
    return { status: response.status, bytes: (await response.arrayBuffer()).byteLength }
  }, ids[0])
  expect(empty).toEqual({ status: 200, bytes: 0 })
  expect(await ben.page.evaluate(() => 'isPwned' in globalThis)).toBe(false)
})

test('[TRIAL-17] a block that rotted on the disk is noticed when read, fetched again, and said', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinRoom(ben, await startByApi(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const { id, hash } = await putRandomFile(ann, 'dear.bin', 3 * MIB)
  await waitForHeld(ben, id)

  await rotOneLeaf(ben, CHUNK_BYTES)
  expect(await hashOfFile(ben, id)).toBe(hash)
  await expect(ben.page.getByText(ERROR_SENTENCES['block-mismatch'])).toBeVisible()

  await ben.page.getByRole('button', { name: 'Dismiss' }).click()
  await rotOneLeaf(ben, CHUNK_BYTES)
  const streamed = await ben.page.evaluate(async (id) => {
    const bytes = await (await fetch(asterism.room.files.url(id as never) as string)).arrayBuffer()
    return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex()
  }, id)
  expect(streamed).toBe(hash)
  await expect(ben.page.getByText(ERROR_SENTENCES['block-mismatch'])).toBeVisible()
})

async function stateOf({ page }: Device, id: string): Promise<{ kind: string; code?: string }> {
  return page.evaluate((id) => asterism.room.files.list().find((one) => one.id === id)?.state ?? { kind: 'unknown' }, id)
}

async function copiesOf({ page }: Device, id: string): Promise<number | undefined> {
  return page.evaluate((id) => asterism.room.files.list().find((one) => one.id === id)?.copies.length, id)
}
