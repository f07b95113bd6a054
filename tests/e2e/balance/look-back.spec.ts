/** A look back on the map at what was planned, and at a log that was saved: in real tabs, with the real worker. */
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { RoomError } from '../../../src/protocol/errors.ts'
import type { MeetingLog } from '../../../src/protocol/meeting-log.ts'
import { loggedMeeting } from '../../../src/ui/gallery/fixtures/logged-meeting.ts'
import { ANN, BEN, CEM, crowd, ME } from '../../../src/ui/gallery/fixtures/people.ts'
import { type Device, expect, joinByApi, joinRoom, openRoom, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall } from '../meeting/in-call.ts'
import { inTheBackground } from './other-tabs.ts'

const SUMMARY = 'Look back: what if it had been planned otherwise?'
const WAYS = ['As it was planned', 'To the nearest', 'In turn', 'By lot', 'All through one', 'Everybody straight']
const saved = (count: number) => loggedMeeting([ME, ANN, BEN, CEM, ...crowd(count - 4)])

async function openMap(page: Page) {
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('button', { name: /^How this call travels/ }).click()
  const dialog = page.getByRole('dialog', { name: 'How this call travels' })
  await dialog.getByText(SUMMARY).click()
  return dialog
}

async function choose(page: Page, name: string, text: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Open a saved log' }).click()])
  await chooser.setFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
}

/** Presses Tab until it has the focus. */
async function reach(page: Page, selector: string): Promise<void> {
  const isThere = () => page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)
  for (let presses = 0; presses < 40; presses++) {
    if (await isThere()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${selector} cannot be reached by Tab`)
}

test('[UI-83] a look back is opened, read and closed by keyboard, and fits a phone', async ({ page, relay }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(`${relay.origin}/#/gallery/look-back`)
  const dialog = page.getByRole('dialog', { name: 'How this call travels' })
  const rows = dialog.getByRole('table', { name: /that somebody wanted/ }).getByRole('row')
  await expect(rows).toHaveCount(1 + 2 * WAYS.length)
  for (const [nth, name] of WAYS.entries()) await expect(rows.nth(1 + 2 * nth)).toHaveAccessibleName(new RegExp(`^${name}`))
  await expect(rows.nth(1)).toHaveAccessibleName(/^As it was planned ours 97 % none none \d+ ms$/)
  const sideways = () => dialog.locator('.scroll').evaluate((one) => one.scrollWidth - one.clientWidth)
  expect(await sideways()).toBe(0)

  await reach(page, '.back > summary')
  await page.keyboard.press('Enter')
  await expect(rows).toHaveCount(0)
  await page.keyboard.press('Enter')
  await expect(rows).toHaveCount(1 + 2 * WAYS.length)
  await reach(page, '.otherwise > summary')
  await page.keyboard.press('Enter')
  await expect(dialog.getByText(/^At the first plan, voice of Cem/).filter({ visible: true })).toBeVisible()
  expect(await sideways()).toBe(0)
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
})

test('[UI-83] who did not plan is told whose tab did', async ({ page, relay }) => {
  await page.goto(`${relay.origin}/#/gallery/look-back-elsewhere`)
  await expect(page.getByText('Ann Fischer’s tab plans this call and keeps its log: this can be looked at there.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save its log' })).toHaveCount(0)
})

test('[BALANCE-46] a saved log is looked back at in a call; what is no log is said, and nothing is lost by it', async ({ device }) => {
  const ann = await device('Ann')
  const { page } = ann
  await openRoom(ann)
  await joinCall(ann)
  const dialog = await openMap(page)
  await expect(dialog.getByText('A call of this few needs no plan: everything goes straight.', { exact: false })).toBeVisible()

  await choose(page, 'saved.json', JSON.stringify(saved(9)))
  const rows = dialog.getByRole('row')
  await expect(rows).toHaveCount(1 + 2 * WAYS.length)
  await expect(dialog.getByRole('status')).toHaveText(/^saved\.json: 6 plans in a minute, for 9 people at most\./)
  await dialog.getByText(/^In turn: \d+ streams planned otherwise$/).click()
  await expect(
    dialog
      .getByText(/voice of person \d/)
      .filter({ visible: true })
      .first(),
  ).toBeVisible()

  for (const text of ['my holidays', '{"t":"meeting-log"}', '[1']) {
    await choose(page, 'holidays.json', text)
    await expect(dialog.getByRole('alert')).toHaveText(/^This file is no log of a meeting/)
    await expect(rows).toHaveCount(1 + 2 * WAYS.length)
  }
  expect(await page.evaluate(() => asterism.room.call.state)).toBe('in')
  expect(ann.errors).toEqual([])
})

test('[BALANCE-45] the log of a call is planned again there, saved, and opened by somebody else', async ({ device }) => {
  test.setTimeout(120_000)
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const link = await openRoom(ann)
  await joinRoom(ben, link)
  const others = [await device('Cleo', inTheBackground), await device('Dan', inTheBackground), await device('Eve', inTheBackground)]
  for (const one of others) await joinByApi(one, link)
  for (const one of [ann, ben]) await seeMembers(one, 5)
  // Those two by the screen, and the others in the background: one of the two plans.
  for (const one of [ann, ben, ...others]) await joinCall(one, { microphone: false, camera: one === ben })
  const rounds = (one: Device) => one.page.evaluate(() => asterism.room.call.stats?.log?.().rounds.length ?? 0)
  await expect.poll(async () => (await rounds(ann)) + (await rounds(ben)), { timeout: 30_000 }).toBeGreaterThan(0)
  const [planner, other] = (await rounds(ann)) > 0 ? [ann, ben] : [ben, ann]
  const looked = await planner.page.evaluate(async () => {
    const { lookBack } = await asterism.room.call.tools()
    const log = asterism.room.call.stats?.log?.()
    return log && lookBack.replay(log, { policies: ['ours', 'mesh'] })
  })
  expect(looked).toMatchObject({ kind: 'replayed', replay: { policies: [{ policy: 'ours', differing: 0 }, { policy: 'mesh' }] } })

  const dialog = await openMap(planner.page)
  await expect(dialog.getByRole('status')).toHaveText(/plan.*for [2-5] people.*each way of planning would have done the same\.$/i)
  const [download] = await Promise.all([
    planner.page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save its log' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('meeting-log.json')
  const theirs = await openMap(other.page)
  await choose(other.page, 'of ours.json', await readFile(await download.path(), 'utf8'))
  await expect(theirs.getByRole('status')).toHaveText(/^of ours\.json: .*for [2-5] people/)
  expect([...ann.errors, ...ben.errors]).toEqual([])
})

test('[BALANCE-47] a log as large as one may be keeps nobody waiting, and is let go when nobody waits for it', async ({ device }) => {
  test.setTimeout(120_000)
  const ann = await device('Ann')
  await startByApi(ann)
  await joinCall(ann)
  const { rounds } = saved(25)
  const many: MeetingLog = {
    t: 'meeting-log',
    rounds: Array.from({ length: 120 }, (_, nth) => ({ ...(rounds.at(-1 - (nth % 2)) ?? rounds[0]), atMs: nth })) as MeetingLog['rounds'],
  }
  const told = await ann.page.evaluate(async (text) => {
    const { lookBack } = await asterism.room.call.tools()
    const stop = new AbortController()
    let [frames, steps, isOver] = [0, 0, false]
    const draw = () => {
      frames++
      if (!isOver) requestAnimationFrame(draw)
    }
    draw()
    const onProgress = () => {
      if (++steps === 20) stop.abort()
    }
    const log = JSON.parse(text) as MeetingLog
    const file = await lookBack.file(log)
    const isSame = (await file.text()) === text
    const code = await lookBack.replay(log, { onProgress, signal: stop.signal }).catch((error: RoomError) => error.code)
    isOver = true
    return { frames, steps, code, isSame, bytes: file.size }
  }, JSON.stringify(many))
  expect(told).toMatchObject({ steps: 20, code: 'aborted', isSame: true })
  expect(told.bytes).toBeGreaterThan(2_000_000)
  // Each step of twenty took ten milliseconds at least, and as long a rest: in one go there would be no frame.
  expect(told.frames).toBeGreaterThan(8)
  await expect.poll(() => ann.page.workers().filter((worker) => worker.url().includes('replay.worker')).length).toBe(0)
})
