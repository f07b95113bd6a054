/** Files of one byte, of very many and of very much: each arrives as it was, and takes no more memory than it must. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { findChromium } from '../../find-browser.ts'
import { findBrowserProcess, residentMiB } from '../browser-process.ts'
import { CHROMIUM_FLAGS } from '../chromium-flags.ts'
import { makeDevice } from '../device.ts'
import { knowFile, putRandomFile, readFile, waitForHeld } from '../files.ts'
import { expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'

const MIB = 1024 * 1024
/** `LARGE_MIB=5000 npm run test:e2e -- -g TRIAL-26` takes 5 GB of disk and four minutes. */
const LARGE_MIB = Number(process.env['LARGE_MIB'] ?? 256)
/** What is under way, and what the collector has not taken yet: well below the file. */
const HEAP_MIB = 192
/** What the browser's own process may grow by: bytes on their way to the disk, until the collector lets them go. */
const BROWSER_MIB = 160

test('[TRIAL-24] a file of one byte is read, whole and by range, by who was given it and by who was not', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  const kept = await putRandomFile(ann, 'one.bin', 1)
  const alone = await putRandomFile(ann, 'alone.bin', 1, { profile: 'raid1(1)' })
  await waitForHeld(ben, kept.id)
  await knowFile(ben, alone.id)
  for (const { id, hash } of [kept, alone]) {
    expect(await readFile(ben, id)).toMatchObject({ bytes: 1, hash, code: undefined })
    const seen = await ben.page.evaluate(async (id) => {
      const url = asterism.room.files.url(id) as string
      const status = async (range: string) => (await fetch(url, { headers: { range } })).status
      return [
        (await (await fetch(url)).arrayBuffer()).byteLength,
        await status('bytes=0-'),
        await status('bytes=0-0'),
        await status('bytes=1-'),
      ]
    }, id)
    expect(seen).toEqual([1, 206, 206, 416])
  }
})

test('[TRIAL-25] a folder of 10,000 files is added, reaches another device whole, and keeps its shape', async ({ device }) => {
  const COUNT = 10_000
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  await ann.page.evaluate(async (count) => {
    const files = Array.from({ length: count }, (_, n) => ({
      data: new Blob([`line ${n}\n`.repeat(1 + (n % 90))]),
      name: `${n}.txt`,
      folder: `all/${n % 10}`,
    }))
    await asterism.room.files.putMany(files)
  }, COUNT)
  await ben.page.waitForFunction(
    (count) => asterism.room.files.list().filter(({ state }) => state.kind === 'held').length === count,
    COUNT,
    { timeout: 60_000, polling: 500 },
  )
  const seen = await ben.page.evaluate(async () => {
    const files = asterism.room.files.list()
    const texts: Record<string, boolean> = {}
    for (const n of [0, 1, 89, 4_321, 9_999]) {
      const file = files.find(({ name, folder }) => name === `${n}.txt` && folder === `all/${n % 10}`)
      const parts: Uint8Array<ArrayBuffer>[] = []
      if (file !== undefined) for await (const part of asterism.room.files.get(file.id)) parts.push(new Uint8Array(part))
      texts[n] = (await new Blob(parts).text()) === `line ${n}\n`.repeat(1 + (n % 90))
    }
    return texts
  })
  expect(seen).toEqual({ 0: true, 1: true, 89: true, 4321: true, 9999: true })
})

test(`[TRIAL-26] a stream of ${LARGE_MIB} MiB is added and read back in constant memory`, async ({ relay }) => {
  test.setTimeout(60_000 + LARGE_MIB * 1_000)
  // A profile on disk: a private window keeps its store in memory, and that would be counted.
  const folder = await mkdtemp(join(tmpdir(), 'asterism-large-'))
  const context = await chromium.launchPersistentContext(folder, { executablePath: findChromium(), args: CHROMIUM_FLAGS })
  try {
    const ann = await makeDevice(context, 'Ann', relay.origin)
    await startByApi(ann)
    const session = await context.newCDPSession(ann.page)
    const heapMiB = async () => {
      const { usedSize, backingStorageSize = 0 } = (await session.send('Runtime.getHeapUsage')) as {
        usedSize: number
        backingStorageSize?: number
      }
      return (usedSize + backingStorageSize) / MIB
    }
    const pid = await findBrowserProcess(folder)
    const browserMiB = async () => (pid === undefined ? 0 : residentMiB(pid))
    const emptyMiB = await browserMiB()
    let [peakMiB, browserPeakMiB, isDone] = [0, 0, false]
    const work = ann.page.evaluate(async (mib) => {
      // Each MiB is the same words with its number mixed in: pieces that are alike would be kept once.
      const words = new Uint32Array(262_144).map((_, at) => Math.imul(at, 2_654_435_761))
      const pattern = new Uint8Array(words.buffer)
      const byteAt = (n: number, within: number) => (pattern[within] as number) ^ ((n >> (8 * (within % 4))) & 255)
      const pieces = async function* () {
        for (let n = 0; n < mib; n++) yield new Uint8Array(words.map((word) => word ^ n).buffer)
      }
      const { id, bytes } = await asterism.room.files.put(pieces(), { name: 'large.bin' })
      let [offset, wrong] = [0, 0]
      for await (const part of asterism.room.files.get(id)) {
        for (let at = 0; at < part.byteLength; at += 4_099) {
          const position = offset + at
          if (part[at] !== byteAt(Math.floor(position / pattern.byteLength), position % pattern.byteLength)) wrong++
        }
        offset += part.byteLength
      }
      return { bytes, read: offset, wrong }
    }, LARGE_MIB)
    const watch = async () => {
      while (!isDone) {
        peakMiB = Math.max(peakMiB, await heapMiB())
        browserPeakMiB = Math.max(browserPeakMiB, (await browserMiB()) - emptyMiB)
        await ann.page.waitForTimeout(100)
      }
    }
    const watching = watch()
    const seen = await work.finally(() => {
      isDone = true
    })
    await watching
    expect(seen).toEqual({ bytes: LARGE_MIB * MIB, read: LARGE_MIB * MIB, wrong: 0 })
    const peaks = { type: 'peaks, MiB', description: `heap ${peakMiB.toFixed(1)}, browser ${browserPeakMiB.toFixed(1)}` }
    test.info().annotations.push(peaks)
    expect(peakMiB).toBeLessThan(HEAP_MIB)
    expect(browserPeakMiB).toBeLessThan(BROWSER_MIB)
  } finally {
    await context.close()
    await rm(folder, { recursive: true, force: true })
  }
})
