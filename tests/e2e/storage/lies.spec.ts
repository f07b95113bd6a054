/**
 * A member may write anything into the room's shared document. What is not signed by the device it names does not count,
 * and what is signed but does not add up cannot be read: nobody's files suffer by it.
 */
import type { DeviceId, FileId, RoomId } from '../../../src/protocol/ids.ts'
import { toFileId } from '../../../src/protocol/ids.ts'
import { holdingClaim, holdingKey, planClaim } from '../../../src/protocol/object.ts'
import { type FileRecord, fileClaim } from '../../../src/protocol/room-state.ts'
import { writeValue } from '../device-store.ts'
import { knowFile, putRandomFile, readFile } from '../files.ts'
import { expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { randomBlock, sealRoom, strangeDevice } from '../room-of-many.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
/** Sync and the checking of signatures take a moment; nothing may have changed by then. */
const SETTLED_MS = 3_000

/** Everything Eve's disk says of the room: names Ann's device as the author, and cannot sign for it. */
async function forge(room: RoomId, ann: DeviceId, honest: { readonly id: FileId; readonly bytes: number }) {
  const eve = await strangeDevice()
  const nobody = new Uint8Array(64)
  const object = randomBlock()
  const base = { root: randomBlock(), object, offset: 0, folder: '', type: '', addedAtMs: Date.now() }
  const sign = async (file: Omit<FileRecord, 'signature'>): Promise<FileRecord> => ({
    ...file,
    signature: await eve.sign(fileClaim(room, file)),
  })
  const newId = () => toFileId(crypto.getRandomValues(new Uint8Array(16)))
  const inAnnsName = await sign({ ...base, id: newId(), name: 'not by Ann.txt', bytes: 10, addedBy: ann })
  const unsigned = { ...base, id: newId(), name: 'by nobody.txt', bytes: 10, addedBy: eve.id, signature: nobody }
  const overHers = await sign({ ...base, id: honest.id, name: 'dear.bin', bytes: honest.bytes, addedBy: ann })
  const lying = await sign({ ...base, id: newId(), name: 'endless.bin', bytes: 4 * GIB, addedBy: eve.id })
  const plan = {
    object,
    profile: 'raid0',
    k: 1,
    rows: 1,
    bytes: 1,
    slots: [{ row: 0, device: eve.id }],
    sequence: 999,
    by: ann,
    atMs: Date.now(),
  }
  const holding = { object, device: ann, rows: [], marked: [], holes: [], checkedAtMs: Date.now(), sequence: 999 }
  return {
    files: [inAnnsName, unsigned, overHers, lying],
    plan: { ...plan, signature: await eve.sign(planClaim(room, plan)) },
    holding: { ...holding, signature: await eve.sign(holdingClaim(room, holding)) },
    lying,
  }
}

test('[TRIAL-23] forged files, plans and holdings change nothing, and a lying size is refused when it is read', async ({ device }) => {
  const [ann, ben, eve] = [await device('Ann'), await device('Ben'), await device('Eve')]
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  const honest = await putRandomFile(ann, 'dear.bin', 2 * MIB, { profile: 'raid1(2)', until: 'spread' })
  const annsDevice = await ann.page.evaluate(() => asterism.room.me.device)
  const before = await ann.page.evaluate((id) => asterism.room.files.stat(id).copies.length, honest.id)

  let lying: FileId | undefined
  const { key, value } = await sealRoom(link, async (room) => {
    const forged = await forge(room, annsDevice, { id: honest.id, bytes: 2 * MIB })
    lying = forged.lying.id
    return (state) => {
      state.files.setMany(new Map(forged.files.map((file) => [file.id, file])))
      state.plans.setMany(new Map([[forged.plan.object, forged.plan]]))
      state.holdings.setMany(new Map([[holdingKey(forged.holding.object, annsDevice), forged.holding]]))
    }
  })
  await joinByApi(eve, link)
  await eve.page.evaluate(() => asterism.room.leave())
  await writeValue(eve.page, key, value)
  await eve.page.reload()
  await joinByApi(eve, link)
  await Promise.all([ann, ben, eve].map((one) => seeMembers(one, 3)))
  await knowFile(ben, lying as FileId)
  await ben.page.waitForTimeout(SETTLED_MS)

  for (const one of [ann, ben]) {
    expect(
      await one.page.evaluate(() =>
        asterism.room.files
          .list()
          .map(({ name }) => name)
          .sort(),
      ),
    ).toEqual(['dear.bin', 'endless.bin'])
    expect(await readFile(one, honest.id)).toMatchObject({ hash: honest.hash, code: undefined })
  }
  expect(await ann.page.evaluate((id) => asterism.room.files.stat(id).copies.length, honest.id)).toBeGreaterThanOrEqual(before)
  const refused = await readFile(ben, lying as FileId, 5_000)
  expect({ bytes: refused.bytes, hasFailed: refused.code !== undefined }).toEqual({ bytes: 0, hasFailed: true })
})
