/** What is done to sound and picture, as it comes to another device: a voice in a noisy room, and a person before a wall of books. */
import { Buffer } from 'node:buffer'
import type { EffectsWish } from '../../../src/ports/asterism.ts'
import { findChromium } from '../../find-browser.ts'
import { CHROMIUM_FLAGS } from '../chromium-flags.ts'
import { CALL_ONLY, type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall, seeMoving } from '../meeting/in-call.ts'
import { listenBelow } from '../session/ears.ts'
import { talkingHeadFlags } from '../talking-head.ts'
import { isNear, keep, pngOf } from './chosen-picture.ts'
import { hearMyself, hearOther, loadedForEffects, lookAt, noisyRoom, untilSettled } from './noisy-room.ts'

test.use(CALL_ONLY)

test.use({ launchOptions: { executablePath: findChromium(), args: [...CHROMIUM_FLAGS, ...(await talkingHeadFlags())] } })

const ALL = { microphone: true, camera: true }
const VIOLET = [150, 40, 200] as const
const NONE = { microphone: false, camera: false }

async function wish({ page }: Device, change: Partial<EffectsWish>): Promise<void> {
  await page.evaluate((change) => asterism.room.call.setEffects(change), change)
}

test('[EFFECTS-1][EFFECTS-9][EFFECTS-11] noise goes, the voice stays, and switching describes no connection anew', async ({ device }) => {
  const [ann, ben] = [await device('Ann', noisyRoom), await device('Ben', noisyRoom)]
  await joinByApi(ben, await startByApi(ann))
  await seeMembers(ann, 2)
  await joinCall(ann, { microphone: true, camera: false })
  await joinCall(ben, NONE)
  await expect.poll(async () => (await hearOther(ben)).voice, { timeout: 20_000 }).toBeGreaterThan(-40)
  const noisy = await hearOther(ben)
  const rounds = await ben.page.evaluate(() => ears.rounds)

  await wish(ann, { noise: 'on' })
  await untilSettled(ann, 'on', 'off')
  // What is in flight is heard first.
  await hearOther(ben)
  const clean = await hearOther(ben)
  expect(clean.voice - clean.rest - (noisy.voice - noisy.rest)).toBeGreaterThan(8)
  expect(Math.abs(clean.voice - noisy.voice)).toBeLessThan(6)
  expect(await ann.page.evaluate(() => browserFilters)).toEqual([true, false])

  await ann.page.evaluate(() => asterism.room.call.setMicrophone(false))
  await expect.poll(async () => (await hearOther(ben)).voice).toBeLessThan(-70)
  await ann.page.evaluate(() => asterism.room.call.setMicrophone(true))
  await expect.poll(async () => (await hearOther(ben)).voice).toBeGreaterThan(-40)

  await wish(ann, { noise: 'off' })
  await expect.poll(async () => (await hearOther(ben)).rest, { timeout: 20_000 }).toBeGreaterThan(noisy.rest - 4)
  expect(await ben.page.evaluate(() => ears.rounds)).toBe(rounds)
  expect(await ann.page.evaluate(() => browserFilters)).toEqual([true, false, true])
})

test('[EFFECTS-3][EFFECTS-7][EFFECTS-8] the wall is blurred for others, and stays so behind a camera switched off and a page loaded again', async ({
  device,
}) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  await seeMembers(ann, 2)
  await joinCall(ann, { microphone: false, camera: true })
  await joinCall(ben, NONE)
  await seeMoving(ben, 1)
  // The small picture comes first.
  await expect.poll(async () => (await lookAt(ben, 'theirs')).behind, { timeout: 20_000 }).toBeGreaterThan(8)
  const sharp = await lookAt(ben, 'theirs')
  expect(await loadedForEffects(ann)).toEqual([])

  await wish(ann, { background: 'blur' })
  await untilSettled(ann, 'off', 'on')
  await expect.poll(async () => (await lookAt(ben, 'theirs')).behind).toBeLessThan(sharp.behind / 4)
  await expect.poll(async () => (await lookAt(ben, 'theirs')).face).toBeGreaterThan(sharp.face / 2)
  expect((await loadedForEffects(ann)).length).toBeGreaterThan(0)

  await ann.page.evaluate(() => asterism.room.call.setCamera(false))
  await untilSettled(ann, 'off', 'off')
  await ann.page.evaluate(() => asterism.room.call.setCamera(true))
  expect((await lookAt(ann, 'mine')).behind).toBeLessThan(sharp.behind / 4)

  await ann.page.reload()
  await joinByApi(ann, link)
  await ann.page.evaluate((wish) => asterism.room.call.preview(wish), ALL)
  // From the first picture on, long before people are told from the wall.
  expect((await lookAt(ann, 'mine')).behind).toBeLessThan(sharp.behind / 4)
  await untilSettled(ann, 'off', 'on')
  await wish(ann, { background: 'none' })
  await expect.poll(async () => (await lookAt(ann, 'mine')).behind).toBeGreaterThan(sharp.behind / 2)
})

test('[EFFECTS-10] what cannot be loaded is said, and tried again when it is wished anew', async ({ device }) => {
  const ann = await device('Ann', noisyRoom)
  await startByApi(ann)
  await ann.context.route('**/*.wasm', (route) => route.abort())
  await ann.page.evaluate((wish) => asterism.room.call.preview(wish), ALL)
  await wish(ann, { noise: 'on', background: 'blur' })
  await untilSettled(ann, 'failed', 'failed')
  const said = await ann.page.evaluate(() => asterism.room.notices.map(({ code }) => code))
  expect(said).toEqual(['effect-failed'])
  expect((await lookAt(ann, 'mine')).behind).toBeGreaterThan(8)
  await ann.context.unroute('**/*.wasm')
  await wish(ann, { noise: 'off', background: 'none' })
  await wish(ann, { noise: 'on', background: 'blur' })
  await untilSettled(ann, 'on', 'on')
})

test('[EFFECTS-1][EFFECTS-2] a voice comes hardly later, and silence stays silence', async ({ device }) => {
  const ann = await device('Ann', noisyRoom)
  await startByApi(ann)
  await wish(ann, { noise: 'on' })
  await ann.page.evaluate((wish) => asterism.room.call.preview(wish), { microphone: true, camera: false })
  await untilSettled(ann, 'on', 'off')
  const heard = await hearMyself(ann)
  expect(heard.loudness).toBeGreaterThan(0.01)
  expect(heard.laterMs).toBeLessThan(100)
  await ann.page.evaluate(
    async (wish) => {
      roomLoudness = 0
      await asterism.room.call.preview({ microphone: false, camera: false })
      await asterism.room.call.preview(wish)
    },
    { microphone: true, camera: false },
  )
  await untilSettled(ann, 'on', 'off')
  expect((await hearMyself(ann)).loudness).toBeLessThan(0.0001)
})

test('[EFFECTS-13][EFFECTS-14][EFFECTS-15][EFFECTS-16][EFFECTS-17] others see what was chosen behind the person, and a bad file changes nothing', async ({
  device,
}) => {
  const [ann, ben] = [await device('Ann'), await device('Ben', listenBelow)]
  await joinByApi(ben, await startByApi(ann))
  await seeMembers(ann, 2)
  await joinCall(ann, { microphone: false, camera: true })
  await joinCall(ben, NONE)
  await seeMoving(ben, 1)
  await expect.poll(async () => (await lookAt(ben, 'theirs')).behind, { timeout: 20_000 }).toBeGreaterThan(8)
  const [sharp, rounds] = [await lookAt(ben, 'theirs'), await ben.page.evaluate(() => ears.rounds)]

  // Nothing is kept yet.
  await wish(ann, { background: 'own' })
  await untilSettled(ann, 'off', 'on')
  await expect.poll(async () => (await lookAt(ben, 'theirs')).behind).toBeLessThan(sharp.behind / 4)
  await expect.poll(async () => isNear((await lookAt(ben, 'theirs')).colour, sharp.colour)).toBe(true)

  expect(await keep(ann, await pngOf(1_600, 900, VIOLET))).toEqual({ kind: 'kept' })
  await wish(ann, { background: 'own' })
  await expect.poll(async () => isNear((await lookAt(ben, 'theirs')).colour, VIOLET)).toBe(true)
  await expect.poll(async () => (await lookAt(ben, 'theirs')).face).toBeGreaterThan(sharp.face / 2)

  const kept = await ann.page.evaluate(async () => (await asterism.room.call.tools()).ownBackground.address)
  for (const [bytes, reason] of [
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'no-picture'],
    [(await pngOf(64, 64, VIOLET)).subarray(0, 60), 'no-picture'],
    [await pngOf(9_000, 9_000, VIOLET), 'too-large'],
  ] as const)
    expect(await keep(ann, bytes)).toMatchObject({ kind: 'refused', reason, text: expect.stringMatching(/^This .*\.$/) })
  expect(await ann.page.evaluate(async () => (await asterism.room.call.tools()).ownBackground.address)).toBe(kept)
  const size = await ann.page.evaluate(async (address = '') => {
    const image = new Image()
    image.src = address
    await image.decode()
    return [image.naturalWidth, image.naturalHeight]
  }, kept)
  expect(size).toEqual([1_280, 720])

  await wish(ann, { background: 'slate' })
  await expect.poll(async () => isNear((await lookAt(ben, 'theirs')).colour, VIOLET)).toBe(false)
  expect((await ann.page.evaluate(() => asterism.room.call.effects)).states.background.kind).toBe('on')
  expect(await ben.page.evaluate(() => ears.rounds)).toBe(rounds)
  expect([...ann.errors, ...(await ann.page.evaluate(() => asterism.room.notices))]).toEqual([])
})

test('[EFFECTS-12] noise and background are chosen by keyboard alone, and what became of it is said in words', async ({ page, relay }) => {
  await page.goto(`${relay.origin}/#/gallery/effects-failed`)
  const noise = page.getByRole('switch', { name: 'Take out noise' })
  await expect(page.getByText('this device could not keep up with it')).toBeVisible()
  for (let presses = 0; presses < 20 && !(await noise.evaluate((one) => one === document.activeElement)); presses++)
    await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await expect(noise).not.toBeChecked()
  await page.keyboard.press('Tab')
  const behind = (name: string) => page.getByRole('group', { name: 'Behind me' }).getByRole('radio', { name })
  await expect(behind('Blurred')).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(behind('Daylight')).toBeChecked()
  for (let presses = 0; presses < 2; presses++) await page.keyboard.press('ArrowLeft')
  await expect(behind('As it is')).toBeChecked()
  await expect(page.getByText('this device could not keep up with it')).toBeHidden()
  await page
    .locator('input[type=file]')
    .last()
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await expect(page.getByRole('alert').filter({ hasText: 'This file is no picture' })).toBeVisible()
})
