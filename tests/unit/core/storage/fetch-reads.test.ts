import { expect, test } from 'vitest'
import { isComing } from '../../../../src/core/storage/fetch-reads.ts'
import { type FetchEvent, readKey } from '../../../../src/core/storage/fetch-state.ts'
import { nextTickMs } from '../../../../src/core/storage/fetch-time.ts'
import { fragmentBytesOf } from '../../../../src/core/storage/layout.ts'
import type { BlockId, TabId } from '../../../../src/protocol/ids.ts'
import { HOLDER_SILENT_MS, READ_BYTES_IN_FLIGHT } from '../../../../src/protocol/limits.ts'
import { ada, ben, cleo, held, idOf, MIB, Story, shape } from './fetch-story.ts'

test('[TRANSFER-15] what somebody reads is asked at once, also of a holder that is busy', () => {
  const object = shape(60)
  const it = new Story().here(ada).keep(object, [0], held({ 0: [ada] }))
  it.forget().read(object, 55, held({ 0: [ada] }))
  expect(it.effects.filter(({ kind }) => kind === 'ask')).toMatchObject([{ holder: ada, blocks: [idOf(55, 0)], urgent: true }])
})

test('[TRANSFER-15] with a full memory what is read waits for room, and what is urgent does not', () => {
  const object = shape(300)
  const it = new Story().here(ada, ben)
  for (let chunk = 0; chunk < 100; chunk++) it.read(object, chunk, held({ 0: [ada, ben] }))
  expect(it.asked().length * MIB).toBeLessThan(READ_BYTES_IN_FLIGHT + MIB)
  const before = it.asked().length
  it.read(object, 200, held({ 0: [cleo, ada] }), { urgent: true })
  expect(it.asked().slice(before)).toEqual([[ada, idOf(200, 0)]])
})

test('[TRANSFER-15] a fragment on its way for keeping is not asked twice for a reader, unless it is late', () => {
  const object = shape(1)
  const it = new Story().here(ada, ben).keep(object, [0], held({ 0: [ada, ben] }))
  const [[from]] = it.asked() as [[TabId, BlockId]]
  it.forget().read(object, 0, held({ 0: [ada, ben] }))
  expect(it.asked()).toEqual([])
  it.tick(10_000, { ada: 10_000, ben: 10_000 })
  expect(it.asked()).toEqual([[from === ada ? ben : ada, idOf(0, 0)]])
})

test('[TRANSFER-15] what is urgent and stands far back in a holder’s queue is asked for once more, and comes once', () => {
  const object = shape(16)
  const it = new Story().here(ada).keep(object, [0], held({ 0: [ada] }))
  it.forget().read(object, 7, held({ 0: [ada] }), { urgent: true })
  expect(it.effects.filter(({ kind }) => kind === 'ask')).toMatchObject([{ blocks: [idOf(7, 0)], urgent: true }])
  it.forget().on({ kind: 'arrived', id: idOf(7, 0), from: ada }, { kind: 'arrived', id: idOf(7, 0), from: ada })
  expect(it.kinds()).toEqual(['give', 'read-done', 'store', 'drop'])
})

test('[TRANSFER-15] while somebody reads hardly anything is asked for keeping, and what is read need not be asked again', () => {
  const object = shape(20)
  const it = new Story().here(ada, ben).read(object, 3, held({ 0: [ada] }))
  it.forget().keep(object, [0], held({ 0: [ada, ben] }))
  expect(it.asked()).toHaveLength(1)
  it.on({ kind: 'arrived', id: idOf(3, 0), from: ada }, { kind: 'stored', ids: [idOf(3, 0)] })
  expect(it.effects).toContainEqual({ kind: 'store', id: idOf(3, 0), marked: false })
  expect(it.asked()).toHaveLength(1)
  it.tick(nextTickMs(it.state, 0) ?? 0, { ada: 1, ben: 1 }).settle()
  expect(it.asked()).toHaveLength(19)
  expect(it.kinds()).toContain('kept')
})

test('[TRANSFER-22] a reader asks for k rows, data before parity, each of another tab', () => {
  const object = shape(1, { k: 2, rows: 4 })
  const it = new Story().here(ada, ben, cleo).read(object, 0, held({ 3: [cleo], 0: [ada], 1: [ben] }))
  expect(it.asked()).toEqual([
    [ada, idOf(0, 0)],
    [ben, idOf(0, 1)],
  ])
})

test('[TRANSFER-22] a tab with much to give still is asked after one with nothing to do', () => {
  const object = shape(9, { k: 1, rows: 1 })
  const it = new Story().here(ada, ben)
  for (let chunk = 0; chunk < 8; chunk++) it.read(object, chunk, held({ 0: [ada, ben] }))
  const counts = [ada, ben].map((tab) => it.asked().filter(([of]) => of === tab).length)
  expect(counts).toEqual([4, 4])
})

test('[TRANSFER-22] with the k-th row what else was asked is called off', () => {
  const object = shape(1, { k: 2, rows: 4 })
  const it = new Story().here(ada, ben, cleo).read(object, 0, held({ 0: [ada], 1: [ben], 2: [cleo] }))
  it.tick(5_000, { ada: 5_000, ben: 5_000, cleo: 5_000 })
  expect(it.asked()).toHaveLength(3)
  it.forget().on({ kind: 'arrived', id: idOf(0, 2), from: cleo }, { kind: 'arrived', id: idOf(0, 0), from: ada })
  expect(it.effects.filter(({ kind }) => kind === 'cancel')).toMatchObject([{ holder: ben }])
  expect(it.kinds()).toContain('read-done')
})

test('[TRANSFER-23] who lets a reader wait counts as slower: the next row is asked of others first', () => {
  const object = shape(2, { k: 1, rows: 1 })
  const it = new Story().here(ada, ben).read(object, 0, held({ 0: [ada] }))
  expect(nextTickMs(it.state, 0)).toBeLessThan(1_500)
  it.tick(nextTickMs(it.state, 0) ?? 0, { ada: 1, ben: 1 }).forget()
  it.read(object, 1, held({ 0: [ada, ben] }))
  expect(it.asked()).toEqual([[ben, idOf(1, 0)]])
})

test('[TRANSFER-23] who seems slow is not given more time than another would need to bring the row', () => {
  const [lone, shared] = [shape(3, { k: 1, rows: 1 }), shape(1, { k: 1, rows: 1 }, 'p')]
  const it = new Story().here(ada, ben)
  // Ben lets the reader wait for three rows that he alone has: he counts as very slow, and still owes them.
  for (const chunk of [0, 1, 2]) it.read(lone, chunk, held({ 0: [ben] }))
  for (let late = 0; late < 3; late++) it.tick(nextTickMs(it.state, it.nowMs) ?? 0, { ada: 1, ben: 1 })
  it.forget().read(shared, 0, held({ 0: [ben] }))
  expect(it.asked()).toEqual([[ben, idOf(0, 0, 'p')]])
  // By his own measure that row would be late after many seconds; now Ada has it as well.
  it.forget().on({ kind: 'holders', object: shared.id, holders: held({ 0: [ada, ben] }) })
  const soonMs = it.nowMs + 1_000
  while (it.asked().length === 0 && it.nowMs < soonMs)
    it.tick(Math.max(it.nowMs + 1, nextTickMs(it.state, it.nowMs) ?? 0), { ada: 1, ben: 1 })
  expect(it.asked()).toEqual([[ada, idOf(0, 0, 'p')]])
  expect(it.nowMs).toBeLessThan(soonMs)
})

test('[TRANSFER-24] below k rows a read waits, and goes on when holders are named', () => {
  const object = shape(1, { k: 2, rows: 4 })
  const it = new Story().here(ada, ben).read(object, 0, held({ 0: [ada] }))
  expect(it.on({ kind: 'arrived', id: idOf(0, 0), from: ada }).kinds()).not.toContain('read-done')
  it.forget().on({ kind: 'holders', object: object.id, holders: held({ 3: [ben] }) })
  expect(it.asked()).toEqual([[ben, idOf(0, 3)]])
})

test('[TRANSFER-24] what is on its way over a slow wire is coming, for the chunks after it too; below k rows nothing is', () => {
  const object = shape(2, { k: 2, rows: 2 })
  const it = new Story().here(ada, ben).read(object, 0, held({ 0: [ada], 1: [ben] }))
  it.read(object, 1, held({ 0: [ada], 1: [ben] }))
  expect(isComing(it.state, readKey(object.id, 1))).toBe(true)
  it.on({ kind: 'holder-gone', tab: ada }, { kind: 'arrived', id: idOf(0, 1), from: ben }, { kind: 'arrived', id: idOf(1, 1), from: ben })
  expect(isComing(it.state, readKey(object.id, 1))).toBe(false)
})

test('[TRANSFER-26] an urgent copy with two holders is asked in parts that make up the whole', () => {
  const object = shape(1)
  const it = new Story().here(ada, ben).read(object, 0, held({ 0: [ada, ben] }), { urgent: true })
  const parts = it.effects.flatMap((effect) => (effect.kind === 'ask' && effect.part !== undefined ? [effect.part] : []))
  expect(parts).toHaveLength(2)
  expect(parts[0]?.offset).toBe(0)
  expect(parts[1]?.offset).toBe(parts[0]?.bytes)
  expect((parts[1]?.offset ?? 0) + (parts[1]?.bytes ?? 0)).toBe(fragmentBytesOf(MIB, 1))
  const id = idOf(0, 0)
  it.forget().on({ kind: 'part', id, from: ben, transfer: 0 }, { kind: 'part', id, from: ada, transfer: 0 })
  expect(it.effects).toEqual([
    { kind: 'take-part', id, from: ben },
    { kind: 'take-part', id, from: ada },
    { kind: 'join', id },
  ])
})

test('[TRANSFER-26] far holders give equal parts whichever answered faster; what is read ahead comes whole', () => {
  const partsOf = (rttMs: number) => {
    const it = new Story().on({ kind: 'holder-here', tab: ada, rttMs }, { kind: 'holder-here', tab: ben, rttMs })
    // Ada has shown herself to be slower.
    const rate = { bytesPerSecond: MIB, sinceMs: undefined, bytes: 0 }
    it.state = { ...it.state, holders: new Map([...it.state.holders].map(([tab, is]) => [tab, tab === ada ? { ...is, rate } : is])) }
    it.read(shape(2), 0, held({ 0: [ada, ben] }), { urgent: true }).read(shape(2), 1, held({ 0: [ada, ben] }), { urgent: true })
    return it.effects.flatMap((effect) => (effect.kind === 'ask' ? [effect.part?.bytes ?? 'whole'] : []))
  }
  const half = MIB / 2
  const rest = fragmentBytesOf(MIB, 1) - half
  expect(partsOf(50)).toEqual([half, rest, 'whole'])
  expect(partsOf(1)).toEqual([13 * 64 * 1024, fragmentBytesOf(MIB, 1) - 13 * 64 * 1024, 'whole'])
})

test('[TRANSFER-26] parts that are wrong together, lacking or left behind are replaced by the whole of one', () => {
  const ends: FetchEvent[] = [
    { kind: 'refused', id: idOf(0, 0), from: undefined, reason: 'mismatch' },
    { kind: 'refused', id: idOf(0, 0), from: ada, reason: 'missing' },
    { kind: 'holder-gone', tab: ada },
  ]
  for (const end of ends) {
    const it = new Story().here(ada, ben).read(shape(1), 0, held({ 0: [ada, ben] }), { urgent: true })
    it.forget().on(end)
    expect(it.effects.filter(({ kind }) => kind === 'ask')).toMatchObject([{ part: undefined, blocks: [idOf(0, 0)] }])
    expect([...it.state.holders.values()].every(({ readBytes, wants }) => readBytes >= 0 && wants.size <= 1)).toBe(true)
  }
})

test('[TRANSFER-27] a manifest block is asked of one tab after another, and given up when none has it', () => {
  const id = idOf(0, 0, 'm')
  const it = new Story().here(ada, ben).on({ kind: 'load', id })
  const [[first]] = it.asked() as [[TabId, BlockId]]
  it.on({ kind: 'refused', id, from: first, reason: 'missing' })
  const second = first === ada ? ben : ada
  expect(it.asked().at(-1)).toEqual([second, id])
  expect(it.on({ kind: 'refused', id, from: second, reason: 'missing' }).effects.at(-1)).toEqual({ kind: 'unavailable', id })
})

test('[TRANSFER-26] a part that does not come is asked of who gave the other', () => {
  const it = new Story().here(ada, ben).read(shape(1), 0, held({ 0: [ada, ben] }), { urgent: true })
  it.forget().on({ kind: 'part', id: idOf(0, 0), from: ada, transfer: 0 })
  it.tick(HOLDER_SILENT_MS / 2, { ada: HOLDER_SILENT_MS / 2, ben: 0 })
  expect(it.asked().map(([tab]) => tab)).toEqual([ada])
})

test('[TRANSFER-27] a manifest block that is late is asked of who came since', () => {
  const id = idOf(0, 0, 'm')
  const it = new Story().here(ada).on({ kind: 'load', id }).here(ben)
  it.forget().tick(HOLDER_SILENT_MS / 2, { ada: 0, ben: HOLDER_SILENT_MS / 2 })
  expect(it.asked()).toEqual([[ben, id]])
})
