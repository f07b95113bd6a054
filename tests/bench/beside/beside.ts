/**
 * What a person in the room notices of a file that moves: round trips of the control channel, and the video of a call,
 * each with the file and without it; and what the call leaves of the file's speed. Next door, and over a narrow line.
 */
import type { Browser, Page } from 'playwright'
import type { FileId } from '../../../src/protocol/ids.ts'
import { buildIfStale } from '../../build-app.ts'
import { RelayProcess } from '../../e2e/relay-process.ts'
import { type Bench, type Figures, median } from '../bench.ts'
import { share } from '../storage/room.ts'
import { launchBrowser, withPagesOf } from '../two-pages.ts'
import { openWan, whyNoWan } from '../wan/open-wan.ts'
import { readVideo, startPinging, takeTrips, tapLinks, watchVideo } from './taps.ts'

const MIB = 1024 * 1024
/** A usual line at home, 50 ms from device to device: here a file can fill what a call needs. */
const LINE = { delayMs: 12.5, mbitPerSecond: 20 }
/** Video takes its time to find its rate. */
const SETTLE_MS = 4_000

/** One figure of each name, measured in one round. */
type Round = Record<string, number>
type Plan = { readonly bytes: number; readonly restMs: number; readonly rounds: number }
type Measured = { readonly samples: Record<string, number[]>; readonly notes: readonly string[] }
type Place = { readonly name: 'near' | 'far'; readonly origin: string; readonly browsers: readonly Browser[] }

export const bench: Bench = async ({ isQuick, say }) => {
  if (!(await buildIfStale())) throw new Error('the page could not be built')
  const near: Plan = isQuick ? { bytes: 32 * MIB, restMs: 2_000, rounds: 1 } : { bytes: 64 * MIB, restMs: 6_000, rounds: 3 }
  const far: Plan = isQuick ? { bytes: 4 * MIB, restMs: 2_000, rounds: 1 } : { bytes: 16 * MIB, restMs: 6_000, rounds: 3 }
  const nextDoor = await measureNear(near, say)
  const reason = whyNoWan()
  const afar: Measured = reason === undefined ? await measureFar(far, say) : { samples: {}, notes: [reason] }
  const samples = { ...nextDoor.samples, ...afar.samples }
  return {
    figures: figuresOf(samples),
    rounds: near.rounds,
    peers: { chromium: nextDoor.chromium },
    notes: [...nextDoor.notes, ...afar.notes],
    samples,
  }
}

/** Medians of the rounds, and what the file adds. */
function figuresOf(samples: Readonly<Record<string, readonly number[]>>): Figures {
  const medians: Record<string, number> = Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]))
  const over = (name: string, one: number | undefined, other: number | undefined) =>
    one === undefined || other === undefined ? {} : { [name]: one / other }
  return {
    ...medians,
    ...over('nearBulkP95VsIdle', medians['nearBulkP95Ms'], medians['nearIdleP95Ms']),
    ...over('farBulkP95VsIdle', medians['farBulkP95Ms'], medians['farIdleP95Ms']),
    ...over('nearFpsKept', medians['nearCallBulkFps'], medians['nearCallFps']),
    ...over('farFpsKept', medians['farCallBulkFps'], medians['farCallFps']),
  }
}

async function measureNear(plan: Plan, say: (line: string) => void): Promise<Measured & { readonly chromium: string }> {
  const [browser, relay] = await Promise.all([launchBrowser(), RelayProcess.open()])
  try {
    const measured = await measureRounds({ name: 'near', origin: relay.origin, browsers: [browser, browser] }, plan, say)
    return { ...measured, chromium: browser.version() }
  } finally {
    await browser.close()
    await relay.close()
  }
}

async function measureFar(plan: Plan, say: (line: string) => void): Promise<Measured> {
  const wan = await openWan({ devices: 2, seed: 1, line: LINE })
  const relay = await RelayProcess.open({ HOST: '0.0.0.0' })
  const origin = `http://${wan.address}:${relay.port}`
  try {
    const browsers = await Promise.all([wan.launch(0, origin), wan.launch(1, origin)])
    return await measureRounds({ name: 'far', origin, browsers }, plan, say)
  } finally {
    await wan.close()
    await relay.close()
  }
}

/** The call comes first in every other round, so that neither state is always that of a young link. A round that fails is a note. */
async function measureRounds(place: Place, plan: Plan, say: (line: string) => void): Promise<Measured> {
  const samples: Record<string, number[]> = {}
  const notes: string[] = []
  for (let round = 1; round <= plan.rounds; round++) {
    try {
      const seen = await withPagesOf(place.browsers, place.origin, (pages) => measureRound(pages, plan, round % 2 === 0))
      for (const [name, value] of Object.entries(seen)) {
        const named = `${place.name}${name}`
        samples[named] = [...(samples[named] ?? []), value]
      }
      const line = Object.entries(seen).map(([name, value]) => `${name} ${value.toFixed(1)}`)
      say(`${place.name}, round ${round}: ${line.join(', ')}`)
    } catch (error) {
      notes.push(`${place.name}, round ${round} could not be measured: ${error instanceof Error ? error.message : error}`)
    }
  }
  return { samples, notes }
}

async function measureRound(pages: readonly Page[], plan: Plan, isCallFirst: boolean): Promise<Round> {
  await Promise.all(pages.map(tapLinks))
  const { asker, files } = await share(pages, [plan.bytes, plan.bytes])
  const [first, second] = files
  if (first === undefined || second === undefined) throw new Error('the files are gone')
  const alone = async (file: FileId) => ({
    ...(await measureTrips('Idle', asker, () => asker.waitForTimeout(plan.restMs))),
    ...(await measureBulk('Bulk', asker, file, plan)),
  })
  const inCall = async (file: FileId) => {
    await Promise.all(pages.map((page) => page.evaluate(() => asterism.room.call.join({ microphone: true, camera: true }))))
    await asker.waitForFunction(() => asterism.room.call.remote.some(({ camera }) => camera !== undefined))
    await watchVideo(asker)
    await asker.waitForTimeout(SETTLE_MS)
    const call = await measureVideo('Call', asker, () => measureTrips('Call', asker, () => asker.waitForTimeout(plan.restMs)))
    const bulk = await measureVideo('CallBulk', asker, () => measureBulk('CallBulk', asker, file, plan))
    await Promise.all(pages.map((page) => page.evaluate(() => asterism.room.call.leave())))
    return { ...call, ...bulk }
  }
  return isCallFirst ? { ...(await inCall(first)), ...(await alone(second)) } : { ...(await alone(first)), ...(await inCall(second)) }
}

async function measureTrips(name: string, asker: Page, work: () => Promise<void>): Promise<Round> {
  await startPinging(asker)
  await work()
  const trips = (await takeTrips(asker)).sort((a, b) => a - b)
  return { [`${name}RttMs`]: median(trips), [`${name}P95Ms`]: trips[Math.ceil(trips.length * 0.95) - 1] ?? Number.NaN }
}

async function measureBulk(name: string, asker: Page, file: FileId, { bytes }: Plan): Promise<Round> {
  let seconds = Number.NaN
  const trips = await measureTrips(name, asker, async () => {
    seconds = await asker.evaluate(readWhole, file)
  })
  return { ...trips, [`${name}MiBps`]: bytes / MIB / seconds }
}

async function readWhole(file: FileId): Promise<number> {
  const startMs = performance.now()
  for await (const _ of asterism.room.files.get(file));
  return (performance.now() - startMs) / 1000
}

/** Frames shown in a second, and of a minute so many seconds frozen, while `work` runs. */
async function measureVideo(name: string, asker: Page, work: () => Promise<Round>): Promise<Round> {
  const before = await readVideo(asker)
  const measured = await work()
  const after = await readVideo(asker)
  const seconds = (after.atMs - before.atMs) / 1000
  return {
    ...measured,
    [`${name}Fps`]: (after.frames - before.frames) / seconds,
    [`${name}FreezesPerMinute`]: ((after.freezes - before.freezes) * 60) / seconds,
    [`${name}FrozenPct`]: ((after.frozenSeconds - before.frozenSeconds) * 100) / seconds,
  }
}
