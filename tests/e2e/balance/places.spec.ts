/** Where a meeting has those who pass on, as real tabs in two networks are told, and what they make of it. */
import type { BrowserContext } from '@playwright/test'
import { LINK_DIAL_MS } from '../../../src/protocol/limits.ts'
import { type Device, makeDevice } from '../device.ts'
import { test as base, expect, joinByApi, startByApi } from '../fixtures.ts'
import { joinCall, seeMoving } from '../meeting/in-call.ts'
import { withoutLink } from '../meeting/without-link.ts'
import { openNetwork } from './other-network.ts'
import { isFarther, trusts } from './other-tabs.ts'
import { decisionsOf, joinAgain, SILENT, throughWhom } from './watch-ways.ts'

type Prepare = (context: BrowserContext) => Promise<void>

/** To the relay another network than that of all others. */
const OFFICE = '127.0.99.2'

const test = base.extend<{ readonly inOffice: (name: string, ...prepare: readonly Prepare[]) => Promise<Device> }>({
  inOffice: async ({ browser, relay }, use) => {
    const office = await openNetwork(relay, OFFICE)
    const devices: Device[] = []
    await use(async (name, ...prepare) => {
      const context = await browser.newContext()
      for (const each of prepare) await each(context)
      const device = await makeDevice(context, name, office.origin)
      devices.push(device)
      return device
    })
    await Promise.all(devices.map((device) => device.close()))
    await office.close()
  },
})

/** Of the places it was told, the last. */
async function placesOf(one: Device): Promise<string> {
  return (await decisionsOf(one)).findLast((text) => text.startsWith('pictures are passed on by')) ?? ''
}

test('[BALANCE-48] whom one network alone reaches is asked first there, however far, and nobody else is led to it', async ({
  device,
  inOffice,
}) => {
  test.setTimeout(240_000)
  const cleo = await inOffice('Cleo', withoutLink('Cleo', 'Nina'), withoutLink('Cleo', 'Otto'))
  const rita = await inOffice('Rita', withoutLink('Rita', 'Ben'), withoutLink('Rita', 'Otto'), isFarther)
  const ben = await device('Ben', withoutLink('Ben', 'Rita'))
  const nina = await inOffice('Nina', withoutLink('Nina', 'Cleo'), trusts('list'))
  const otto = await device('Otto', async (context) => {
    for (const each of [withoutLink('Otto', 'Cleo'), withoutLink('Otto', 'Rita'), trusts('list')]) await each(context)
  })
  const link = await startByApi(cleo)
  for (const one of [rita, ben, nina, otto]) await joinByApi(one, link)
  await joinCall(cleo, { microphone: false, camera: true })
  for (const one of [rita, ben]) await joinCall(one, SILENT)
  for (const one of [nina, otto]) await joinCall(one, SILENT)
  for (const one of [nina, otto]) await seeMoving(one, 1)
  // That Rita and those outside do not come to each other is known when their links had their time. Who has too much to do is offered to nobody.
  const inTime = { timeout: 6 * LINK_DIAL_MS }
  await expect.poll(() => placesOf(nina), inTime).toMatch(/Rita \(for this network alone\)/)
  await expect.poll(() => placesOf(otto), inTime).toMatch(/^(?!.*Rita).*Ben/)
  // What is known now is known from the beginning; and the second time, too, what a newcomer was told.
  for (const _ of ['first', 'second']) {
    for (const one of [nina, otto]) await joinAgain(one)
    for (const one of [nina, otto]) await seeMoving(one, 1)
    expect(await throughWhom(nina, cleo, [rita, ben, otto])).toBe('Rita')
  }
  expect(await throughWhom(otto, cleo, [rita, ben, nina])).toMatch(/Ben|Nina/)
  expect(await decisionsOf(nina)).toContainEqual(expect.stringMatching(/^Cleo’s picture: Rita is asked, first on the list for newcomers/))
  expect(await placesOf(otto)).not.toContain('Rita')
})
