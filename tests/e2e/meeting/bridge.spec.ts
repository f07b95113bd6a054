/** A meeting in which two have no way to each other. */
import { CALL_ONLY, type Device, expect, joinByApi, startByApi, test } from '../fixtures.ts'
import { heardEnergy, joinCall, seeMoving, tabOf } from './in-call.ts'
import { withoutLink } from './without-link.ts'

test.use(CALL_ONLY)

/** How one gets another. */
async function wayFrom({ page }: Device, source: Device) {
  const tab = await tabOf(source)
  return page.evaluate((tab) => {
    const media = asterism.room.call.remote.find((one) => one.tab === tab)
    return { seal: media?.seal, through: media?.through, camera: media?.camera !== undefined, microphone: media?.microphone !== undefined }
  }, tab)
}

test('[MEETING-7] two without a link see and hear each other through a third, sealed, and again when that one comes back', async ({
  device,
}) => {
  test.setTimeout(150_000)
  const ann = await device('Ann', withoutLink('Ann', 'Cleo'))
  const ben = await device('Ben')
  const cleo = await device('Cleo', withoutLink('Cleo', 'Ann'))
  const link = await startByApi(ann)
  for (const other of [ben, cleo]) await joinByApi(other, link)
  for (const { page } of [ann, ben, cleo]) await page.waitForFunction(() => asterism.room?.members.length === 3)
  for (const one of [ann, ben, cleo]) await joinCall(one)
  await Promise.all([ann, ben, cleo].map((one) => seeMoving(one, 2)))
  const through = await tabOf(ben)
  const isHeard = async (by: Device, source: Device) => ((await heardEnergy(by))[await tabOf(source)] ?? 0) > 0.01
  for (const [one, other] of [
    [ann, cleo],
    [cleo, ann],
  ] as const) {
    expect(await wayFrom(one, other)).toEqual({ seal: 'sealed', through, camera: true, microphone: true })
    await expect.poll(() => isHeard(one, other), { timeout: 20_000 }).toBe(true)
  }

  await ben.page.evaluate(() => asterism.room.call.leave())
  await expect.poll(async () => (await wayFrom(ann, cleo)).camera, { timeout: 20_000 }).toBe(false)
  await joinCall(ben)
  await Promise.all([ann, ben, cleo].map((one) => seeMoving(one, 2)))
  await expect.poll(() => isHeard(ann, cleo), { timeout: 20_000 }).toBe(true)
})
