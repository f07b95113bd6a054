/** A television and a phone of one person, and somebody else in the same call: by their screens, as people use them. */
import type { BrowserContext, Page } from '@playwright/test'
import type { ToolsSession } from '../../../src/ports/meeting.ts'
import { encodeFrame } from '../../../src/protocol/frame.ts'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import { CALL_ONLY, type Device, expect, joinRoom, openRoom, seeMembers, test } from '../fixtures.ts'
import { joinCall } from '../meeting/in-call.ts'

test.use(CALL_ONLY)

const PHONE = { width: 360, height: 640 } as const

type MakeDevice = (name: string, prepare?: (context: BrowserContext) => Promise<void>) => Promise<Device>
type Two = { readonly tv: Device; readonly phone: Device }

/** Those two in the call; the phone as small as phones are. */
async function meet(
  device: MakeDevice,
  camera: boolean,
  prepare?: (context: BrowserContext) => Promise<void>,
): Promise<Two & { link: string }> {
  const [tv, phone] = [await device('Ada', prepare), await device('Ada’s phone', prepare)]
  await phone.page.setViewportSize(PHONE)
  const link = await openRoom(tv)
  await joinRoom(phone, link)
  for (const one of [tv, phone]) await seeMembers(one, 2)
  await joinCall(tv, { microphone: true, camera })
  await joinCall(phone, { microphone: true, camera: false })
  return { tv, phone, link }
}

async function meetThird(device: MakeDevice, link: string, prepare?: (context: BrowserContext) => Promise<void>): Promise<Device> {
  const cleo = await device('Cleo', prepare)
  await joinRoom(cleo, link)
  await seeMembers(cleo, 3)
  await joinCall(cleo, { microphone: true, camera: false })
  return cleo
}

async function openTool(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('button', { name: 'Second device' }).click()
}

async function pair({ tv, phone }: Two): Promise<void> {
  await openTool(tv.page)
  await tv.page.getByRole('button', { name: 'Show a code' }).click()
  const code = (await tv.page.getByRole('status').filter({ hasText: 'Code:' }).textContent())?.replace(/\D/g, '')
  expect(code).toMatch(/^\d{6}$/)
  await openTool(phone.page)
  await phone.page.getByLabel('Code of the other device').fill(code ?? '')
  await phone.page.keyboard.press('Enter')
  await expect(phone.page.getByRole('heading', { name: 'Remote control' })).toBeVisible()
  await tv.page.keyboard.press('Escape')
}

const deviceOf = ({ page }: Device): Promise<DeviceId> => page.evaluate(() => asterism.room.me.device)

/** What the page shows of somebody, and how long after `since` of the other page's clock it came so. */
function seen({ page }: Device, device: DeviceId) {
  return page.evaluate((device) => {
    const { members, call } = asterism.room
    const member = members.find((one) => one.device === device)
    const told = call.session.state.participants.find((one) => one.device === device)
    return {
      microphone: member?.microphone,
      camera: member?.camera,
      inCall: member?.inCall,
      hand: told?.handAtMs !== undefined,
      isSecond: told?.isSecond,
    }
  }, device)
}

/** Milliseconds from now until Cleo's page shows it: pages of one machine share its clock. */
async function until({ page }: Device, device: DeviceId, microphone: boolean): Promise<number> {
  return page.evaluate(
    ([device, microphone]) =>
      new Promise<number>((resolve) => {
        const look = () => {
          if (asterism.room.members.find((one) => one.device === device)?.microphone !== microphone) return
          stop()
          resolve(Date.now())
        }
        const stop = asterism.room.subscribe(look)
        look()
      }),
    [device, microphone] as const,
  )
}

test('[COMPANION-10] a phone steers a screen, which the others see at once', async ({ device }) => {
  const two = await meet(device, true)
  const { tv, phone } = two
  const cleo = await meetThird(device, two.link)
  await pair(two)
  const press = (name: string) => phone.page.getByRole('button', { name, exact: true })
  const [adas, phones] = [await deviceOf(tv), await deviceOf(phone)]

  // [COMPANION-13] One person for the others, and silent where it is second.
  await expect.poll(() => seen(cleo, phones)).toMatchObject({ microphone: false, camera: false, isSecond: true })
  await expect.poll(() => seen(cleo, adas)).toMatchObject({ microphone: true, isSecond: false })
  await expect(cleo.page.locator('main figure')).toHaveCount(2)
  await expect(phone.page.locator('audio')).toHaveCount(0)

  await expect(press('Microphone')).toHaveAttribute('aria-pressed', 'true')
  const times: number[] = []
  for (const on of [false, true, false]) {
    const shown = until(cleo, adas, on)
    const pressedMs = await phone.page.evaluate(() => {
      const button = [...document.querySelectorAll('button')].find((one) => one.textContent?.includes('Microphone'))
      button?.click()
      return Date.now()
    })
    times.push((await shown) - pressedMs)
    await expect(press('Microphone')).toHaveAttribute('aria-pressed', String(on))
  }
  console.info(`muted from the phone until another member sees it: ${times.join(', ')} ms`)
  expect(Math.min(...times)).toBeLessThan(500)

  await press('Raise hand').click()
  await expect.poll(async () => (await seen(cleo, adas)).hand).toBe(true)
  await expect(press('Raise hand')).toHaveAttribute('aria-pressed', 'true')

  await press('Camera').click()
  await expect.poll(async () => (await seen(cleo, adas)).camera).toBe(false)
  await press('Camera').click()
  await expect.poll(async () => (await seen(cleo, adas)).camera).toBe(true)

  await phone.page.getByLabel('How it looks over there').selectOption('Who speaks, large')
  await tv.page.getByRole('button', { name: 'How it looks' }).click()
  await expect(tv.page.getByRole('radio', { name: 'Who speaks, large' })).toBeChecked()
  await tv.page.keyboard.press('Escape')

  await press('Leave with both').click()
  await expect.poll(async () => (await seen(cleo, adas)).inCall).toBe(false)
  await expect.poll(async () => (await seen(cleo, phones)).inCall).toBe(false)
  for (const one of [tv, phone, cleo]) expect(one.errors).toEqual([])
})

test('[COMPANION-12] a screen is shared by a press on the device that shows it, for which the other can only ask', async ({ device }) => {
  const two = await meet(device, false, async (context) => {
    await context.addInitScript(() => {
      navigator.mediaDevices.getDisplayMedia = async () => {
        if (!navigator.userActivation.isActive) throw new DOMException('no press', 'InvalidStateError')
        const canvas = document.createElement('canvas')
        const drawing = canvas.getContext('2d')
        setInterval(() => drawing?.fillRect(Math.random() * 300, Math.random() * 150, 5, 5), 50)
        return canvas.captureStream(10)
      }
    })
  })
  const { tv, phone } = two
  await pair(two)
  const share = phone.page.getByRole('button', { name: 'Share screen', exact: true })
  await share.click()
  await tv.page.getByRole('button', { name: 'Share this screen' }).click()
  await expect(share).toHaveAttribute('aria-pressed', 'true')
  await expect(tv.page.getByText('asks to share this screen')).toHaveCount(0)
  // What is shown can be seen as a whole on the second device.
  await phone.page.getByRole('button', { name: 'This device' }).click()
  await phone.page.getByRole('button', { name: 'Second screen', exact: true }).click()
  await expect(phone.page.locator('figure.screen video')).toBeVisible()
  await phone.page.getByRole('button', { name: 'Back to the remote control' }).click()
  await share.click()
  await expect(share).toHaveAttribute('aria-pressed', 'false')
})

test('[COMPANION-11] a pair outlives a reload, and ends when one of the two says so', async ({ device }) => {
  const two = await meet(device, false)
  const { tv, phone } = two
  await pair(two)
  const [adas, phones] = [await deviceOf(tv), await deviceOf(phone)]
  await phone.page.reload()
  await seeMembers(phone, 2)
  await joinCall(phone, { microphone: true, camera: false })
  await expect(phone.page.getByRole('heading', { name: 'Remote control' })).toBeVisible()
  await expect.poll(() => seen(tv, phones)).toMatchObject({ microphone: false, isSecond: true })
  await phone.page.getByRole('button', { name: 'Microphone', exact: true }).click()
  await expect.poll(() => tv.page.evaluate(() => asterism.room.me.microphone)).toBe(false)

  await phone.page.getByRole('button', { name: 'This device' }).click()
  await phone.page.getByRole('button', { name: 'Part the two devices' }).click()
  await expect.poll(() => seen(tv, phones)).toMatchObject({ isSecond: false })
  await phone.page.keyboard.press('Escape')
  await expect(tv.page.locator('main figure')).toHaveCount(2)
  // [COMPANION-9] The other has said so too: naming it again makes no pair.
  await phone.page.evaluate((other) => (asterism.room.call.session as ToolsSession).pairWith(other, true), adas)
  await tv.page.waitForTimeout(1_000)
  expect(await seen(tv, phones)).toMatchObject({ isSecond: false })
})

test('[RECORD-24] whoever stands for a person, everybody reads that one of their devices records', async ({ device }) => {
  const two = await meet(device, false)
  const { tv, phone } = two
  const cleo = await meetThird(device, two.link)
  const told = ({ page }: Device) => page.getByRole('status', { name: 'About this call' }).getByText(/ this call$/)
  await tv.page.evaluate(async () => (await asterism.room.call.tools()).recorder.start())
  await expect(told(cleo)).toHaveText('Ada records this call')
  await pair(two)
  await openTool(tv.page)
  await tv.page.getByRole('button', { name: 'Let the other stand for me' }).click()
  await tv.page.keyboard.press('Escape')
  await expect(told(cleo)).toHaveText('Ada’s phone records this call')
  for (const one of [tv, phone]) await expect(told(one)).toHaveText('You record this call')
  await tv.page.evaluate(async () => (await asterism.room.call.tools()).recorder.stop())
  for (const one of [tv, phone, cleo]) await expect(told(one)).toHaveCount(0)
})

test('[COMPANION-5] wrong codes and the wishes of others move nothing', async ({ device }) => {
  const two = await meet(device, false, rememberChannels)
  const { tv, phone } = two
  const cleo = await meetThird(device, two.link, rememberChannels)
  await openTool(tv.page)
  await tv.page.getByRole('button', { name: 'Show a code' }).click()
  const code = await tv.page.evaluate(async () => (await asterism.room.call.tools()).companion.code ?? '')
  const wrong = code === '123456' ? '654321' : '123456'
  const pairFrom = ({ page }: Device, code: string) =>
    page.evaluate(async (code) => (await asterism.room.call.tools()).companion.pair(code), code)
  // Meanwhile, since who types a wrong code waits for an answer.
  const guessing = Promise.all([1, 2, 3].map(() => pairFrom(cleo, wrong)))
  await openTool(phone.page)
  await phone.page.getByLabel('Code of the other device').fill(wrong)
  await phone.page.keyboard.press('Enter')
  await expect(phone.page.getByRole('alert')).toContainText('No device here shows this code')
  expect(await guessing).toEqual([false, false, false])

  expect(await pairFrom(cleo, code)).toBe(false)
  expect(await pairFrom(phone, code)).toBe(true)
  await expect(phone.page.getByRole('heading', { name: 'Remote control' })).toBeVisible()

  // Cleo says that Ada's device is hers, asks the polite way, and then by hand.
  const adas = await deviceOf(tv)
  const asked = await cleo.page.evaluate(async (adas) => {
    await (asterism.room.call.session as ToolsSession).pairWith(adas, true)
    return (await asterism.room.call.tools()).companion.steer({ what: 'microphone', on: false })
  }, adas)
  expect(asked).toBe(false)
  const frame = encodeFrame({ t: 'steer', steering: { what: 'microphone', on: false } })
  expect(await cleo.page.evaluate((bytes) => sendOnAll(bytes), [...frame])).toBeGreaterThan(0)
  await cleo.page.waitForTimeout(1_000)
  expect(await seen(cleo, adas)).toMatchObject({ microphone: true })
  // The same frame from the phone is what it says.
  await phone.page.evaluate((bytes) => sendOnAll(bytes), [...frame])
  await expect.poll(async () => (await seen(cleo, adas)).microphone).toBe(false)
})

declare global {
  var sendOnAll: (bytes: readonly number[]) => number
}

/** Lets the test send what a changed page would: bytes on the channel that meeting messages take. */
async function rememberChannels(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const channels: RTCDataChannel[] = []
    const create = RTCPeerConnection.prototype.createDataChannel
    RTCPeerConnection.prototype.createDataChannel = function (this: RTCPeerConnection, label, init) {
      const channel = create.call(this, label, init)
      if (label === 'meeting') channels.push(channel)
      return channel
    }
    globalThis.sendOnAll = (bytes) => {
      const open = channels.filter(({ readyState }) => readyState === 'open')
      for (const channel of open) channel.send(Uint8Array.from(bytes))
      return open.length
    }
  })
}
