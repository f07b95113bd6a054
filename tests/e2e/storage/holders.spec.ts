/** Holders that lie, dawdle or die while somebody reads from them: the reader gets the right bytes from others, or none. */

import { knowFile, putRandomFile, readFile } from '../files.ts'
import { type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { prepareHarm, setHarm } from './hostile-wire.ts'

const MIB = 1024 * 1024
/** A holder that says nothing costs a reader this much, and not its patience. */
const SOON_MS = 10_000

/** They come in one after the other; then all see all. */
async function meet(devices: readonly Device[], link?: string): Promise<string> {
  const [first, ...others] = devices as readonly [Device, ...Device[]]
  const room = link ?? (await startByApi(first))
  for (const one of link === undefined ? others : devices) await joinByApi(one, room)
  return room
}

async function seeAll(devices: readonly Device[]): Promise<void> {
  await Promise.all(devices.map((one) => seeMembers(one, devices.length)))
}

test('[TRIAL-20] a holder whose bytes are wrong is found out: the reader gets them from another, and no wrong byte', async ({ device }) => {
  const [ann, eve, ben] = [await device('Ann'), await device('Eve', prepareHarm), await device('Ben')]
  const link = await meet([ann, eve])
  await seeAll([ann, eve])
  const shared = await putRandomFile(ann, 'shared.bin', 8 * MIB, { profile: 'raid1(2)', until: 'spread' })
  const hers = await putRandomFile(eve, 'hers.bin', 3 * MIB, { profile: 'raid1(1)' })
  await setHarm(eve.page, 'flip')
  await meet([ben], link)
  await seeAll([ann, eve, ben])
  await Promise.all([shared, hers].map(({ id }) => knowFile(ben, id)))

  expect(await readFile(ben, shared.id)).toMatchObject({ hash: shared.hash, bytes: 8 * MIB, code: undefined })
  expect(await eve.page.evaluate(() => globalThis.harmed)).toBeGreaterThan(0)
  expect(await ben.page.evaluate(() => asterism.room.notices.map(({ code }) => code))).toContain('block-mismatch')

  const refused = await readFile(ben, hers.id, 6_000)
  expect({ bytes: refused.bytes, hasFailed: refused.code !== undefined }).toEqual({ bytes: 0, hasFailed: true })
  await setHarm(eve.page, 'none')
})

for (const harm of ['hold', 'drop'] as const) {
  test(`[TRIAL-21] a holder that answers ${harm === 'hold' ? 'slowly' : 'never'} does not hold up a reader`, async ({ device }) => {
    const [ann, eve, ben] = [await device('Ann'), await device('Eve', prepareHarm), await device('Ben')]
    const link = await meet([ann, eve])
    await seeAll([ann, eve])
    const { id, hash } = await putRandomFile(ann, 'dear.bin', 8 * MIB, { profile: 'raid1(2)', until: 'spread' })
    await setHarm(eve.page, harm)
    await meet([ben], link)
    await seeAll([ann, eve, ben])
    await knowFile(ben, id)

    const reading = await readFile(ben, id)
    expect(reading).toMatchObject({ hash, code: undefined })
    expect(reading.ms).toBeLessThan(SOON_MS)
    expect(await eve.page.evaluate(() => globalThis.harmed)).toBeGreaterThan(0)
  })
}

test('[TRIAL-22] three of five devices killed in the middle of a read: the rest of the file comes from the fourth', async ({ device }) => {
  const holders: Device[] = []
  for (const name of ['Ann', 'Bob', 'Cid', 'Dan']) holders.push(await device(name))
  const link = await meet(holders)
  await seeAll(holders)
  const { id, hash } = await putRandomFile(holders[0] as Device, 'dear.bin', 24 * MIB, { profile: 'raid1(4)', until: 'spread' })
  const eva = await device('Eva')
  await meet([eva], link)
  await seeAll([...holders, eva])
  await knowFile(eva, id)

  const read = eva.page.evaluate(async (id) => {
    const parts: Uint8Array<ArrayBuffer>[] = []
    for await (const part of asterism.room.files.get(id)) {
      parts.push(new Uint8Array(part))
      if (parts.length === 1) document.title = 'reading'
    }
    const whole = await new Blob(parts).arrayBuffer()
    return new Uint8Array(await crypto.subtle.digest('SHA-256', whole)).toHex()
  }, id)
  await expect(eva.page).toHaveTitle('reading')
  await Promise.all(holders.slice(0, 3).map(crash))
  expect(await read).toBe(hash)
})

async function crash({ page }: Device): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // The answer never comes from a page that is no more.
  session.send('Page.crash').catch(() => {})
  await crashed
}
