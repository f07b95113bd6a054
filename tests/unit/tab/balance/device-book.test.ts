import { expect, onTestFinished, test } from 'vitest'
import { EMPTY_BOOK } from '../../../../src/core/balance/profile-book.ts'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import { PROFILE_SAVE_MS } from '../../../../src/protocol/limits.ts'
import type { MediaId } from '../../../../src/protocol/media.ts'
import { DeviceBook } from '../../../../src/tab/balance/device-book.ts'
import { loadProfiles } from '../../../../src/tab/balance/profile-store.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'
import { CLIENT } from './client.ts'

const nobody = { all: () => [], get: () => undefined, subscribe: () => () => undefined }

/** A book on a disk that answers a write when the test says so. */
async function openBook() {
  const clock = new ManualClock()
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const disk = new Map<string, Bytes>()
  const writes: { readonly finish: () => void; readonly fail: () => void }[] = []
  const values = {
    load: async (name: string) => disk.get(name),
    save: (name: string, value: Bytes | null) =>
      new Promise<void>((resolve, reject) => {
        const finish = () => {
          if (value !== null) disk.set(name, value)
          resolve()
        }
        writes.push({ finish, fail: () => reject(new Error('full')) })
      }),
  }
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const drawer = { values, key, random: (length: number) => new Uint8Array(length).fill(7) }
  const book = new DeviceBook(
    {
      links: nobody,
      presence: { all: () => new Map() },
      clock,
      signal: closing.signal,
      origin: 'http://127.0.0.1:1',
      segment: () => undefined,
      drawer,
      kept: { book: EMPTY_BOOK, salt: drawer.random(32), told: { atMs: 0, counts: new Map() } },
      seen: { prefix: '203.0.113', nat: 'same-port' },
      client: CLIENT,
      draw: 0.5,
    },
    () => undefined,
  )
  const worked = () => book.noteTechnique('redirect', 1 as MediaId, { kind: 'worked', mediaMs: 300 })
  const saveTime = () => clock.advance(PROFILE_SAVE_MS)
  /** Time for whatever is not held back by a write. */
  const settle = () => new Promise((resolve) => setTimeout(resolve, 50))
  const kept = async () => (await loadProfiles(drawer)).told.counts.get('redirect')?.succeeded
  return { worked, saveTime, settle, writes, kept, close: () => closing.abort() }
}

test('[BALANCE-40] a slow save does not write over one that began later', async () => {
  const { worked, saveTime, settle, writes, kept, close } = await openBook()
  worked()
  saveTime()
  await expect.poll(() => writes.length).toBe(1)
  worked()
  // The room closes, which saves at once.
  close()
  await settle()
  for (const write of writes.splice(0).toReversed()) write.finish()
  await settle()
  for (const write of writes.splice(0)) write.finish()
  expect(await kept()).toBe(2)
})

test('[BALANCE-40] a save that failed stops none after it', async () => {
  const { worked, saveTime, writes, kept } = await openBook()
  worked()
  saveTime()
  await expect.poll(() => writes.length).toBe(1)
  writes[0]?.fail()
  worked()
  saveTime()
  await expect.poll(() => writes.length).toBe(2)
  writes[1]?.finish()
  await expect.poll(kept).toBe(2)
})
