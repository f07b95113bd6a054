/** Watching together in real tabs: one film in three players, by the machine's clock and by the numbers on its frames. */
import type { Page } from '@playwright/test'
import { WATCH_DRIFT_MS } from '../../../src/protocol/limits.ts'
import { type Device, expect, joinByApi, joinRoom, openRoom, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall } from '../meeting/in-call.ts'
import { FRAME_MS, makeFilm } from './film.ts'
import { attend, frameOf, openPlayer, percentile, skewsOf, watchFor } from './players.ts'

const SILENT = { microphone: false, camera: false }

async function putFilm({ page }: Device): Promise<string> {
  const film = (await makeFilm(page)).toString('base64')
  return page.evaluate(async (film) => {
    const bytes = Uint8Array.from(atob(film), (letter) => letter.charCodeAt(0))
    const { id } = await asterism.room.files.put(new Blob([bytes]), { name: 'numbers.webm', type: 'video/webm' })
    return id
  }, film)
}

const wallMs = (page: Page) => page.evaluate(() => performance.timeOrigin + performance.now())
const change = ({ page }: Device, what: Record<string, unknown>) =>
  page.evaluate(async (what) => (await asterism.room.call.tools()).watch.change(what), what)

async function skews(devices: readonly Device[], ms = 2_500) {
  const sorted = skewsOf(
    await watchFor(
      devices.map(({ page }) => page),
      ms,
    ),
  )
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), most: percentile(sorted, 1), frames: sorted.length }
}

/** Paused, all show one frame: the one where the show is. */
async function standTogether(devices: readonly Device[]): Promise<void> {
  const [first] = devices as [Device]
  const position = () => first.page.evaluate(async () => (await asterism.room.call.tools()).watch.positionMs() ?? 0)
  await expect
    .poll(async () => {
      const wanted = Math.floor((await position()) / FRAME_MS)
      const frames = await Promise.all(devices.map(({ page }) => frameOf(page)))
      return frames.map((frame) => Math.abs(frame - wanted) <= 1)
    })
    .toEqual(devices.map(() => true))
}

/** In step within the bound, and so for all of a window: a busy machine may take its time until then. Gives that window. */
async function comeInStep(devices: readonly Device[]) {
  let last = await skews(devices)
  await expect
    .poll(
      async () => {
        if (!(last.p95 < WATCH_DRIFT_MS && last.frames > 10)) last = await skews(devices)
        return last.p95
      },
      { timeout: 20_000, intervals: [0] },
    )
    .toBeLessThan(WATCH_DRIFT_MS)
  return last
}

/** From the press until each player stops. */
async function pauseForAll(devices: readonly [Device, ...Device[]]): Promise<number[]> {
  const [shower] = devices
  const pressedMs = await shower.page.evaluate(async () => {
    const { watch } = await asterism.room.call.tools()
    const atMs = performance.timeOrigin + performance.now()
    await watch.change({ isPlaying: false })
    return atMs
  })
  const after = async ({ page }: Device) => Math.round((await page.evaluate(() => shown.pausedAtMs)) - pressedMs)
  for (const one of devices) await expect.poll(() => after(one)).toBeGreaterThanOrEqual(0)
  return Promise.all(devices.map(after))
}

test('[WATCH-13] three screens show one film in step, also who comes later; [WATCH-14] pause and seek; [WATCH-15] another goes on', async ({
  device,
}) => {
  const all = [await device('Ann'), await device('Ben'), await device('Cleo')] as [Device, Device, Device]
  const [ann, ben, cleo] = all
  const link = await startByApi(ann)
  for (const other of [ben, cleo]) await joinByApi(other, link)
  await Promise.all(all.map((one) => seeMembers(one, 3)))
  const file = await putFilm(ann)
  for (const one of [ann, ben]) await joinCall(one, SILENT)
  await ann.page.evaluate(async (file) => (await asterism.room.call.tools()).watch.show({ kind: 'file', file }), file)
  for (const one of [ann, ben]) await openPlayer(one, file)
  const two = await comeInStep([ann, ben])

  await joinCall(cleo, SILENT)
  await openPlayer(cleo, file)
  const joinedMs = await wallMs(cleo.page)
  await expect.poll(async () => (await skews([ann, cleo], 400)).p50, { intervals: [50] }).toBeLessThan(WATCH_DRIFT_MS)
  const landedMs = Math.round((await wallMs(cleo.page)) - joinedMs)
  const three = await comeInStep(all)
  const clock = await cleo.page.evaluate(async () => {
    const shower = asterism.room.members.find(({ name }) => name === 'Ann')
    return shower && (await asterism.room.call.tools()).watch.clock(shower.tab)
  })

  const pauses: number[][] = []
  for (let round = 0; round < 3; round++) {
    pauses.push(await pauseForAll(all))
    await standTogether(all)
    await change(ann, { isPlaying: true })
    for (const { page } of all) await page.waitForFunction(() => !shown.video.paused)
  }
  await change(ann, { isPlaying: false, positionMs: 30_000 })
  await standTogether(all)
  await change(ann, { isPlaying: true })
  const sought = await comeInStep(all)

  await ann.page.evaluate(() => asterism.room.call.leave())
  const left = () => ben.page.evaluate(async () => (await asterism.room.call.tools()).watch.left?.positionMs)
  await expect.poll(left).toBeGreaterThan(31_000)
  const leftAtMs = (await left()) ?? 0
  await ben.page.evaluate(async () => (await asterism.room.call.tools()).watch.takeOver())
  await expect.poll(() => cleo.page.evaluate(() => asterism.room.call.session.state.watch?.isPlaying)).toBe(true)
  const goesOnAtMs = await cleo.page.evaluate(() => asterism.room.call.session.state.watch?.positionMs)
  const taken = await comeInStep([ben, cleo])
  console.log('watch together, ms', JSON.stringify({ two, landedMs, three, clock, pauses, sought, taken }))

  // What a starved tab adds is the machine's: the best of three rounds is the page's.
  expect(Math.min(...pauses.map((round) => Math.max(...round)))).toBeLessThan(300)
  expect(goesOnAtMs).toBe(leftAtMs)
  for (const one of all) expect(one.errors).toEqual([])
})

/** As a browser before its page was touched: sound is refused until the next press. */
function refuseSound({ page }: Device): Promise<void> {
  return page.evaluate(() => {
    let mayHear = false
    const { play } = HTMLMediaElement.prototype
    HTMLMediaElement.prototype.play = function () {
      return this.muted || mayHear ? play.call(this) : Promise.reject(new DOMException('not touched yet', 'NotAllowedError'))
    }
    addEventListener('click', () => (mayHear = true), { capture: true })
  })
}

test('[WATCH-11] [WATCH-16] by the screen: chosen, heard after a press, muted, written on, answered, moved and ended', async ({
  device,
}) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinRoom(ben, await openRoom(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  for (const one of [ann, ben]) await joinCall(one, SILENT)
  await ann.page.evaluate(() => asterism.room.call.session.openPoll('Shall we stop here?', ['Yes', 'No'], 'one'))
  await refuseSound(ben)
  const tileOf = ({ page }: Device) => page.getByRole('figure', { name: 'Watched together: numbers.webm' })

  await ann.page.getByRole('button', { name: 'More' }).click()
  await ann.page.getByRole('button', { name: /^Watch together/ }).click()
  const chosen = ann.page.waitForEvent('filechooser')
  await ann.page.getByRole('button', { name: 'A file of this device' }).click()
  await (await chosen).setFiles({ name: 'numbers.webm', mimeType: 'video/webm', buffer: await makeFilm(ann.page) })
  for (const one of [ann, ben]) await expect(tileOf(one).locator('video')).toBeVisible()
  for (const one of [ann, ben]) await attend(one.page, 'figure.show video')

  const isMuted = () => ben.page.evaluate(() => shown.video.muted)
  await expect(tileOf(ben).getByRole('button', { name: 'Press to hear it too' })).toBeVisible()
  expect(await isMuted()).toBe(true)
  await expect.poll(async () => (await skews([ann, ben], 500)).p50).toBeLessThan(WATCH_DRIFT_MS)
  await tileOf(ben).getByRole('button', { name: 'Press to hear it too' }).click()
  await expect.poll(isMuted).toBe(false)
  await expect(tileOf(ben).getByRole('button', { name: 'Press to hear it too' })).toHaveCount(0)
  await expect(tileOf(ben).getByText('Ann shows this')).toBeVisible()

  await tileOf(ann).getByRole('button', { name: 'About this show' }).click()
  const panel = ann.page.getByRole('dialog', { name: 'numbers.webm' })
  await panel.getByRole('switch', { name: 'Mute it for all' }).click()
  await expect.poll(isMuted).toBe(true)
  await panel.getByRole('textbox', { name: 'A line of text' }).fill('Mind the cat')
  await panel.getByRole('button', { name: 'Show it' }).click()
  await expect(tileOf(ben).getByText('Mind the cat')).toBeVisible()
  await panel.getByRole('combobox', { name: 'A person' }).selectOption('Ben')
  await expect(ben.page.getByRole('figure', { name: 'You, on what is shown' })).toBeVisible()
  await panel.getByRole('combobox', { name: 'Where that person stands' }).selectOption('beside it')
  await expect(ben.page.getByRole('figure', { name: 'You, beside what is shown' })).toBeVisible()
  await panel.getByRole('combobox', { name: 'A poll to answer' }).selectOption('Shall we stop here?')
  await tileOf(ben).getByRole('button', { name: 'Yes' }).click()
  await expect.poll(() => ann.page.evaluate(() => asterism.room.call.session.state.polls[0]?.options[0]?.votes)).toBe(1)
  await panel.getByRole('combobox', { name: 'It stands' }).selectOption('In a corner, over the people')
  await expect(ben.page.locator('figure.show.corner')).toBeVisible()
  await panel.getByRole('button', { name: 'Close' }).click()

  await tileOf(ann).getByRole('slider', { name: 'Where in it' }).fill('40000')
  await tileOf(ann).getByRole('button', { name: 'Pause for all' }).click()
  await expect.poll(() => ben.page.evaluate(() => shown.video.paused && shown.video.currentTime)).toBeGreaterThan(40)
  await standTogether([ann, ben])
  await tileOf(ann).getByRole('button', { name: 'About this show' }).click()
  await ann.page.getByRole('button', { name: 'End it for all' }).click()
  for (const one of [ann, ben]) await expect(tileOf(one)).toHaveCount(0)
  for (const one of [ann, ben]) expect(one.errors).toEqual([])
})
