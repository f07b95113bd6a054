/**
 * A device: one browser context, so one profile, one store, one failure domain. It can be driven by its screen, as a
 * person does, or by the public API of its page, as an app does.
 */
import { type BrowserContext, expect, type Page } from '@playwright/test'
import type { Asterism, Room } from '../../src/ports/asterism.ts'

declare global {
  var asterism: Asterism & { readonly room: Room }
}

export type Device = {
  readonly name: string
  readonly context: BrowserContext
  /** The first tab. */
  readonly page: Page
  /** What the page printed as an error and what it threw: empty at the end of an honest test. */
  readonly errors: readonly string[]
  readonly origin: string
  /** A second tab of the same device. */
  newTab(): Promise<Page>
  close(): Promise<void>
}

export async function makeDevice(context: BrowserContext, name: string, origin: string): Promise<Device> {
  const errors: string[] = []
  context.on('page', (page) => {
    page.on('pageerror', (error) => errors.push(String(error.stack ?? error)))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
  })
  const newTab = async () => {
    const tab = await context.newPage()
    await tab.goto(origin)
    return tab
  }
  return { name, context, errors, origin, page: await newTab(), newTab, close: () => context.close() }
}

/** Starts a room by the screen; gives its link, as the button copies it. The founder steps in without a door. */
export async function openRoom(device: Device): Promise<string> {
  await device.page.getByRole('button', { name: 'Start a room' }).click()
  await expect(device.page.getByRole('button', { name: 'Leave', exact: true })).toBeVisible()
  await device.page.evaluate((name) => asterism.room.setName(name), device.name)
  return copyLink(device)
}

/** Enters a room by its link, by the screen. */
export async function joinRoom(device: Device, link: string): Promise<void> {
  await device.page.goto('about:blank')
  await device.page.goto(link)
  await device.page.getByRole('textbox', { name: 'Your name here' }).fill(device.name)
  await device.page.getByRole('button', { name: 'Join', exact: true }).click()
  // Five who come at once, and two cores: half a minute is no wait for a machine that is busy with all of them.
  await expect(device.page.getByRole('button', { name: 'Leave', exact: true })).toBeVisible({ timeout: 30_000 })
}

export async function copyLink(device: Device): Promise<string> {
  await device.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: device.origin })
  await device.page.getByRole('button', { name: 'Copy link' }).first().click()
  return device.page.evaluate(() => navigator.clipboard.readText())
}

export async function startByApi({ page, name }: Device): Promise<string> {
  await page.waitForFunction(() => 'asterism' in globalThis)
  return page.evaluate(async (name) => {
    const room = await asterism.start({ name })
    return room.link
  }, name)
}

export async function joinByApi({ page, name }: Device, link: string): Promise<void> {
  await page.waitForFunction(() => 'asterism' in globalThis)
  await page.evaluate(
    async ({ name, link }) => {
      await asterism.join(link, { name })
    },
    { name, link },
  )
}

/** Resolves when this device sees `count` members, itself among them, all connected. */
export async function seeMembers({ page }: Device, count: number, timeoutMs = 20_000): Promise<void> {
  await page.waitForFunction(
    (count) => asterism.room?.members.filter((one) => one.isMe || one.connection === 'here').length === count,
    count,
    {
      timeout: timeoutMs,
      polling: 50,
    },
  )
}
