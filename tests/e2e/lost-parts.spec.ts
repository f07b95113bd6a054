/** Parts of the app that do not come: what is said, what goes on, and that they come when they are asked for again. */
import type { Locator, Page } from '@playwright/test'
import { CALL_ONLY, expect, openRoom, test } from './fixtures.ts'
import { joinCall } from './meeting/in-call.ts'

/** Requests that a service worker answers cannot be refused by a test. */
test.use(CALL_ONLY)

const NO_CHUNK = /could not be loaded\. Check the connection and try again/

/** No file of the app whose name begins so comes, until the function it gives is called. */
async function lose(page: Page, names: string, types = 'js|css'): Promise<() => Promise<void>> {
  const files = new RegExp(`/assets/(${names})-[^/]*\\.(${types})$`)
  await page.route(files, (route) => route.abort())
  return () => page.unroute(files)
}

const sheetsOf = (page: Page, name: string) =>
  page.evaluate(
    (name) => [...document.styleSheets].filter(({ href, cssRules }) => href?.includes(`/${name}-`) && cssRules.length > 0).length,
    name,
  )

test('[OFFLINE-4] parts of a room and of a call that do not come say so, and come when they are asked for again', async ({ device }) => {
  const ann = await device('Ann')
  const { page } = ann
  await openRoom(ann)
  const again = page.getByRole('button', { name: 'Try again' })
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()
  const lost = (within: Locator) => within.getByRole('alert').filter({ hasText: NO_CHUNK })

  /** What is lost, how it is opened, where it would stand, what is in it. */
  const parts: readonly [string, () => Promise<void>, Locator, Locator][] = [
    ['PeoplePanel', () => press('People'), page.locator('#panel'), page.locator('#panel').getByText('Ann')],
    [
      'DeviceFiles',
      async () => {
        await press('Files')
        await press('This device')
      },
      page.locator('#panel'),
      page.getByRole('slider', { name: /It may keep up to/ }),
    ],
    ['BinFiles', () => press('Bin'), page.locator('#panel'), page.locator('#panel').getByText(/What is removed|Nothing/)],
    ['CallView', () => joinCall(ann), page.getByRole('main'), page.getByRole('figure', { name: /^You/ })],
    ['ToolsDialog', () => press('More'), page.getByRole('dialog', { name: 'More' }), page.getByText('Record this call')],
    ['tools|RecordTool', () => press(/^Record this call/), page.getByRole('dialog'), page.getByText(/^One video of everybody/)],
  ]
  for (const [names, open, place, inside] of parts) {
    const bring = await lose(page, names)
    await open()
    await expect(lost(place), names).toBeVisible()
    await expect(inside).toHaveCount(0)
    await bring()
    await again.click()
    await expect(inside.first(), names).toBeVisible()
    await expect(lost(place)).toHaveCount(0)
  }
  // All that time the room went on.
  expect(await page.evaluate(() => asterism.room.call.state)).toBe('in')
})

test('[OFFLINE-4] a part whose style alone did not come has it when it comes', async ({ device }) => {
  const ann = await device('Ann')
  const { page } = ann
  await openRoom(ann)
  const bring = await lose(page, 'PeoplePanel', 'css')
  await page.getByRole('button', { name: 'People', exact: true }).click()
  await expect(page.getByText(NO_CHUNK)).toBeVisible()
  await bring()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.locator('#panel').getByText('Ann')).toBeVisible()
  expect(await sheetsOf(page, 'PeoplePanel')).toBe(1)
})

test('[OFFLINE-6] a room that lacks a part does not open, leaves nothing open behind it, and opens when it is tried again', async ({
  device,
}) => {
  const ann = await device('Ann', async (context) => {
    await context.addInitScript(() => {
      const connections: RTCPeerConnection[] = []
      globalThis.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration?: RTCConfiguration) {
          super(configuration)
          connections.push(this)
        }
      }
      Object.assign(globalThis, { connections })
    })
  })
  const { page } = ann
  const states = () =>
    page.evaluate(() => (globalThis as unknown as { connections: RTCPeerConnection[] }).connections.map((one) => one.signalingState))
  const bring = await lose(page, 'session')
  await page.getByRole('button', { name: 'Start a room' }).click()
  await expect(page.getByRole('heading', { name: 'The room did not open' })).toBeVisible()
  await expect(page.getByText('Asterism could not be loaded. Check the connection and try again; nothing is lost.')).toBeVisible()
  await expect.poll(states).toEqual(['closed'])
  await bring()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('button', { name: 'Leave', exact: true })).toBeVisible()
  expect((await states()).filter((state) => state !== 'closed')).toHaveLength(1)
})

test('[OFFLINE-5] after a second try the page may be loaded anew, which takes the build that waits', async ({ page, relay }) => {
  for (const [scene, isReloaded] of [
    ['room-four', true],
    // What waits takes over in its own time; here it is one that does not.
    ['update', false],
  ] as const) {
    await page.goto(`${relay.origin}/#/gallery/${scene}`)
    await page.reload()
    const bring = await lose(page, 'PeoplePanel')
    await page.getByRole('button', { name: 'People', exact: true }).click()
    const panel = page.locator('#panel')
    await expect(panel.getByText(NO_CHUNK)).toBeVisible()
    await expect(panel.getByRole('button', { name: 'Reload' })).toHaveCount(0)
    await panel.getByRole('button', { name: 'Try again' }).click()
    await panel.getByRole('button', { name: 'Reload' }).waitFor()
    await page.evaluate(() => Object.assign(globalThis, { isOld: true }))
    await bring()
    await panel.getByRole('button', { name: 'Reload' }).click()
    if (isReloaded) await expect.poll(() => page.evaluate(() => 'isOld' in globalThis).catch(() => true)).toBe(false)
    else expect(await page.evaluate(() => 'isOld' in globalThis)).toBe(true)
  }
})

test.describe('with a service worker', () => {
  test.use({ serviceWorkers: 'allow' })

  test('[OFFLINE-5] when a part does not come a newer build is looked for', async ({ device, relay }) => {
    const ann = await device('Ann', async (context) => {
      await context.addInitScript(() => {
        const update = ServiceWorkerRegistration.prototype.update
        const looks: string[] = []
        ServiceWorkerRegistration.prototype.update = function () {
          looks.push(this.scope)
          return Reflect.apply(update, this, [])
        }
        Object.assign(globalThis, { looks })
      })
    })
    const looks = () => ann.page.evaluate(() => (globalThis as unknown as { looks: string[] }).looks)
    await openRoom(ann)
    await ann.page.evaluate(() => navigator.serviceWorker.ready)
    expect(await looks()).toEqual([])
    // No start needs it, so it is not kept yet.
    await relay.kill()
    await ann.page.getByRole('button', { name: 'Files', exact: true }).click()
    await ann.page.evaluate(async () => asterism.room.call.join())
    await expect(ann.page.getByText(NO_CHUNK)).toBeVisible()
    expect(new Set(await looks())).toEqual(new Set([`${relay.origin}/`]))
    await relay.start()
    await ann.page.getByRole('button', { name: 'Try again' }).click()
    await expect(ann.page.getByRole('figure', { name: /^You/ })).toBeVisible()
  })
})
