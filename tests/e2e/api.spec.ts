/** What a script can count on that holds `globalThis.asterism`. */
import { expect, joinByApi, seeMembers, startByApi, test } from './fixtures.ts'

test('[API-1] joining the room one is in gives that room', async ({ device }) => {
  const ann = await device('Ann')
  const link = await startByApi(ann)
  const isSame = await ann.page.evaluate(async (link) => {
    const before = asterism.room
    return (await asterism.join(link, { name: 'Anna' })) === before
  }, link)
  expect([isSame, await ann.page.evaluate(() => asterism.room?.me.name)]).toEqual([true, 'Anna'])
})

test('[API-2] entering another room leaves the first', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const first = await ben.page.evaluateHandle(() => asterism.room)
  await startByApi(ben)
  expect(await first.evaluate((room) => room?.status.left)).toBe(true)
  await ann.page.waitForFunction(() => asterism.room?.members.length === 1, undefined, { timeout: 10_000 })
})
