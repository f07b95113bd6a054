/** A device that sleeps, a network that changes and a relay that dies, each in the middle of a call. */
import { type Browser, chromium } from '@playwright/test'
import { findChromium } from '../../find-browser.ts'
import { CHROMIUM_FLAGS } from '../chromium-flags.ts'
import { type Device, makeDevice } from '../device.ts'
import { test as base, expect, joinRoom, openRoom, seeMembers } from '../fixtures.ts'
import { joinCall, seeMoving, turnOn } from '../meeting/in-call.ts'

/** A browser of its own, so that its processes are nobody else's. */
const test = base.extend<{ readonly own: Browser; readonly talking: { readonly ann: Device; readonly ben: Device } }>({
  own: async ({ browserName: _ }, use) => {
    const own = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS })
    await use(own)
    await own.close()
  },
  /** Ben has the browser of his own. */
  talking: async ({ own, device, relay }, use) => {
    const ann = await device('Ann')
    const ben = await makeDevice(await own.newContext(), 'Ben', relay.origin)
    await joinRoom(ben, await openRoom(ann))
    for (const one of [ann, ben]) await seeMembers(one, 2)
    await joinCall(ann)
    await turnOn(ben)
    for (const one of [ann, ben]) await seeMoving(one, 1)
    await use({ ann, ben })
  },
})

/** After it was noticed. The connection itself lives longer. */
const SLEEPS_ON_MS = 3_000

async function processesOf(browser: Browser): Promise<readonly { readonly id: number; readonly type: string }[]> {
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo')
  return processInfo
}

/** What the tile of the other says first that is in sight, looked at with every frame: it may be over within a second. */
async function readTrouble({ page }: Device): Promise<string> {
  const found = await page.waitForFunction(() => {
    const says = [...document.querySelectorAll('figure *')].find(({ textContent }) => textContent?.trim() === 'Connecting again')
    return says?.checkVisibility() === true ? says.textContent?.trim() : undefined
  })
  return (await found.jsonValue()) ?? ''
}

test('[CALL-24] a device that sleeps is seen to be away, and goes on where it was when it wakes, also without the relay', async ({
  own,
  talking,
  relay,
}) => {
  const { ann, ben } = talking
  await relay.kill()
  await expect(ann.page.getByText('The meeting point cannot be reached.')).toBeVisible()
  await seeMoving(ann, 1)

  const processes = await processesOf(own)
  for (const { id } of processes) process.kill(id, 'SIGSTOP')
  const away = ann.page.getByRole('figure', { name: /Ben.*connecting again/i })
  await expect(away).toBeVisible()
  await ann.page.waitForTimeout(SLEEPS_ON_MS)
  for (const { id } of processes.toReversed()) process.kill(id, 'SIGCONT')
  await expect(away).toBeHidden()
  for (const one of [ann, ben]) await seeMoving(one, 1)
  expect(await ann.page.evaluate(() => asterism.room.notices)).toEqual([])
})

test('[CALL-25] a network that went with all its connections is said, and by the next one the call goes on', async ({ own, talking }) => {
  const { ann, ben } = talking
  const network = (await processesOf(own)).find(({ type }) => type.includes('NetworkService'))
  expect(network).toBeDefined()
  const said = [ann, ben].map(readTrouble)
  const without = ben.page.waitForFunction(() => asterism.room.status.relay !== 'connected')
  process.kill(network?.id ?? 0, 'SIGKILL')
  // To him who lost it both are gone, to her he alone.
  expect(await Promise.all(said)).toEqual(['Connecting again', 'Connecting again'])
  await without
  for (const one of [ann, ben]) await seeMembers(one, 2, 40_000)
  for (const one of [ann, ben]) await seeMoving(one, 1)
  expect(await ann.page.evaluate(() => asterism.room.notices)).toEqual([])
})
