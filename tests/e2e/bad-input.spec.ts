/** What people, devices and disks do wrong: each ends in a sentence that says what to do, and nothing is lost. */
import type { BrowserContext } from '@playwright/test'
import { ERROR_SENTENCES } from '../../src/protocol/errors.ts'
import { findChromium } from '../find-browser.ts'
import { CHROMIUM_FLAGS } from './chromium-flags.ts'
import { makeDevice } from './device.ts'
import { type Device, expect, joinByApi, joinRoom, openRoom, seeMembers, startByApi, test } from './fixtures.ts'
import { buildNewer, serveNewer } from './newer-build.ts'

const UNREACHABLE = 'The meeting point cannot be reached.'

test('[TRIAL-8] a link cut off, or with a wrong secret, says so and leads back', async ({ device }) => {
  const ann = await device('Ann')
  const link = await startByApi(ann)
  const ben = await device('Ben')
  const secretAt = link.indexOf('.', link.indexOf('#')) + 1
  const wrong = link.slice(0, secretAt) + (link[secretAt] === 'A' ? 'B' : 'A') + link.slice(secretAt + 1)
  for (const [bad, sentence] of [
    [link.slice(0, -5), ERROR_SENTENCES['link-invalid']],
    [wrong, ERROR_SENTENCES['link-wrong-secret']],
  ] as const) {
    await ben.page.goto('about:blank')
    await ben.page.goto(bad)
    await expect(ben.page.getByText(sentence)).toBeVisible()
    await ben.page.getByRole('button', { name: 'Go to the start page' }).click()
    await expect(ben.page.getByRole('button', { name: 'Start a room' })).toBeVisible()
  }
  await joinRoom(ben, link)
  await seeMembers(ben, 2)
})

test('[TRIAL-9] with the relay dead a room starts from this device, and others come when it is back', async ({ device, relay }) => {
  const ann = await device('Ann')
  // The worker that keeps the page for later is installed by then.
  await ann.page.evaluate(() => asterism.recentRooms())
  await relay.kill()
  await ann.page.goto('about:blank')
  await ann.page.goto(relay.origin)
  const link = await openRoom(ann)
  await expect(ann.page.getByText(`${UNREACHABLE} Trying again by itself; what this device keeps still opens.`)).toBeVisible()
  await ann.page.evaluate(() => asterism.room.chat.send('alone'))

  await relay.start()
  const ben = await device('Ben')
  await joinByApi(ben, link)
  await Promise.all([seeMembers(ann, 2, 45_000), seeMembers(ben, 2, 45_000)])
  await expect(ann.page.getByText(UNREACHABLE)).toBeHidden()
  await ben.page.waitForFunction(() => asterism.room.chat.messages.some(({ text }) => text === 'alone'))
})

test('[TRIAL-10] a relay that dies in the middle is one calm line, and stays one', async ({ device, relay }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await openRoom(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  await expect(ann.page.getByText(UNREACHABLE)).toBeHidden()
  await ann.page.evaluate(() => {
    const said: string[] = []
    Object.assign(globalThis, { said })
    asterism.room.subscribe(() => {
      const { relay } = asterism.room.status
      if (said.at(-1) !== relay) said.push(relay)
    })
  })
  await relay.kill()
  const banner = ann.page.getByText(`${UNREACHABLE} People here stay connected; newcomers come in as soon as it is back.`)
  await expect(banner).toBeVisible()
  await ann.page.waitForTimeout(6_000)
  await expect(banner).toBeVisible()
  expect(await ann.page.evaluate(() => (globalThis as unknown as { said: string[] }).said.filter((one) => one !== 'connected'))).toEqual([
    'unreachable',
  ])
  expect(await ann.page.evaluate(() => asterism.room.notices)).toEqual([])
  await seeMembers(ann, 2)
})

const REFUSALS = [
  { title: 'missing', code: 'device-missing', name: 'NotFoundError' },
  { title: 'busy', code: 'device-busy', name: 'NotReadableError' },
] as const

for (const { title, code, name } of REFUSALS) {
  test(`[TRIAL-11] a camera that is ${title} says so at the door, and the person goes in without it`, async ({ device }) => {
    const ann = await device('Ann')
    const link = await startByApi(ann)
    await goInWithout(await device('Ben', failWith(name)), ann, link, ERROR_SENTENCES[code])
  })
}

test('[TRIAL-11] a camera that the browser refuses says so at the door, and the person goes in without it', async ({
  device,
  playwright,
  relay,
}) => {
  const ann = await device('Ann')
  const link = await startByApi(ann)
  // The other tests run where the browser says yes by itself.
  const args = CHROMIUM_FLAGS.filter((flag) => flag !== '--use-fake-ui-for-media-stream')
  const strict = await playwright.chromium.launch({ executablePath: findChromium(), args })
  try {
    const ben = await makeDevice(await strict.newContext(), 'Ben', relay.origin)
    await goInWithout(ben, ann, link, ERROR_SENTENCES['device-denied'])
  } finally {
    await strict.close()
  }
})

async function goInWithout(ben: Device, ann: Device, link: string, sentence: string): Promise<void> {
  const { page } = ben
  await page.goto('about:blank')
  await page.goto(link)
  await page.getByRole('button', { name: 'Camera', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText(sentence)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Leave', exact: true })).toBeVisible()
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])

  await page.getByRole('navigation', { name: 'Controls' }).getByRole('button', { name: 'Microphone' }).click()
  await expect(page.getByRole('alert')).toContainText(sentence)
  await ann.page.evaluate(() => asterism.room.chat.send('I hear you all the same'))
  await page.waitForFunction(() => asterism.room.chat.messages.length === 1)
}

function failWith(name: string): (context: BrowserContext) => Promise<void> {
  return async (context) => {
    await context.addInitScript((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('as the browser says it', name))
    }, name)
  }
}

test('[TRIAL-12] a person named by markup, tricks and three hundred letters is a line of letters to the others', async ({ device }) => {
  const ann = await device('Ann')
  const link = await openRoom(ann)
  const ben = await device('Ben')
  await joinByApi({ ...ben, name: `\u202e<img src=x onerror="globalThis.isPwned=1">\n${'x'.repeat(300)}` }, link)
  await seeMembers(ann, 2)
  const shown = ann.page.getByRole('list', { name: 'Who is here' }).getByText('<img src=x onerror="globalThis.isPwned=1">')
  await expect(shown).toBeVisible()
  const name = await ann.page.evaluate(() => asterism.room.members.find(({ isMe }) => !isMe)?.name ?? '')
  expect({ letters: [...name].length, hasTricks: /[\u202e\n]/.test(name) }).toEqual({ letters: 60, hasTricks: false })
  expect(await ann.page.evaluate(() => 'isPwned' in globalThis)).toBe(false)
})

test('[TRIAL-13] two who speak different versions both read which of them has to reload', async ({ browser, device, relay }, testInfo) => {
  const outDir = testInfo.outputPath('newer')
  await buildNewer(outDir)
  const ann = await device('Ann')
  const link = await openRoom(ann)
  const context = await browser.newContext({ serviceWorkers: 'block', permissions: ['local-network-access'] })
  await serveNewer(context, outDir)
  const ben: Device = await makeDevice(context, 'Ben', relay.origin)
  try {
    await joinRoom(ben, link)
    await expect(ann.page.getByText(ERROR_SENTENCES['wire-newer'])).toBeVisible()
    await expect(ben.page.getByText(ERROR_SENTENCES['wire-older'])).toBeVisible()
    await ann.page.evaluate(() => asterism.room.chat.send('still works'))
    expect(await ben.page.evaluate(() => asterism.room.chat.messages.length)).toBe(0)
  } finally {
    await ben.close()
  }
})
