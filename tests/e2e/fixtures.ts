/**
 * What every journey starts from: a relay that serves the built page, and as many devices as it has people.
 *
 *   test('two meet', async ({ device }) => {
 *     const [ann, ben] = [await device('Ann'), await device('Ben')]
 *     await joinRoom(ben, await openRoom(ann))
 *   })
 */
import { type BrowserContext, test as base } from '@playwright/test'
import type { Browser as Firefox } from 'puppeteer-core'
import { findFirefox } from '../find-browser.ts'
import { type Device, makeDevice } from './device.ts'
import { type FirefoxDevice, launchFirefox, makeFirefoxDevice } from './firefox.ts'
import { RelayProcess } from './relay-process.ts'

export { expect } from '@playwright/test'
export { type Device, joinByApi, joinRoom, openRoom, seeMembers, startByApi } from './device.ts'

type PerTest = {
  /** The relay, running at the start of each test. Kill it, restart it: the next test finds it running again. */
  readonly relay: RelayProcess
  /** `prepare` is called before the first page opens: permissions, scripts that run before the page's own. */
  readonly device: (name: string, prepare?: (context: BrowserContext) => Promise<void>) => Promise<Device>
  /** Skips the test where there is no Firefox. */
  readonly firefoxDevice: () => Promise<FirefoxDevice>
}
type PerWorker = {
  readonly workerRelay: RelayProcess
  readonly firefox: () => Promise<Firefox>
}

/** For calls: they have no use for the service worker, which keeps the app for later and takes each new device a second to install. */
export const CALL_ONLY = { serviceWorkers: 'block' } as const

export const test = base.extend<PerTest, PerWorker>({
  workerRelay: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const relay = await RelayProcess.open()
      await use(relay)
      await relay.close()
    },
    { scope: 'worker' },
  ],
  firefox: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      let firefox: Promise<Firefox> | undefined
      await use(() => {
        const path = findFirefox()
        if (path === undefined) throw new Error('no Firefox')
        firefox ??= launchFirefox(path)
        return firefox
      })
      await (await firefox)?.close()
    },
    { scope: 'worker' },
  ],
  relay: async ({ workerRelay }, use) => {
    await workerRelay.start()
    await use(workerRelay)
  },
  device: async ({ browser, relay }, use) => {
    const devices: Device[] = []
    await use(async (name, prepare) => {
      const context = await browser.newContext()
      await prepare?.(context)
      const device = await makeDevice(context, name, relay.origin)
      devices.push(device)
      return device
    })
    await Promise.all(devices.map((device) => device.close()))
  },
  firefoxDevice: async ({ firefox, relay }, use, testInfo) => {
    testInfo.skip(findFirefox() === undefined, 'no Firefox on this machine')
    const devices: FirefoxDevice[] = []
    await use(async () => {
      const device = await makeFirefoxDevice(await firefox(), relay.origin)
      devices.push(device)
      return device
    })
    await Promise.all(devices.map((device) => device.close()))
  },
})
