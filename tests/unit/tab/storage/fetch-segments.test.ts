import { expect, test } from 'vitest'
import { type FetchingTab, heldBy, join, makeObject, openFetchingTab, type StoredObject } from '../../../twins/fetching-tab.ts'

const MIB = 1024 * 1024
const COPIES = { k: 1, rows: 1 }
const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined) => a !== undefined && b !== undefined && Buffer.compare(a, b) === 0

/** One tab per row, each with its own. */
async function holdersOf(object: StoredObject, options = {}): Promise<FetchingTab[]> {
  return Promise.all(
    Array.from({ length: object.shape.rows }, async (_, row) => {
      const holder = openFetchingTab(options)
      await holder.hold(object, [row])
      return holder
    }),
  )
}

const eachItsRow = (holders: readonly FetchingTab[]) => heldBy(Object.fromEntries(holders.map((holder, row) => [row, [holder]])))

const SEALED = 64 * 1024 + 16
const flipped = (frame: Uint8Array) => frame.map((byte, at) => (at === frame.length - 1 ? byte ^ 1 : byte))
const signalOf = () => new AbortController().signal

test('[TRANSFER-33] segments come from several holders, without the rest of their chunk and without a trace in the store', async () => {
  const object = await makeObject(2 * MIB, COPIES)
  const [asker, ada, ben] = [openFetchingTab(), openFetchingTab(), openFetchingTab()]
  await Promise.all([ada.hold(object, [0]), ben.hold(object, [0])])
  const [toAda] = join(ada, asker)
  const [toBen] = join(ben, asker)
  const got = await asker.fetcher.segments(object.shape, 1, { first: 14, count: 2 }, heldBy({ 0: [ada, ben] }), signalOf())
  expect(isSame(got, object.fragments[1]?.[0]?.bytes.subarray(14 * SEALED, 16 * SEALED))).toBe(true)
  expect([toAda, toBen].every(({ sent }) => sent.dataBytes > SEALED / 2 && sent.dataBytes < 1.5 * SEALED)).toBe(true)
  expect((await asker.store.usage()).keptBytes).toBe(0)
})

test('[TRANSFER-33] of coded rows a segment comes from the data fragments it lies in', async () => {
  const object = await makeObject(MIB, { k: 10, rows: 12 })
  const asker = openFetchingTab()
  const holders = await holdersOf(object)
  for (const holder of holders) join(holder, asker)
  const got = await asker.fetcher.segments(object.shape, 0, { first: 1, count: 2 }, eachItsRow(holders), signalOf())
  const sealed = Buffer.concat(object.fragments[0]?.slice(0, 10).map(({ bytes }) => bytes) ?? [])
  expect(isSame(got, sealed.subarray(SEALED, 3 * SEALED))).toBe(true)
})

test('[TRANSFER-34] with one that is wrong among them the chunk is to be read whole', async () => {
  const object = await makeObject(MIB, COPIES)
  const [asker, liar, ben] = [openFetchingTab(), openFetchingTab(), openFetchingTab()]
  await Promise.all([liar.hold(object, [0]), ben.hold(object, [0])])
  join(liar, asker, { data: (frame) => [flipped(frame)] })
  join(ben, asker)
  const holders = heldBy({ 0: [liar, ben] })
  expect(await asker.fetcher.segments(object.shape, 0, { first: 2, count: 2 }, holders, signalOf())).toBeUndefined()
  expect(asker.notices).toEqual([])
  const got = await asker.fetcher.chunk(object.shape, 0, holders, { urgent: true })
  expect(isSame(got.get(0), object.fragments[0]?.[0]?.bytes)).toBe(true)
  expect(asker.notices).toContain('block-mismatch')
})

test('[TRANSFER-34] without a holder, or with a liar alone, the chunk is to be read whole', async () => {
  const object = await makeObject(MIB, COPIES)
  const [asker, liar] = [openFetchingTab(), openFetchingTab()]
  const peek = (chunk: number) => asker.fetcher.segments(object.shape, chunk, { first: 0, count: 1 }, heldBy({ 0: [liar] }), signalOf())
  expect(await peek(0)).toBeUndefined()
  const other = await makeObject(MIB, COPIES, 2)
  await liar.hold(other, [0])
  join(liar, asker, { data: (frame) => [frame.fill(0, 16)] })
  const got = await asker.fetcher.segments(other.shape, 0, { first: 0, count: 1 }, heldBy({ 0: [liar] }), signalOf())
  expect(got).toBeUndefined()
})

test('[TRANSFER-25] a reader that leaves while segments are on their way calls them off', async () => {
  const object = await makeObject(MIB, COPIES)
  const [asker, ada] = [openFetchingTab(), openFetchingTab()]
  await ada.hold(object, [0])
  join(ada, asker, { data: () => [] })
  const reader = new AbortController()
  const reading = asker.fetcher.segments(object.shape, 0, { first: 0, count: 1 }, heldBy({ 0: [ada] }), reader.signal)
  expect(asker.fetcher.state.peeks.size).toBe(1)
  reader.abort()
  await expect(reading).rejects.toMatchObject({ code: 'aborted' })
  expect(asker.fetcher.state.peeks.size).toBe(0)
})
