/** Cameras and microphones that go away in the middle of a call. */
import { ERROR_SENTENCES } from '../../../src/protocol/errors.ts'
import { findChromium } from '../../find-browser.ts'
import { CHROMIUM_FLAGS } from '../chromium-flags.ts'
import { type Device, makeDevice } from '../device.ts'
import { CALL_ONLY, expect, joinByApi, openRoom, test } from '../fixtures.ts'
import { joinCall, seeMoving, tabOf } from '../meeting/in-call.ts'
import { withPlugs } from './plugs.ts'

test.use(CALL_ONLY)

const BOTH = { microphone: true, camera: true }
const LOST = ERROR_SENTENCES['device-lost']

/** Copying the link has allowed that alone. */
function allow({ context }: Device, origin: string): Promise<void> {
  return context.grantPermissions(['camera', 'microphone'], { origin })
}

function devicesOf({ page }: Device) {
  return page.evaluate(() => [asterism.room.call.self.camera.kind, asterism.room.call.self.microphone.kind])
}

function microphoneSaid(by: Device, of: string): Promise<boolean | undefined> {
  return by.page.evaluate((tab) => asterism.room.members.find((one) => one.tab === tab)?.microphone, of)
}

test('[CALL-21] unplugged devices read so and go on by themselves when they are back, muted ones muted', async ({ device, relay }) => {
  const ann = await device('Ann', withPlugs)
  const ben = await device('Ben')
  await joinByApi(ben, await openRoom(ann))
  await allow(ann, relay.origin)
  for (const one of [ann, ben]) await joinCall(one, BOTH)
  await seeMoving(ben, 1)
  const { page } = ann
  const trouble = page.getByRole('alert')

  await page.evaluate(() => plugs.pull('video'))
  await expect(trouble).toContainText(LOST)
  await expect.poll(() => ben.page.evaluate(() => asterism.room.call.remote[0]?.camera)).toBeUndefined()
  expect(await devicesOf(ann)).toEqual(['failed', 'on'])
  await page.evaluate(() => plugs.putBack())
  await expect(trouble).toBeHidden()
  await seeMoving(ben, 1)

  // Another microphone is there; who was muted is not heard by it.
  const tab = await tabOf(ann)
  await page.evaluate(() => asterism.room.call.setMicrophone(false))
  await page.evaluate(() => plugs.pull('audio'))
  await expect(page.getByText(ERROR_SENTENCES['device-replaced'])).toBeVisible()
  await expect.poll(() => devicesOf(ann)).toEqual(['on', 'off'])
  expect(await microphoneSaid(ben, tab)).toBe(false)
  await page.evaluate(() => asterism.room.call.setMicrophone(true))
  await expect.poll(() => microphoneSaid(ben, tab)).toBe(true)

  // The last one, and a press that is newer than the wish for it.
  await page.evaluate(() => plugs.pull('audio', true))
  await expect(trouble).toContainText(LOST)
  await page.evaluate(() => asterism.room.call.setMicrophone(false))
  await page.evaluate(() => plugs.putBack())
  await page.waitForTimeout(500)
  expect(await devicesOf(ann)).toEqual(['on', 'off'])
})

test('[CALL-22] a permission taken back reads as that, and given again camera and microphone go on', async ({
  playwright,
  relay,
  device,
}) => {
  const args = CHROMIUM_FLAGS.filter((flag) => flag !== '--use-fake-ui-for-media-stream')
  const strict = await playwright.chromium.launch({ executablePath: findChromium(), args })
  try {
    const context = await strict.newContext()
    const ann = await makeDevice(context, 'Ann', relay.origin)
    const ben = await device('Ben')
    await joinByApi(ben, await openRoom(ann))
    await allow(ann, relay.origin)
    for (const one of [ann, ben]) await joinCall(one, BOTH)
    await seeMoving(ben, 1)
    const browser = await strict.newBrowserCDPSession()
    const { targetInfo } = await (await context.newCDPSession(ann.page)).send('Target.getTargetInfo')
    const say = async (setting: 'denied' | 'granted') => {
      for (const name of ['camera', 'microphone']) {
        const { browserContextId } = targetInfo
        await browser.send('Browser.setPermission', { permission: { name }, setting, origin: relay.origin, browserContextId })
      }
    }
    await say('denied')
    await expect(ann.page.getByRole('alert')).toContainText(ERROR_SENTENCES['device-denied'])
    await expect.poll(() => devicesOf(ann)).toEqual(['failed', 'failed'])
    await say('granted')
    await expect.poll(() => devicesOf(ann)).toEqual(['on', 'on'])
    await expect(ann.page.getByRole('alert')).toBeHidden()
    await seeMoving(ben, 1)
    expect(ann.errors).toEqual([])
  } finally {
    await strict.close()
  }
})
