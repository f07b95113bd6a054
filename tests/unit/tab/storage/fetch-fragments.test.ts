import { expect, test } from 'vitest'
import { fragmentId } from '../../../../src/pipeline/fragment-id.ts'
import { RoomError } from '../../../../src/protocol/errors.ts'
import { encodeFrame } from '../../../../src/protocol/frame.ts'
import type { BlockId } from '../../../../src/protocol/ids.ts'
import { COMMANDS_PER_SECOND } from '../../../../src/protocol/limits.ts'
import { type FetchingTab, heldBy, join, makeObject, noise, openFetchingTab, type StoredObject, soon } from '../../../twins/fetching-tab.ts'
import { hurriedClock } from '../../../twins/hurried-clock.ts'

const MIB = 1024 * 1024
const COPIES = { k: 1, rows: 1 }
const RAID6 = { k: 4, rows: 6 }

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

test('[TRANSFER-12] a copy is fetched from two holders at once and kept', async () => {
  const object = await makeObject(12 * MIB + 5, COPIES)
  const [asker, ada, ben] = [openFetchingTab(), openFetchingTab(), openFetchingTab()]
  await Promise.all([ada.hold(object, [0]), ben.hold(object, [0])])
  const [toAda] = join(ada, asker)
  const [toBen] = join(ben, asker)
  asker.fetcher.keep(object.shape, [0], heldBy({ 0: [ada, ben] }))
  await soon(() => asker.heard.includes('kept'))
  expect(await asker.has(object, 0)).toBe(true)
  expect(toAda.sent.dataBytes).toBeGreaterThan(MIB)
  expect(toBen.sent.dataBytes).toBeGreaterThan(MIB)
  expect(toAda.sent.dataBytes + toBen.sent.dataBytes).toBeLessThan(12.1 * MIB)
})

test('[TRANSFER-11] what the store has is not fetched', async () => {
  const object = await makeObject(3 * MIB, COPIES)
  const [asker, ada] = [openFetchingTab(), openFetchingTab()]
  await ada.hold(object, [0])
  await asker.store.putMany([object.fragments[1]?.[0] as { id: BlockId; bytes: Uint8Array<ArrayBuffer> }], { marked: true })
  const [toAsker] = join(ada, asker)
  asker.fetcher.keep(object.shape, [0], heldBy({ 0: [ada] }))
  await soon(() => asker.heard.includes('kept'))
  expect(asker.heard).toEqual(['short 2', 'kept'])
  expect(toAsker.sent.dataBytes).toBeLessThan(2.1 * MIB)
  expect((await asker.store.usage()).markedBytes).toBe(0)
})

test('[TRANSFER-20] a row nobody has is made by a tab that has k others', async () => {
  const object = await makeObject(3 * MIB, RAID6)
  const asker = openFetchingTab()
  const maker = openFetchingTab({ knows: [object] })
  await maker.hold(object, [0, 1, 2, 3])
  join(asker, maker)
  asker.fetcher.keep(object.shape, [5], heldBy({ 0: [maker], 1: [maker], 2: [maker], 3: [maker] }, [maker]))
  await soon(() => asker.heard.includes('kept'))
  expect(await asker.has(object, 5)).toBe(true)
  expect(maker.made).toEqual([5, 5, 5])
})

test('[TRANSFER-21] without such a tab the asker makes it of k others, and does not store those', async () => {
  const object = await makeObject(3 * MIB, RAID6)
  const holders = await holdersOf(object)
  const asker = openFetchingTab()
  for (const holder of holders) join(asker, holder)
  const { rows, whole } = eachItsRow(holders)
  asker.fetcher.keep(object.shape, [5], { rows: new Map([...rows].filter(([row]) => row !== 5)), whole })
  await soon(() => asker.heard.includes('kept'))
  expect(await asker.has(object, 5)).toBe(true)
  expect((await asker.store.usage()).keptBytes).toBe(object.fragments.reduce((sum, chunk) => sum + (chunk[5]?.bytes.byteLength ?? 0), 0))
})

test('[TRANSFER-21] a row whose k others are in the store is made without asking anybody', async () => {
  const object = await makeObject(2 * MIB, RAID6)
  const asker = openFetchingTab()
  await asker.hold(object, [0, 1, 4, 5])
  asker.fetcher.keep(object.shape, [3], heldBy({}))
  await soon(() => asker.heard.includes('kept'))
  expect(await asker.has(object, 3)).toBe(true)
})

test('[TRANSFER-22] a reader gets k rows from k tabs, and leaves them in the store as copies that may go', async () => {
  const object = await makeObject(2 * MIB, RAID6)
  const holders = await holdersOf(object)
  const asker = openFetchingTab()
  for (const holder of holders) join(asker, holder)
  const fragments = await asker.fetcher.chunk(object.shape, 1, eachItsRow(holders))
  expect(fragments.size).toBeGreaterThanOrEqual(4)
  for (const [row, bytes] of fragments) expect(isSame(bytes, object.fragments[1]?.[row]?.bytes)).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 20))
  const { keptBytes, markedBytes } = await asker.store.usage()
  expect(markedBytes).toBe(keptBytes)
  expect(markedBytes).toBeGreaterThan(0.9 * MIB)
})

test('[TRANSFER-22] what the store has is read from it, and only the rest is asked for', async () => {
  const object = await makeObject(1 * MIB, RAID6)
  const holders = await holdersOf(object)
  const asker = openFetchingTab()
  await asker.hold(object, [0, 5, 2])
  const links = holders.map((holder) => join(holder, asker)[0])
  const fragments = await asker.fetcher.chunk(object.shape, 0, eachItsRow(holders))
  expect([...fragments.keys()].sort()).toEqual([0, 1, 2, 5])
  expect(links.filter(({ sent }) => sent.dataBytes > 0)).toHaveLength(1)
})

test('[TRANSFER-23] a tab that never answers is passed by: another row comes in its place', async () => {
  const object = await makeObject(1 * MIB, RAID6)
  const holders = await holdersOf(object)
  const asker = openFetchingTab({ clock: hurriedClock(20) })
  for (const [row, holder] of holders.entries()) join(holder, asker, row < 2 ? { data: () => [] } : {})
  const fragments = await asker.fetcher.chunk(object.shape, 0, eachItsRow(holders))
  expect([...fragments.keys()].sort()).toEqual([2, 3, 4, 5])
})

test('[TRANSFER-13] a tab that sends garbage is found out and passed by', async () => {
  const object = await makeObject(1 * MIB, RAID6)
  const holders = await holdersOf(object)
  const asker = openFetchingTab()
  const garbage = (frame: Uint8Array) => {
    const changed = frame.slice()
    changed[20] = (changed[20] ?? 0) ^ 1
    return [changed]
  }
  for (const [row, holder] of holders.entries()) join(holder, asker, row === 0 ? { data: garbage } : {})
  const fragments = await asker.fetcher.chunk(object.shape, 0, eachItsRow(holders))
  expect(fragments.has(0)).toBe(false)
  expect(asker.notices).toEqual(['block-mismatch'])
})

test('[TRANSFER-24] three of seven tabs go in the middle of a read: it goes on, waits below k, and ends when one is back', async () => {
  const object = await makeObject(6 * MIB, { k: 4, rows: 7 })
  const holders = await holdersOf(object)
  const asker = openFetchingTab()
  const links = holders.map((holder) => join(holder, asker)[0])
  const all = eachItsRow(holders)
  await asker.fetcher.chunk(object.shape, 0, all)
  const one = asker.fetcher.chunk(object.shape, 1, all)
  for (const link of links.slice(0, 3)) link.end()
  expect((await one).size).toBeGreaterThanOrEqual(4)
  expect((await asker.fetcher.chunk(object.shape, 2, all)).size).toBe(4)
  links[3]?.end()
  let isThere = false
  const waiting = asker.fetcher.chunk(object.shape, 3, all).then((fragments) => {
    isThere = true
    return fragments
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(isThere).toBe(false)
  join(holders[0] as FetchingTab, asker)
  expect([...(await waiting).keys()].sort()).toEqual([0, 4, 5, 6])
})

test('[TRANSFER-24] a read that nobody can serve ends in its time with block-missing', async () => {
  const object = await makeObject(1 * MIB, RAID6)
  const asker = openFetchingTab()
  const nobody = asker.fetcher.chunk(object.shape, 0, heldBy({}), { waitMs: 10 })
  await expect(nobody).rejects.toMatchObject({ code: 'block-missing' })
  expect(asker.fetcher.state.reads.size).toBe(0)
})

test('[TRANSFER-24] a read whose rows are on their way outlives its time', async () => {
  const object = await makeObject(1 * MIB, RAID6)
  const holders = await holdersOf(object)
  const asker = openFetchingTab()
  for (const holder of holders) join(holder, asker, { data: () => [] })
  const leaving = new AbortController()
  const read = asker.fetcher.chunk(object.shape, 0, eachItsRow(holders), { signal: leaving.signal, waitMs: 10 })
  await soon(() => asker.fetcher.state.underway.size > 0)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(asker.fetcher.state.reads.size).toBe(1)
  leaving.abort()
  await expect(read).rejects.toMatchObject({ code: 'aborted' })
})

test('[TRANSFER-25] a reader that leaves calls off what was asked for it', async () => {
  const object = await makeObject(1 * MIB, RAID6)
  const holders = await holdersOf(object)
  const asker = openFetchingTab()
  for (const holder of holders) join(holder, asker, { data: () => [] })
  const leaving = new AbortController()
  const read = asker.fetcher.chunk(object.shape, 0, eachItsRow(holders), { signal: leaving.signal })
  await soon(() => asker.fetcher.state.underway.size > 0)
  leaving.abort()
  await expect(read).rejects.toThrow(RoomError)
  expect(asker.fetcher.state).toMatchObject({ reads: new Map(), underway: new Map() })
})

test('[TRANSFER-26] an urgent chunk with several copies comes in parts, and who lies in one is found out', async () => {
  const object = await makeObject(1 * MIB, COPIES)
  const [asker, ada, ben] = [openFetchingTab(), openFetchingTab(), openFetchingTab()]
  await Promise.all([ada.hold(object, [0]), ben.hold(object, [0])])
  let isLying = true
  const lie = (frame: Uint8Array) => {
    const changed = frame.slice()
    if (isLying) changed[20] = (changed[20] ?? 0) ^ 1
    return [changed]
  }
  const [fromAda] = join(ada, asker)
  const [fromBen] = join(ben, asker, { data: lie })
  // The first to be asked for the whole may be the liar too.
  const read = asker.fetcher.chunk(object.shape, 0, heldBy({ 0: [ada, ben] }), { urgent: true })
  expect(isSame((await read).get(0), object.fragments[0]?.[0]?.bytes)).toBe(true)
  expect(fromAda.sent.dataBytes).toBeGreaterThan(0)
  expect(fromBen.sent.dataBytes).toBeGreaterThan(0)
  await soon(() => asker.fetcher.state.holders.get(ben.tab)?.blames !== 0)
  expect(asker.fetcher.state.holders.get(ada.tab)?.blames).toBe(0)
  isLying = false
})

test('[TRANSFER-27] a manifest block comes from whichever tab has it, and is checked', async () => {
  const bytes = noise(3000, 5)
  const id = await fragmentId(bytes)
  const [asker, ada, ben] = [openFetchingTab(), openFetchingTab(), openFetchingTab()]
  await ben.store.putMany([{ id, bytes }], { shelf: 'manifest' })
  join(ada, asker)
  join(ben, asker)
  expect(isSame(await asker.fetcher.block(id), bytes)).toBe(true)
  const nobodyHas = await fragmentId(noise(3000, 6))
  await expect(asker.fetcher.block(nobodyHas)).rejects.toMatchObject({ code: 'block-missing' })
})

test('[TRANSFER-28] a lane that breaks costs what was on it and nothing else', async () => {
  const object = await makeObject(8 * MIB, COPIES)
  const [asker, ada] = [openFetchingTab(), openFetchingTab()]
  await ada.hold(object, [0])
  const [fromAda] = join(ada, asker)
  fromAda.openLane()
  fromAda.openLane()
  asker.fetcher.keep(object.shape, [0], heldBy({ 0: [ada] }))
  await soon(() => fromAda.sent.dataBytes > 2 * MIB)
  fromAda.breakLane(1)
  await soon(() => asker.heard.includes('kept'))
  expect(await asker.has(object, 0)).toBe(true)
  expect(fromAda.state).toBe('connected')
})

test('[TRANSFER-10] pings count at the door like any other command', async () => {
  const [ada, hostile] = [openFetchingTab(), openFetchingTab()]
  const [toHostile, toAda] = join(ada, hostile)
  // On a busy machine a second may end among them: one of the two that they take then has more than it may.
  for (let id = 0; id < 2 * COMMANDS_PER_SECOND + 2; id++) toAda.sendCommand(encodeFrame({ t: 'ping', id }))
  await soon(() => toHostile.cutBy.length > 0)
  expect(toHostile.cutBy).toMatchObject([{ code: 'flooded' }])
})
