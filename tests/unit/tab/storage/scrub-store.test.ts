import { expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../../../src/ports/clock.ts'
import type { BlockId } from '../../../../src/protocol/ids.ts'
import { SCRUB_BYTES_PER_SECOND, SCRUB_ROUND_MS } from '../../../../src/protocol/limits.ts'
import { MemoryBlockStore, MemoryDisk } from '../../../../src/tab/storage/memory-block-store.ts'
import { type ScrubParts, scrubStore } from '../../../../src/tab/storage/scrub-store.ts'
import { blockOf } from '../../../contract/block-store.ts'

const MIB = 1024 * 1024

/** Time that passes only where somebody waits for it. */
class WaitedClock implements Clock {
  #ms = 1_000_000
  nowMs = () => this.#ms
  monotonicMs = () => this.#ms
  after(delayMs: number, callback: () => void): () => void {
    const timer = setImmediate(() => {
      this.#ms += delayMs
      callback()
    })
    return () => clearImmediate(timer)
  }
}

async function openScrubbed(count: number, bytes: number, parts: Partial<ScrubParts> = {}) {
  const disk = new MemoryDisk()
  const store = new MemoryBlockStore({ disk })
  const reads: { id: BlockId; atMs: number }[] = []
  const clock = new WaitedClock()
  const blocks = await Promise.all(Array.from({ length: count }, (_, index) => blockOf(new Uint8Array(bytes).fill(index + 1))))
  await store.putMany(blocks)
  const get = store.get.bind(store)
  store.get = (id, shelf) => {
    reads.push({ id, atMs: clock.nowMs() })
    return get(id, shelf)
  }
  const damaged: BlockId[] = []
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const start = () =>
    scrubStore(store, clock, {
      isIdle: () => true,
      damaged: (ids) => damaged.push(...ids),
      signal: closing.signal,
      values: store,
      ...parts,
    })
  return { disk, store, reads, clock, damaged, start, close: () => closing.abort(), ids: blocks.map(({ id }) => id).sort() }
}

function rot(disk: MemoryDisk, id: BlockId | undefined): void {
  const bytes = id === undefined ? undefined : disk.blocks.fragment.get(id)
  if (bytes !== undefined) bytes[9] = (bytes[9] as number) ^ 1
}

/** Read on opening, from anywhere. */
const SAMPLE = 8

test('[STORE-13] an idle device reads everything once a day, no faster than its bound', async () => {
  const { reads, damaged, start, ids } = await openScrubbed(12, MIB)
  start()
  await expect.poll(() => reads.length, { timeout: 20_000 }).toBeGreaterThan(SAMPLE + 12)

  const round = reads.slice(SAMPLE, SAMPLE + 12)
  expect(round.map(({ id }) => id)).toEqual(ids)
  const tookMs = (round.at(-1)?.atMs ?? 0) - (round[0]?.atMs ?? 0)
  expect(tookMs).toBe(((12 * MIB) / SCRUB_BYTES_PER_SECOND - 1) * 1_000)
  expect((reads[SAMPLE + 12]?.atMs ?? 0) - (round[0]?.atMs ?? 0)).toBe(SCRUB_ROUND_MS)
  expect(damaged).toEqual([])
})

test('[STORE-13] what rotted is told, and the store is of a new generation', async () => {
  const { disk, damaged, start, ids, store } = await openScrubbed(30, 1_000)
  rot(disk, ids[7])
  const { generation } = await store.usage()
  start()
  await expect.poll(() => damaged, { timeout: 20_000 }).toEqual([ids[7]])

  expect((await store.usage()).generation).not.toBe(generation)
})

test('[STORE-13] a disk that lost much while the page was closed is found out when it opens, though the day is not over', async () => {
  const { disk, store, reads, clock, start, close, damaged, ids } = await openScrubbed(40, 1_000)
  start()
  await expect.poll(() => reads.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(SAMPLE + 40)
  close()
  const closedAtMs = clock.nowMs()
  for (const id of ids) rot(disk, id)
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  scrubStore(store, clock, { isIdle: () => true, damaged: (some) => damaged.push(...some), signal: closing.signal, values: store })
  await expect.poll(() => [...damaged].sort(), { timeout: 20_000 }).toEqual(ids)

  expect((reads.findLast(({ id }) => damaged.includes(id))?.atMs ?? 0) - closedAtMs).toBeLessThan(SCRUB_ROUND_MS)
})

test('[STORE-13] beyond the sample a device that is not idle is left alone until it is', async () => {
  let isIdle = false
  const { reads, clock, start } = await openScrubbed(3, 10, { isIdle: () => isIdle })
  const beganMs = clock.nowMs()
  start()
  await expect.poll(() => clock.nowMs() - beganMs, { timeout: 20_000 }).toBeGreaterThan(60_000)
  expect(reads).toHaveLength(3)
  isIdle = true
  await expect.poll(() => reads.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(6)
})

test('[STORE-13] the next page load goes on where the last one stopped', async () => {
  let looks = 0
  const first = await openScrubbed(6, MIB, { isIdle: () => looks++ < 4 })
  first.start()
  await expect.poll(() => looks, { timeout: 20_000 }).toBeGreaterThan(10)
  first.close()
  const read = first.reads.length
  expect(read).toBeGreaterThan(6)
  expect(read).toBeLessThan(12)
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  scrubStore(first.store, first.clock, { isIdle: () => true, damaged: () => {}, signal: closing.signal, values: first.store })
  await expect.poll(() => first.reads.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(18)

  const round = [...first.reads.slice(6, read), ...first.reads.slice(read + 6, 18)]
  expect(round.map(({ id }) => id)).toEqual(first.ids)
})

test('[STORE-13] what is deleted while its page is read is no damage', async () => {
  const { reads, damaged, start, store, ids } = await openScrubbed(4, 10)
  const get = store.get.bind(store)
  store.get = async (id, shelf) => {
    if (id === ids[0]) await store.delete([ids[1] as BlockId])
    return get(id, shelf)
  }
  start()
  await expect.poll(() => reads.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(4)
  expect(damaged).toEqual([])
})
