/**
 * Two talk, by the screen, and all at once many come: each a tab of its own that is in the room and in its call as soon as it can.
 * All must come to know all, and the two may not notice: they see and hear each other on, nothing calls for their attention, and a key
 * does at once what it does.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright'
import { joinCall, within } from '../bench/meeting/crowd.ts'
import { longestGapMs, putTap, startTap, takeNoted } from '../bench/meeting/tap.ts'
import { type Device, joinRoom, makeDevice, openRoom } from '../e2e/device.ts'
import { nothingYet, type Outcome, reasonOf } from './outcome.ts'
import { openSmall } from './small-picture.ts'

/** All have set out by then. */
const SET_OUT_MS = 1_000
/** Two cores make two links a second and more; eight who came at once took 15 s. */
const MEET_MS = 60_000
const MEET_MS_PER_LINK = 1_000
const AGAIN_MS = 250
const QUIET_MS = 3_000
const KEY_EVERY_MS = 1_000
/** Two cores that make links for all are slow; a key that is lost takes for ever. */
const KEY_MS = 5_000
/** That nothing is kept here, that somebody was not reached yet, and one more. */
const NOTICES = 3

export type JoinsOptions = { readonly joins: number; readonly say: (line: string) => void }

export async function shakeJoins(browser: Browser, origin: string, { joins, say }: JoinsOptions): Promise<Outcome> {
  const outcome = nothingYet()
  outcome.rounds = joins
  const devices: Device[] = []
  const come = async (name: string, prepare?: (device: Device) => Promise<void>) => {
    const context = await browser.newContext({ serviceWorkers: 'block' })
    await putTap(context)
    await openSmall(context)
    const device = await makeDevice(context, name, origin)
    devices.push(device)
    await prepare?.(device)
    return device
  }
  try {
    const ann = await come('Ann')
    const link = await openRoom(ann)
    const ben = await come('Ben', (device) => joinRoom(device, link))
    for (const { page } of [ann, ben]) await joinCall(page)
    const source = await ben.page.evaluate(() => asterism.room.me.tab)
    await startTap(ann.page, { withVoices: true })
    const newcomers = await Promise.all(Array.from({ length: joins }, (_, n) => come(`Guest ${n + 1}`)))
    await Promise.all(newcomers.map(({ page }) => page.waitForFunction(() => 'asterism' in globalThis)))
    const quiet = await gapsOf(ann.page, source, () => wait(QUIET_MS))
    say(`before: no picture for ${quiet.pictureMs} ms, no voice for ${quiet.voiceMs} ms`)

    await countNotices(ann.page)
    const keys = pressAgainAndAgain(ann.page)
    let met: readonly number[] = []
    const during = await gapsOf(ann.page, source, async () => {
      met = await setOut(devices, newcomers, link, say)
    })
    const pressed = await keys.stop()
    const notices = await shownNotices(ann.page)
    const picture = join(tmpdir(), 'asterism-joins.png')
    await ann.page.screenshot({ path: picture })
    outcome.maxRecoveryMs = Math.max(...met)
    say(`all knew all after ${Math.round(outcome.maxRecoveryMs)} ms, the first after ${Math.round(Math.min(...met))} ms`)
    say(`meanwhile no picture for ${during.pictureMs} ms, no voice for ${during.voiceMs} ms; a key took ${pressed.join(', ')} ms`)
    say(`the screen of one of the two at the end: ${picture}`)
    say(`notices: ${notices.length === 0 ? 'none' : notices.join(' | ')}`)
    outcome.figures = {
      allKnowAllMs: Math.round(outcome.maxRecoveryMs),
      pictureGapMs: during.pictureMs,
      voiceGapMs: during.voiceMs,
      quietPictureGapMs: quiet.pictureMs,
      quietVoiceGapMs: quiet.voiceMs,
      maxKeyMs: Math.max(...pressed),
      notices: notices.length,
    }
    if (notices.length > NOTICES) outcome.failures.push(`${notices.length} notices`)
    if (Math.max(...pressed) > KEY_MS) outcome.failures.push(`a key took ${Math.max(...pressed)} ms`)
    for (const { name, errors } of devices) if (errors.length > 0) outcome.failures.push(`${name}: ${errors[0]}`)
  } catch (error) {
    outcome.failures.push(reasonOf(error))
  } finally {
    await Promise.all(devices.map((device) => device.close()))
  }
  return outcome
}

/** When each knew all, counted from the first who set out. */
async function setOut(
  devices: readonly Device[],
  newcomers: readonly Device[],
  link: string,
  say: (line: string) => void,
): Promise<readonly number[]> {
  const startMs = performance.now()
  const entered = newcomers.map((one, n) => wait((n * SET_OUT_MS) / newcomers.length).then(() => enter(one, link)))
  const met = devices.map(async (device) => {
    await entered[newcomers.indexOf(device)]
    await until(() => knowsAll(device.page, devices.length))
    return performance.now() - startMs
  })
  const meetMs = MEET_MS + (MEET_MS_PER_LINK * devices.length * (devices.length - 1)) / 2
  return within(meetMs, 'not everybody knew everybody', Promise.all(met)).catch(async (error: unknown) => {
    for (const { name, page } of devices) say(`${name}: ${await stateOf(page)}`)
    throw error
  })
}

/** Nobody waits for one before the other: who may talk does. */
async function enter({ page, name }: Device, link: string): Promise<void> {
  await page.evaluate(
    async ({ link, name }) => {
      const room = await asterism.join(link, { name })
      // Who looks at nobody leaves the processor to the links.
      room.call.setVisible([])
      await room.call.join({ microphone: false, camera: false })
    },
    { link, name },
  )
}

function knowsAll(page: Page, count: number): Promise<boolean> {
  return page.evaluate((count) => {
    const { room } = asterism
    if (room === undefined) return false
    const here = room.members.filter(({ isMe, connection }) => isMe || connection === 'here').length
    return here === count && room.call.remote.length === count - 1
  }, count)
}

function stateOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { room } = asterism
    if (room === undefined) return 'in no room'
    const states = Map.groupBy(room.members, ({ isMe, connection }) => (isMe ? 'me' : connection))
    return [...states]
      .map(([state, members]) => `${members.length} ${state}`)
      .join(', ')
      .concat(`, ${room.call.remote.length} in the call`)
  })
}

async function gapsOf(page: Page, source: string, work: () => Promise<unknown>): Promise<{ pictureMs: number; voiceMs: number }> {
  await takeNoted(page)
  const fromMs = performance.timeOrigin + performance.now()
  await work()
  const untilMs = performance.timeOrigin + performance.now()
  const { pictures, sounds } = await takeNoted(page)
  const moments = (pictures[source] ?? []).map(({ atMs }) => atMs)
  return {
    pictureMs: Math.round(longestGapMs(moments, fromMs, untilMs)),
    voiceMs: Math.round(longestGapMs(sounds[source] ?? [], fromMs, untilMs)),
  }
}

/** M mutes and unmutes. Gives how long the keys took, as the page itself saw it. */
function pressAgainAndAgain(page: Page): { stop: () => Promise<readonly number[]> } {
  let isOver = false
  const took: number[] = []
  const run = (async () => {
    while (!isOver && !page.isClosed()) {
      const before = await page.evaluate(() => asterism.room.call.self.microphone)
      const fromMs = performance.now()
      await page.keyboard.press('m')
      await until(() => page.evaluate((before) => asterism.room.call.self.microphone !== before, before), 20)
      took.push(Math.round(performance.now() - fromMs))
      await wait(KEY_EVERY_MS)
    }
  })().catch(() => undefined)
  return {
    stop: async () => {
      isOver = true
      await run
      return took
    },
  }
}

/** What calls for attention on the screen, from now on. */
function countNotices(page: Page): Promise<void> {
  return page.evaluate(() => {
    globalThis.noticesShown = []
    const look = () => {
      for (const place of document.querySelectorAll('[role="status"], [role="alert"]')) {
        const text = place.textContent?.trim() ?? ''
        if (text !== '' && globalThis.noticesShown.at(-1) !== text) globalThis.noticesShown.push(text)
      }
    }
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
}

function shownNotices(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => [...new Set(globalThis.noticesShown)])
}

async function until(isSo: () => Promise<boolean>, againMs = AGAIN_MS): Promise<void> {
  while (!(await isSo())) await wait(againMs)
}

declare global {
  var noticesShown: string[]
}
