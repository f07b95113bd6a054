/**
 * A file of random bytes goes from one device to the other by itself, as soon as the room knows of it. Time runs in the
 * receiver, from the moment it sees the file to the moment it holds it: every block has then been asked for, sent,
 * hashed, and stored in IndexedDB.
 */
import type { Page } from 'playwright'
import { joinRoom, seenAtMs, startRoom } from '../room-pages.ts'

export async function meet([holder, asker]: readonly Page[]): Promise<{ holder: Page; asker: Page }> {
  if (holder === undefined || asker === undefined) throw new Error('two pages are needed')
  await joinRoom(asker, await startRoom(holder))
  await Promise.all([holder, asker].map((page) => seenAtMs(page, 2)))
  return { holder, asker }
}

export type Held = { readonly seconds: number; readonly cpuMs: number }

declare global {
  /** Tells the bench that the file was seen, and then that it is held. */
  var mark: () => Promise<void>
}

/** From seen to held, in the asker's own time; `cpuMsNow` is read at both ends. */
export async function measureHeld(pages: readonly Page[], totalBytes: number, cpuMsNow: () => number): Promise<Held> {
  const { holder, asker } = await meet(pages)
  const marks: number[] = []
  await asker.exposeFunction('mark', () => void marks.push(cpuMsNow()))
  const held = asker.evaluate(
    () =>
      new Promise<number>((done, fail) => {
        let seenMs: number | undefined
        const stop = asterism.room.files.subscribe(() => {
          const [file] = asterism.room.files.list()
          if (file === undefined) return
          if (seenMs === undefined) {
            seenMs = performance.now()
            void mark()
          }
          if (file.state.kind === 'failed') fail(new Error(file.state.code))
          if (file.state.kind !== 'held') return
          stop()
          const seconds = (performance.now() - seenMs) / 1000
          void mark().then(() => done(seconds))
        })
      }),
  )
  await put(holder, totalBytes)
  const seconds = await held
  const [before = 0, after = 0] = marks
  return { seconds, cpuMs: after - before }
}

/** Milliseconds from seeing the file to its first bytes in the asker's hands. */
export async function measureFirstByte(pages: readonly Page[], totalBytes: number): Promise<number> {
  const { holder, asker } = await meet(pages)
  const first = asker.evaluate(
    () =>
      new Promise<number>((done, fail) => {
        const stop = asterism.room.files.subscribe(async () => {
          const [file] = asterism.room.files.list()
          if (file === undefined) return
          stop()
          const seenMs = performance.now()
          for await (const bytes of asterism.room.files.get(file.id)) {
            if (bytes.byteLength > 0) return done(performance.now() - seenMs)
          }
          fail(new Error('the file was empty'))
        })
      }),
  )
  await put(holder, totalBytes)
  return first
}

async function put(holder: Page, totalBytes: number): Promise<void> {
  await holder.evaluate(async (totalBytes) => {
    const bytes = new Uint8Array(totalBytes)
    for (let offset = 0; offset < totalBytes; offset += 65_536) crypto.getRandomValues(bytes.subarray(offset, offset + 65_536))
    await asterism.room.files.put(new Blob([bytes]), { name: 'bytes.bin' })
  }, totalBytes)
}
