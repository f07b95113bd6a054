/**
 * Four people, 80 ms of round trip from each other, on lines that carry everything: how long until everybody has everybody in time.
 * Then the line down of one of them narrows to less than one full picture: what is left of the voices, and of the pictures.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright'
import { RelayProcess } from '../../e2e/relay-process.ts'
import { talkingHeadFlags } from '../../e2e/talking-head.ts'
import { openWan } from '../wan/open-wan.ts'
import { gather, joinCall } from './crowd.ts'

const PEOPLE = 4
/** Two lines lie between two devices. */
const LINE = { delayMs: 20 }
const SHORT = { up: LINE, down: { ...LINE, mbitPerSecond: 0.8, queueMs: 400 } }
/** A picture in time is no later than this, and moves so often at least. */
const GOOD_MS = 250
const GOOD_FPS = 10
/** So many looks in a row, each second. */
const STEADY_LOOKS = 3
const SETTLE_MAX_MS = 60_000
/** Until the short line is known. */
const SHORT_SETTLE_MS = 8_000
/** Opus sends a packet every 20 ms. */
const VOICE_PACKETS = 50

export type FarMeasured = {
  /** From the last Join; undefined: not within a minute. */
  readonly settleMs: number | undefined
  /** Of the pictures, by the end of it. */
  readonly delayMs: number
  /** Of the packets of the voices that come by the short line. */
  readonly voicePct: number
  /** Pictures a second of each of the others by it. */
  readonly shortFps: number
}

type Look = { readonly pictures: readonly { fps: number; delayMs: number }[]; readonly voices: readonly number[] }

export async function measureFar(seed: number, watchMs: number): Promise<FarMeasured> {
  const wan = await openWan({ devices: PEOPLE, seed, line: LINE, flags: await talkingHeadFlags() })
  const relay = await RelayProcess.open({ HOST: '0.0.0.0' })
  const origin = `http://${wan.address}:${relay.port}`
  try {
    const browsers: Browser[] = []
    for (let device = 0; device < PEOPLE; device++) browsers.push(await wan.launch(device, origin))
    const { pages } = await gather(browsers, origin, 'api')
    await Promise.all(pages.map((page) => joinCall(page)))
    const { settleMs, delayMs } = await settle(pages)
    wan.shape(0, SHORT)
    await wait(SHORT_SETTLE_MS)
    const looks = await lookFor(pages.slice(0, 1), watchMs)
    const seconds = looks.length
    const packets = looks.flatMap(({ voices }) => voices).reduce((sum, count) => sum + Math.min(VOICE_PACKETS, count), 0)
    const shown = looks.flatMap(({ pictures }) => pictures).reduce((sum, { fps }) => sum + fps, 0)
    const others = PEOPLE - 1
    return {
      settleMs,
      delayMs,
      voicePct: (100 * packets) / (VOICE_PACKETS * others * seconds),
      shortFps: shown / (others * seconds),
    }
  } finally {
    await wan.close()
    await relay.close()
  }
}

async function settle(pages: readonly Page[]): Promise<Pick<FarMeasured, 'settleMs' | 'delayMs'>> {
  const beganMs = performance.now()
  let good = 0
  let delays: readonly number[] = []
  while (performance.now() - beganMs < SETTLE_MAX_MS) {
    const pictures = (await Promise.all(pages.map(look))).flatMap((one) => one.pictures)
    const inTime = pictures.filter(({ fps, delayMs }) => fps >= GOOD_FPS && delayMs <= GOOD_MS)
    good = inTime.length === PEOPLE * (PEOPLE - 1) ? good + 1 : 0
    delays = pictures.map(({ delayMs }) => delayMs).toSorted((a, b) => a - b)
    if (good === STEADY_LOOKS) break
    await wait(1_000)
  }
  const isSettled = good === STEADY_LOOKS
  return {
    settleMs: isSettled ? performance.now() - beganMs - 1_000 * (STEADY_LOOKS - 1) : undefined,
    delayMs: delays[delays.length >> 1] ?? Number.NaN,
  }
}

async function lookFor(pages: readonly Page[], watchMs: number): Promise<readonly Look[]> {
  const looks: Look[] = []
  for (let ms = 0; ms < watchMs; ms += 1_000) {
    await wait(1_000)
    looks.push(...(await Promise.all(pages.map(look))))
  }
  return looks
}

/** Of the last second. */
function look(page: Page): Promise<Look> {
  return page.evaluate(() => {
    const streams = asterism.room.call.stats?.streams ?? []
    const pictures = streams.filter(({ layer }) => layer === 'main' || layer === 'thumb')
    return {
      pictures: pictures.map(({ fps, delayMs }) => ({ fps, delayMs })),
      voices: streams.filter(({ layer }) => layer === 'audio').map(({ fps }) => fps),
    }
  })
}
