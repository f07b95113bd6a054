/** A device that has more to do than it can takes fewer pictures, and says so; who sends them goes on as before. */
import { CALL_ONLY, type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall, seeMoving } from './in-call.ts'

test.use(CALL_ONLY)

/** Most of the time the thread of its media has something else to do. */
async function keepBusy({ page }: Device): Promise<void> {
  const worker = page.workers().find((one) => one.url().includes('media.worker'))
  await worker?.evaluate(() => {
    setInterval(() => {
      const untilMs = performance.now() + 170
      while (performance.now() < untilMs);
    }, 200)
  })
}

const picturesASecond = ({ page }: Device) =>
  page.evaluate(() =>
    Math.max(0, ...(asterism.room.call.stats?.streams ?? []).filter(({ layer }) => layer === 'main').map(({ fps }) => fps)),
  )

test('[MEDIAWORKER-36] a device with too much to do takes a part of the pictures, and others see its own as before', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  for (const one of [ann, ben]) await joinCall(one)
  await Promise.all([ann, ben].map((one) => seeMoving(one, 1)))
  await expect.poll(() => picturesASecond(ann)).toBeGreaterThan(14)

  await keepBusy(ann)
  await expect.poll(() => ann.page.evaluate(() => asterism.room.call.stats?.strain?.halvings)).toBeGreaterThan(0)
  await expect.poll(() => picturesASecond(ann)).toBeLessThan(14)
  expect(await picturesASecond(ann)).toBeGreaterThan(2)
  expect(await ann.page.evaluate(() => asterism.room.call.stats?.strain?.lateMs)).toBeGreaterThan(60)
  await seeMoving(ann, 1)
  expect(await ben.page.evaluate(() => asterism.room.call.stats?.strain?.halvings)).toBe(0)
  expect([...ann.errors, ...ben.errors]).toEqual([])
})
