/** How often a camera is read, by who looks; and that it is free when it is off. */
import type { TabId } from '../../../src/protocol/ids.ts'
import { CALL_ONLY, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall, seeMoving, tabOf } from './in-call.ts'

test.use(CALL_ONLY)

declare global {
  var copies: MediaStreamTrack[]
}

test('[MEDIAWORKER-43] a camera gives what is taken of it, to others and no less here, and is free when it is off or the room is left', async ({
  device,
}) => {
  const all = [await device('Ann'), await device('Ben')] as const
  const [ann, ben] = all
  await joinByApi(ben, await startByApi(ann))
  await Promise.all(all.map((one) => seeMembers(one, 2)))
  await ann.page.evaluate(() => {
    const copies: MediaStreamTrack[] = []
    const clone = MediaStreamTrack.prototype.clone
    MediaStreamTrack.prototype.clone = function () {
      const copy = clone.call(this)
      copies.push(copy)
      return copy
    }
    globalThis.copies = copies
  })
  for (const one of all) await joinCall(one)
  const rates = () =>
    ann.page.evaluate(() => copies.filter(({ readyState }) => readyState === 'live').map((copy) => copy.getSettings().frameRate))
  const isAnnSeen = (heightPx: number | undefined, tab: TabId) =>
    ben.page.evaluate(
      ({ tab, heightPx }) => asterism.room.call.setVisible(heightPx === undefined ? [] : [{ tab, view: 'camera', heightPx }]),
      { tab, heightPx },
    )
  await seeMoving(ben, 1)
  const ofDevice = () => ann.page.evaluate(() => asterism.room.call.self.cameraTrack?.getSettings().frameRate)
  const whole = await ofDevice()
  await expect.poll(rates).toEqual([whole])
  const tab = await tabOf(ann)
  await isAnnSeen(undefined, tab)
  await expect.poll(rates).toEqual([7.5])
  expect(await ofDevice()).toBe(whole)
  await isAnnSeen(360, tab)
  await seeMoving(ben, 1)
  await expect.poll(rates).toEqual([whole])

  await ann.page.evaluate(() => asterism.room.call.setCamera(false))
  await expect.poll(rates).toEqual([])
  await ann.page.evaluate(() => asterism.room.call.setCamera(true))
  await seeMoving(ben, 1)
  expect(await rates()).toHaveLength(1)
  await ann.page.evaluate(() => asterism.room.leave())
  await expect.poll(rates).toEqual([])
})
