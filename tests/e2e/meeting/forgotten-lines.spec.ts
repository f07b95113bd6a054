/** An engine that forgets to tell the media worker of lines, as Chromium does of about one in 500. */
import { CALL_ONLY, type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { beforeMediaWorker } from './before-worker.ts'
import { countFrames, heardEnergy, joinCall, seeMoving, tabOf } from './in-call.ts'

test.use(CALL_ONLY)

type Carrier = 'channel' | 'pipe' | 'track'

/** By which carriers this tab sent, one after another. */
async function noteCarriers({ page }: Device): Promise<() => Promise<readonly Carrier[]>> {
  const noted = await page.evaluateHandle(() => {
    const carriers: Carrier[] = []
    setInterval(() => {
      const carrier = asterism.room.call.stats?.hops[0]?.carrier
      if (carrier !== undefined && carrier !== carriers.at(-1)) carriers.push(carrier)
    }, 100)
    return carriers
  })
  return () => noted.evaluate((carriers) => carriers)
}

async function forgottenBy({ page }: Device): Promise<readonly string[]> {
  const worker = page.workers().find((one) => one.url().includes('media.worker'))
  return (await worker?.evaluate(() => (globalThis as unknown as { readonly forgotten: readonly string[] }).forgotten)) ?? []
}

test('[MEETING-11] lines of which the engine told nobody are attached or made anew: picture and voice come all the same', async ({
  device,
}) => {
  const forget = (context: Parameters<typeof beforeMediaWorker>[0]) =>
    beforeMediaWorker(context, new URL('./forgetful-worker.ts', import.meta.url))
  const all = [await device('Ann', forget), await device('Ben', forget)] as const
  const [ann, ben] = all
  await joinByApi(ben, await startByApi(ann))
  await Promise.all(all.map((one) => seeMembers(one, 2)))
  for (const one of all) await joinCall(one)
  const carriers = await noteCarriers(ann)
  const voiceOf = async (by: Device, source: Device) => (await heardEnergy(by))[await tabOf(source)] ?? 0
  for (const [by, source] of [all, [ben, ann] as const]) {
    await expect.poll(() => voiceOf(by, source), { timeout: 20_000 }).toBeGreaterThan(0.01)
  }

  // Nothing of the first pipe ever comes, so it is left; and the one after it carries.
  await expect.poll(carriers, { timeout: 40_000 }).toEqual(['channel', 'pipe', 'channel', 'pipe'])
  await ann.page.waitForTimeout(5_000)
  expect(await carriers()).toHaveLength(4)
  await seeMoving(ben, 1)
  expect(Object.values(await countFrames(ben))[0]).toBeGreaterThan(10)
  for (const one of all) expect(new Set(await forgottenBy(one))).toEqual(new Set(['test', 'voice', 'pipe']))
  expect([...ann.errors, ...ben.errors]).toEqual([])
})
