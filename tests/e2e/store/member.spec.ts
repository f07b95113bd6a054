/** A member comes back with a profile that rotted while it was away. What it says of itself is what it has, and it heals. */
import { rm } from 'node:fs/promises'
import { type Device, makeDevice } from '../device.ts'
import { hashOfFile, putRandomFile, waitForHeld } from '../files.ts'
import { joinByApi, seeMembers, startByApi } from '../fixtures.ts'
import { cutShort, expect, flipByte, type Profile, test } from './profile.ts'

const MIB = 1024 * 1024

/** Ways in which a disk fails; each gives how it was done, for the report. */
const HARMS: Readonly<Record<string, (profile: Profile) => Promise<void>>> = {
  'one byte of each file of blocks flipped': async (profile) => {
    for (const path of await profile.files('blob')) await flipByte(path, 11)
  },
  'all files of blocks deleted': async (profile) => {
    for (const path of await profile.files('blob')) await rm(path)
  },
  'the end of the log lost': async (profile) => {
    await cutShort((await profile.files('log')).at(-1) as string, 0.6)
  },
  'a byte of the log flipped': async (profile) => {
    await flipByte((await profile.files('log')).at(-1) as string, 400)
  },
}

async function ownShare({ page }: Device, id: string): Promise<string> {
  return page.evaluate((id) => {
    const file = asterism.room.files.list().find((one) => one.id === id)
    if (file === undefined) return 'unknown'
    return `${file.state.kind}, ${file.copies.find((copy) => copy.isMyDevice)?.share ?? 'none'}`
  }, id)
}

/** Fragments on the disk whose bytes are those of their id, as the disk has them and not as the app tells. */
async function soundBlocks({ page }: Device): Promise<number> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    /** The end of a CID in base32 is the end of its digest. */
    const endOf = (digest: Uint8Array) => {
      const bits = [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('')
      // 36 bytes of CID are 288 bits: 57 letters and 3 bits, so the last letter has two zeros behind.
      const letters = `${bits.slice(-253)}00`.match(/.{5}/g) ?? []
      return letters.map((letter) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(letter, 2)]).join('')
    }
    const db = await done(indexedDB.open('asterism'))
    try {
      const keys = (await done(db.transaction('fragment').objectStore('fragment').getAllKeys())) as string[]
      let sound = 0
      for (const key of keys) {
        // It may have been dropped since the names were read.
        const data: Blob | undefined = await done(db.transaction('fragment').objectStore('fragment').get(key))
        const bytes = await data?.arrayBuffer().catch(() => undefined)
        if (bytes === undefined) continue
        if (key.endsWith(endOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))))) sound++
      }
      return sound
    } finally {
      db.close()
    }
  })
}

for (const [name, harm] of Object.entries(HARMS)) {
  test(`[STORE-12] a member whose profile rotted says what it still has, and has it all again: ${name}`, async ({
    memberProfile,
    device,
  }) => {
    const ann = await device('Ann')
    const link = await startByApi(ann)
    let ben = await makeDevice(await memberProfile.launch(), 'Ben', memberProfile.origin)
    await joinByApi(ben, link)
    await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
    const { id, hash } = await putRandomFile(ann, 'dear.bin', 6 * MIB)
    await waitForHeld(ben, id)
    // Longer than it takes the store to note how far it has come, and the room to be written down.
    await ben.page.waitForTimeout(3_000)
    await memberProfile.close()
    await harm(memberProfile)

    ben = await makeDevice(await memberProfile.launch(), 'Ben', memberProfile.origin)
    await joinByApi(ben, link)
    // Nobody opens the file: the device finds out by itself.
    await expect.poll(() => soundBlocks(ben), { timeout: 45_000 }).toBe(6)
    await expect.poll(() => ownShare(ben, id)).toBe('held, whole')
    await ann.close()
    expect(await hashOfFile(ben, id)).toBe(hash)
  })
}

test('[STORE-12] with nobody here to give it again, a member says that it lacks what its disk lost', async ({ memberProfile, device }) => {
  const ann = await device('Ann')
  const link = await startByApi(ann)
  let ben = await makeDevice(await memberProfile.launch(), 'Ben', memberProfile.origin)
  await joinByApi(ben, link)
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const { id } = await putRandomFile(ann, 'dear.bin', 6 * MIB)
  await waitForHeld(ben, id)
  await ben.page.waitForTimeout(3_000)
  await memberProfile.close()
  await ann.page.evaluate(() => asterism.room.leave())
  for (const path of await memberProfile.files('blob')) await rm(path)

  ben = await makeDevice(await memberProfile.launch(), 'Ben', memberProfile.origin)
  await joinByApi(ben, link)
  await expect.poll(() => ownShare(ben, id), { timeout: 45_000 }).not.toContain('whole')
  expect(await ownShare(ben, id)).not.toContain('held')
})
