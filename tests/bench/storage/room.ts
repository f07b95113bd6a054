/**
 * Our side: devices that hold a file and one that holds nothing of it and asks. Plans are the room's own; the profile
 * names as many copies as there are holders and the asker takes nothing in, so what it reads stays as spare copies.
 */
import type { Page } from 'playwright'
import type { FileId } from '../../../src/protocol/ids.ts'
import '../random-bytes.ts'
import { joinRoom, seenAtMs, startRoom } from '../room-pages.ts'

const MIB = 1024 * 1024
const SEEK_BYTES = 64 * 1024
/** A room this slow has come to a stop. */
const PATIENCE_MS = 60_000

export type Read = { readonly mibPerSecond: number; readonly firstByteMs: number; readonly cpuMsPerMiB: number }

declare global {
  /** Resolves when so many fragments are on disk. */
  var stored: (fragments: number) => Promise<void>
  /** Reads the CPU's clock outside the page. */
  var mark: () => Promise<void>
}

/** The last page asks, all others hold. Gives the files, in the order of `sizes`, when the asker knows of them. */
export async function share(pages: readonly Page[], sizes: readonly number[]): Promise<{ asker: Page; files: readonly FileId[] }> {
  const [holders, asker] = [pages.slice(0, -1), pages.at(-1)]
  const [first] = holders
  if (asker === undefined || first === undefined) throw new Error('two pages are needed')
  const link = await startRoom(first)
  for (const holder of holders.slice(1)) await joinRoom(holder, link)
  await Promise.all(holders.map((page) => seenAtMs(page, holders.length)))
  const files: FileId[] = []
  for (const [n, bytes] of sizes.entries()) files.push(await put(first, bytes, { seed: n + 1, profile: `raid1(${holders.length})` }))
  await joinRoom(asker, link)
  // A device in another network is soon planned for, and would fetch what it is to be asked for.
  await asker.evaluate(() => asterism.room?.files.storage.release())
  await Promise.all(pages.map((page) => seenAtMs(page, pages.length)))
  await asker.waitForFunction((count) => asterism.room.files.list().length === count, files.length, { timeout: PATIENCE_MS })
  return { asker, files }
}

function put(page: Page, totalBytes: number, options: { seed: number; profile: string }): Promise<FileId> {
  return page.evaluate(
    async ({ totalBytes, seed, profile }) => {
      const data = new Blob([await makeBytes(totalBytes, seed)])
      return (await asterism.room.files.put(data, { name: `file ${seed}`, profile, until: 'spread' })).id
    },
    { totalBytes, ...options },
  )
}

/** From asking for the file to its last byte: fetched, checked, opened, and on disk. The asker's store is empty before. */
export async function measureGet(asker: Page, file: FileId, totalBytes: number, cpuMsNow: () => number): Promise<Read> {
  const marks: number[] = []
  await asker.evaluate(offerStored)
  await asker.exposeFunction('mark', () => void marks.push(cpuMsNow()))
  const { seconds, firstByteMs } = await asker.evaluate(
    async ({ file, totalBytes, fragments }) => {
      await mark()
      const startMs = performance.now()
      let [firstMs, bytes] = [0, 0]
      for await (const part of asterism.room.files.get(file)) {
        if (bytes === 0) firstMs = performance.now()
        bytes += part.byteLength
      }
      await stored(fragments)
      const endMs = performance.now()
      await mark()
      if (bytes !== totalBytes) throw new Error(`${bytes} of ${totalBytes} bytes came`)
      return { seconds: (endMs - startMs) / 1000, firstByteMs: firstMs - startMs }
    },
    { file, totalBytes, fragments: totalBytes / MIB },
  )
  const [before = 0, after = 0] = marks
  return { mibPerSecond: totalBytes / MIB / seconds, firstByteMs, cpuMsPerMiB: (after - before) / (totalBytes / MIB) }
}

/** What is read may be on its way to the disk when it is read: a copy that is not stored yet does not count. */
async function offerStored(): Promise<void> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const db = await done(indexedDB.open('asterism'))
  const count = () => done(db.transaction('fragment').objectStore('fragment').count())
  const before = await count()
  globalThis.stored = async (fragments) => {
    while ((await count()) < before + fragments) await new Promise((resolve) => setTimeout(resolve, 5))
    db.close()
  }
}

/** Ranges of 64 KiB at the file's address, each in a chunk that was not read before: what a person waits for who seeks in a video. */
export function measureSeeks(asker: Page, file: FileId, offsets: readonly number[]): Promise<number[]> {
  return asker.evaluate(
    async ({ file, offsets, bytes }) => {
      const url = asterism.room.files.url(file)
      if (url === undefined) throw new Error('the file has no address')
      const waits: number[] = []
      for (const offset of offsets) {
        const startMs = performance.now()
        const response = await fetch(url, { headers: { range: `bytes=${offset}-${offset + bytes - 1}` } })
        const got = (await response.arrayBuffer()).byteLength
        if (response.status !== 206 || got !== bytes) throw new Error(`a range of ${got} bytes, status ${response.status}`)
        waits.push(performance.now() - startMs)
        await new Promise((done) => setTimeout(done, 50))
      }
      return waits
    },
    { file, offsets, bytes: SEEK_BYTES },
  )
}

/** One offset in each MiB of the file, in the order of `random`, as many as asked. */
export function seekOffsets(totalBytes: number, count: number, random: () => number): number[] {
  const chunks = Array.from({ length: totalBytes / MIB }, (_, n) => ({ n, order: random() })).sort((a, b) => a.order - b.order)
  return chunks.slice(0, count).map(({ n }) => n * MIB + Math.floor(random() * (MIB - SEEK_BYTES)))
}

/** MiB/s of a file put until it is safe, times the devices that have it then: every copy is written somewhere. */
export async function measurePut(pages: readonly Page[], totalBytes: number): Promise<number> {
  const [first, ...others] = pages
  if (first === undefined) throw new Error('pages are needed')
  const link = await startRoom(first)
  for (const page of others) await joinRoom(page, link)
  await Promise.all(pages.map((page) => seenAtMs(page, pages.length)))
  const { seconds, copies } = await first.evaluate(async (totalBytes) => {
    const data = new Blob([await makeBytes(totalBytes, 9)])
    const startMs = performance.now()
    const { id } = await asterism.room.files.put(data, { name: 'dear', until: 'safe' })
    const seconds = (performance.now() - startMs) / 1000
    const { overhead } = asterism.room.files.stat(id)
    return { seconds, copies: overhead }
  }, totalBytes)
  return (totalBytes / MIB / seconds) * copies
}
