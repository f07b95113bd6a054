/**
 * A program that sends into a call for minutes: whether it goes on as it began. Pictures, their delay from the program to another
 * member, what waits on the way, and the memory of the browser are told for each minute; the last is held against the first.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright'
import { percentile } from '../../bench/meeting/tap.ts'
import { bundle } from '../../e2e/bundle.ts'
import { type Device, joinByApi, makeDevice, seeMembers, startByApi } from '../../e2e/device.ts'
import { openDoor } from '../../e2e/doors/at-doors.ts'
import { GstProgram, hasGStreamer } from '../../e2e/doors/gst-program.ts'
import { joinCall } from '../../e2e/meeting/in-call.ts'
import type { RelayProcess } from '../../e2e/relay-process.ts'
import { nothingYet, type Outcome, reasonOf } from '../outcome.ts'
import type { DoorLook } from './look-page.ts'

declare global {
  var doorLook: DoorLook
}

const MINUTE_MS = 60_000
const LOOK_MS = 5_000
/** A connection at its beginning probes how much the line takes. */
const SETTLE_MS = 10_000
/** Two seconds of pictures, which a machine without time to spare comes to; more in front of the decoder is a queue. */
const WAITING = 30
const MIB = 1024 * 1024

type Minute = {
  readonly fps: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly longestGapMs: number
  readonly mostWaiting: number
  readonly heapMib: number
  readonly memoryMib: number
}

export async function shakeDoors(
  browser: Browser,
  relay: RelayProcess,
  { minutes, say }: { readonly minutes: number; readonly say: (line: string) => void },
): Promise<Outcome> {
  if (!hasGStreamer()) throw new Error('It takes GStreamer with webrtcbin for Python: apt install what .ci/run lists.')
  const outcome = nothingYet()
  const script = await bundle(fileURLToPath(import.meta.resolve('./look-page.ts')))
  const person = async (name: string) => {
    const context = await browser.newContext()
    await context.addInitScript({ content: `(() => {${script}})()` })
    return makeDevice(context, name, relay.origin)
  }
  const [ann, ben] = [await person('Ann'), await person('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  for (const one of [ann, ben]) await joinCall(one, { microphone: false, camera: false })
  const program = new GstProgram('publish-stamped', await openDoor(ann, { direction: 'in' }))
  try {
    if ((await program.answered()) !== 201) throw new Error(`answered with ${program.last('status')}`)
    await ben.page.waitForFunction(() => asterism.room.call.remote.some(({ screen }) => screen !== undefined))
    await ben.page.evaluate(() => void doorLook.look())
    await ben.page.waitForTimeout(SETTLE_MS)
    const seen: Minute[] = []
    while (seen.length < minutes) {
      const minute = await watchMinute(browser, ann, ben)
      seen.push(minute)
      outcome.rounds = seen.length
      say(
        `minute ${seen.length}: ${Object.entries(minute)
          .map(([what, value]) => `${what} ${Math.round(10 * value) / 10}`)
          .join(', ')}`,
      )
    }
    const [first, last] = [seen[0], seen.at(-1)]
    if (first === undefined || last === undefined) return outcome
    outcome.failures.push(...compare(first, last, seen))
    outcome.figures = { ...named('first', first), ...named('last', last) }
  } catch (error) {
    outcome.failures.push(reasonOf(error))
  } finally {
    program.kill()
  }
  return outcome
}

async function watchMinute(browser: Browser, ann: Device, ben: Device): Promise<Minute> {
  await ben.page.evaluate(() => doorLook.take())
  const [beganMs, looks] = [performance.now(), [] as number[]]
  while (performance.now() - beganMs < MINUTE_MS) {
    await ann.page.waitForTimeout(LOOK_MS)
    looks.push(await ann.page.evaluate(() => doorLook.waiting()))
  }
  const { pictures, delaysMs, longestGapMs } = await ben.page.evaluate(() => doorLook.take())
  return {
    fps: (1_000 * pictures) / (performance.now() - beganMs),
    p50Ms: percentile(delaysMs, 50),
    p95Ms: percentile(delaysMs, 95),
    longestGapMs,
    mostWaiting: Math.max(...looks),
    heapMib: (await heapBytes(ann.page)) / MIB,
    memoryMib: (await memoryBytes(browser)) / MIB,
  }
}

function compare(first: Minute, last: Minute, all: readonly Minute[]): readonly string[] {
  const failures: string[] = []
  if (last.fps < 0.8 * first.fps) failures.push(`pictures fell from ${first.fps} to ${last.fps} a second`)
  if (!(last.p50Ms < first.p50Ms + 200)) failures.push(`the delay grew from ${first.p50Ms} to ${last.p50Ms} ms`)
  if (last.heapMib > 1.5 * first.heapMib + 10) failures.push(`the page's heap grew from ${first.heapMib} to ${last.heapMib} MiB`)
  // What a browser takes while it begins it keeps.
  const { memoryMib } = all[1] ?? first
  if (last.memoryMib > 1.2 * memoryMib + 50) failures.push(`memory grew from ${memoryMib} to ${last.memoryMib} MiB`)
  const most = Math.max(...all.map(({ mostWaiting }) => mostWaiting))
  if (most > WAITING) failures.push(`${most} pictures waited`)
  return failures
}

function named(when: string, minute: Minute): Record<string, number> {
  const entries = Object.entries(minute).map(([what, value]) => [`${when} ${what}`, Math.round(10 * value) / 10] as const)
  return Object.fromEntries(entries)
}

/** Of one page, without what nobody holds any more. */
async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize
}

/** Of all processes of the browser, each with its part of what they share. */
async function memoryBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.reduce((sum, { id }) => sum + proportionalBytes(id), 0)
}

/** None of one that has ended meanwhile. */
function proportionalBytes(pid: number): number {
  try {
    return 1_024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
