import { expect, onTestFinished, test } from 'vitest'
import { browserClock } from '../../../../src/tab/browser-clock.ts'
import { MemoryBlockStore, MemoryDisk } from '../../../../src/tab/storage/memory-block-store.ts'
import { watchGeneration } from '../../../../src/tab/storage/watch-generation.ts'

/** A second is a millisecond. */
const hurried = { ...browserClock, after: (delayMs: number, callback: () => void) => browserClock.after(delayMs / 1_000, callback) }

test('[STORE-12] a device looks again at what it has when others have told what it said, and whenever damage was found', async () => {
  const disk = new MemoryDisk()
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  let looks = 0
  watchGeneration(new MemoryBlockStore({ disk }), hurried, closing.signal, () => looks++)
  await expect.poll(() => looks, { timeout: 20_000 }).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(looks).toBe(1)
  disk.generation++
  await expect.poll(() => looks, { timeout: 20_000 }).toBe(2)
})
