import { expect, test } from 'vitest'
import { isStuck } from '../../../../src/core/storage/assign.ts'
import { fetchStep, nextTickMs } from '../../../../src/core/storage/fetch.ts'
import {
  FETCH_START,
  type FetchEffect,
  type FetchEvent,
  type FetchState,
  type RowHolders,
} from '../../../../src/core/storage/fetch-state.ts'
import { fragmentBytesOf, type Layout, type ObjectShape } from '../../../../src/core/storage/layout.ts'
import type { BlockId, TabId } from '../../../../src/protocol/ids.ts'
import {
  CREDIT_WINDOW_BYTES,
  HOLDER_BLAMES,
  HOLDER_SILENT_MS,
  READ_BYTES_IN_FLIGHT,
  REFUSED_FOR_MS,
  STORE_QUEUE_BYTES,
} from '../../../../src/protocol/limits.ts'
import type { ObjectId } from '../../../../src/protocol/object.ts'

const MIB = 1024 * 1024
const ada = 'ada' as TabId
const ben = 'ben' as TabId
const cleo = 'cleo' as TabId
const COPIES: Layout = { k: 1, rows: 1 }

const idOf = (chunk: number, row: number, of = 'o') => `bafkrei${of}${chunk}r${row}` as BlockId

function shape(
  chunks: number,
  { k, rows }: Layout = COPIES,
  of = 'o',
  ids = (chunk: number, row: number) => idOf(chunk, k === 1 ? 0 : row, of),
): ObjectShape {
  return {
    id: of as ObjectId,
    bytes: chunks * MIB,
    k,
    rows,
    chunks: Array.from({ length: chunks }, (_, chunk) => ({
      hash: new Uint8Array(32),
      bytes: MIB,
      ids: Array.from({ length: rows }, (_, row) => ids(chunk, row)),
    })),
  }
}

const held = (rows: Record<number, TabId[]>, whole: TabId[] = []): RowHolders => ({
  rows: new Map(Object.entries(rows).map(([row, tabs]) => [Number(row), tabs])),
  whole,
})

/** A fetch under way, its time and everything it has said. */
class Story {
  state: FetchState = FETCH_START
  effects: FetchEffect[] = []
  nowMs = 0

  on(...events: FetchEvent[]): this {
    for (const event of events) {
      const step = fetchStep(this.state, event, this.nowMs)
      this.state = step.next
      this.effects.push(...step.effects)
    }
    return this
  }

  here(...tabs: TabId[]): this {
    return this.on(...tabs.map((tab): FetchEvent => ({ kind: 'holder-here', tab, rttMs: 1 })))
  }

  /** Keeps rows of an object of which the store has, by chunk, these rows. */
  keep(object: ObjectShape, rows: number[], holders: RowHolders, has: (chunk: number) => number[] = () => []): this {
    this.on({ kind: 'keep', object, rows, holders })
    return this.answerLooks(has)
  }

  answerLooks(has: (chunk: number) => number[] = () => []): this {
    const looks = this.effects.filter((effect) => effect.kind === 'look')
    this.effects = this.effects.filter(({ kind }) => kind !== 'look')
    for (const { object, chunks } of looks) this.on({ kind: 'found', object, chunks: chunks.map((chunk) => ({ chunk, rows: has(chunk) })) })
    return this
  }

  read(object: ObjectShape, chunk: number, holders: RowHolders, { urgent = false, has = [] as number[] } = {}): this {
    this.on({ kind: 'read', object, chunk, holders, urgent })
    if (!this.effects.some((effect) => effect.kind === 'look-read' && effect.chunk === chunk)) return this
    return this.on({ kind: 'found-read', object: object.id, chunk, rows: has })
  }

  /** All that is asked for comes and is stored, until nothing more is asked. */
  settle(): this {
    for (;;) {
      const [entry] = [...this.state.underway.values()].filter(({ stage }) => stage === 'asked')
      const from = entry?.asks[0]?.from
      if (entry === undefined || from === undefined) return this
      this.on({ kind: 'arrived', id: entry.id, from }, { kind: 'stored', ids: [entry.id] })
      this.answerLooks()
    }
  }

  tick(atMs: number, heard: Record<string, number> = {}): this {
    this.nowMs = atMs
    return this.on({
      kind: 'tick',
      links: new Map(Object.entries(heard).map(([tab, heardAtMs]) => [tab as TabId, { heardAtMs, rttMs: 1 }])),
    })
  }

  asked(): [TabId, BlockId][] {
    return this.effects.flatMap((effect) => (effect.kind === 'ask' ? effect.blocks.map((id): [TabId, BlockId] => [effect.holder, id]) : []))
  }

  kinds(): string[] {
    return this.effects.map(({ kind }) => kind)
  }

  forget(): this {
    this.effects = []
    return this
  }
}

test('[TRANSFER-11] the store is asked first, and what it has is not fetched', () => {
  const it = new Story().here(ada).keep(shape(3), [0], held({ 0: [ada] }), (chunk) => (chunk === 1 ? [0] : []))
  expect(it.asked()).toEqual([
    [ada, idOf(0, 0)],
    [ada, idOf(2, 0)],
  ])
  expect(it.state.keeps.get('o' as ObjectId)).toMatchObject({ doneBytes: fragmentBytesOf(MIB, 1), totalBytes: 3 * fragmentBytesOf(MIB, 1) })
  expect(it.effects.find(({ kind }) => kind === 'short')).toMatchObject({
    holes: [
      { row: 0, chunk: 0 },
      { row: 0, chunk: 2 },
    ],
  })
})

test('[TRANSFER-11] an object the store has whole is kept without a word to anybody', () => {
  const it = new Story().here(ada).keep(shape(3, { k: 2, rows: 4 }), [1, 3], held({ 1: [ada] }), () => [1, 2, 3])
  expect(it.kinds()).toEqual(['kept'])
})

test('[TRANSFER-12] fragments are asked from the beginning of the object, no more of one holder than a window holds', () => {
  const asked = new Story()
    .here(ada)
    .keep(shape(40), [0], held({ 0: [ada] }))
    .asked()
  expect(asked).toEqual(asked.map((_, chunk) => [ada, idOf(chunk, 0)]))
  expect((asked.length - 1) * MIB).toBeLessThan(CREDIT_WINDOW_BYTES)
  expect(asked.length * MIB).toBeGreaterThan(CREDIT_WINDOW_BYTES / 2)
})

test('[TRANSFER-12] two holders are asked for different fragments at the same time', () => {
  const asked = new Story()
    .here(ada, ben)
    .keep(shape(30), [0], held({ 0: [ada, ben] }))
    .asked()
  expect(new Set(asked.map(([, id]) => id)).size).toBe(asked.length)
  expect(new Set(asked.map(([tab]) => tab))).toEqual(new Set([ada, ben]))
})

test('[TRANSFER-12] no more is asked for than memory may hold, however many holders there are', () => {
  const tabs = Array.from({ length: 10 }, (_, i) => `tab${i}` as TabId)
  const it = new Story().here(...tabs).keep(shape(300), [0], held({ 0: tabs }))
  expect(it.asked().length * MIB).toBeLessThanOrEqual(STORE_QUEUE_BYTES)
})

test('[TRANSFER-12] each row is asked of who has it', () => {
  const it = new Story().here(ada, ben).keep(shape(2, { k: 4, rows: 6 }), [1, 5], held({ 1: [ada], 5: [ben] }))
  expect(it.asked().sort()).toEqual([
    [ada, idOf(0, 1)],
    [ada, idOf(1, 1)],
    [ben, idOf(0, 5)],
    [ben, idOf(1, 5)],
  ])
})

test('[TRANSFER-13] what one holder lacks is asked of another', () => {
  const it = new Story().here(ada, ben).keep(shape(1), [0], held({ 0: [ada, ben] }))
  const [[from]] = it.asked() as [[TabId, BlockId]]
  it.forget().on({ kind: 'refused', id: idOf(0, 0), from, reason: 'missing' })
  expect(it.asked()).toEqual([[from === ada ? ben : ada, idOf(0, 0)]])
})

test('[TRANSFER-13] a fragment that does not match is told and asked of another', () => {
  const it = new Story().here(ada, ben).keep(shape(1), [0], held({ 0: [ada, ben] }))
  const [[from]] = it.asked() as [[TabId, BlockId]]
  it.forget().on({ kind: 'refused', id: idOf(0, 0), from, reason: 'mismatch' })
  expect(it.effects[0]).toEqual({ kind: 'mismatch', id: idOf(0, 0), from })
  expect(it.asked()).toHaveLength(1)
})

test('[TRANSFER-13] what a holder owes when it goes is asked of the others', () => {
  const it = new Story().here(ada, ben).keep(shape(20), [0], held({ 0: [ada, ben] }))
  const owed = it.asked().filter(([tab]) => tab === ada)
  it.forget().on({ kind: 'holder-gone', tab: ada }).settle()
  expect(it.asked().map(([, id]) => id)).toEqual(expect.arrayContaining(owed.map(([, id]) => id)))
  expect(it.kinds()).toContain('kept')
})

test('[TRANSFER-13] when every holder lacks it the object is stuck, and is asked for again later', () => {
  const it = new Story().here(ada).keep(shape(1), [0], held({ 0: [ada] }))
  it.forget().on({ kind: 'refused', id: idOf(0, 0), from: ada, reason: 'missing' })
  expect(isStuck(it.state, 'o' as ObjectId, it.nowMs)).toBe(true)
  expect(it.tick(REFUSED_FOR_MS).asked()).toEqual([[ada, idOf(0, 0)]])
  expect(isStuck(it.state, 'o' as ObjectId, it.nowMs)).toBe(false)
})

test('[TRANSFER-13] everything open with a tab is asked for again when a lane of it broke', () => {
  const it = new Story()
    .here(ada)
    .keep(shape(4), [0], held({ 0: [ada] }))
    .forget()
  it.on({ kind: 'lane-lost', tab: ada })
  expect(it.kinds()).toEqual(['cancel', 'ask'])
  expect(it.asked().map(([, id]) => id)).toEqual([0, 1, 2, 3].map((chunk) => idOf(chunk, 0)))
})

test('[TRANSFER-14] a silent holder loses its wants, one that is heard keeps them', () => {
  const it = new Story().here(ada, ben).keep(shape(30), [0], held({ 0: [ada, ben] }))
  it.forget().tick(HOLDER_SILENT_MS + 1, { ben: HOLDER_SILENT_MS })
  const cancelled = it.effects.flatMap((effect) => (effect.kind === 'cancel' ? [effect.holder] : []))
  expect(new Set(cancelled)).toEqual(new Set([ada]))
  expect([...it.state.underway.values()].some(({ asks }) => asks.some(({ from }) => from === ada))).toBe(false)
})

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

test('[TRANSFER-16] rows are kept when the store has taken every fragment, not before', () => {
  const it = new Story().here(ada).keep(shape(2), [0], held({ 0: [ada] }))
  it.on(
    { kind: 'arrived', id: idOf(0, 0), from: ada },
    { kind: 'arrived', id: idOf(1, 0), from: ada },
    { kind: 'stored', ids: [idOf(0, 0)] },
  )
  expect(it.kinds()).not.toContain('kept')
  expect(it.on({ kind: 'stored', ids: [idOf(1, 0)] }).kinds()).toContain('kept')
})

test('[TRANSFER-16] one fragment at many places is fetched once and counts at each', () => {
  const zeros = shape(3000, COPIES, 'zeros', () => idOf(0, 0, 'zero'))
  const it = new Story().here(ada).keep(zeros, [0], held({ 0: [ada] }))
  it.settle()
  expect(new Set(it.asked().map(([, id]) => id)).size).toBe(1)
  expect(it.kinds()).toContain('kept')
})

test('[TRANSFER-16] a fragment that two objects share is fetched once for both', () => {
  const shared = (of: string) => shape(1, COPIES, of, () => idOf(0, 0, 'shared'))
  const it = new Story()
    .here(ada)
    .keep(shared('one'), [0], held({ 0: [ada] }))
    .keep(shared('two'), [0], held({ 0: [ada] }))
  it.settle()
  expect(it.asked()).toHaveLength(1)
  expect(it.effects.flatMap((effect) => (effect.kind === 'kept' ? [effect.object] : [])).sort()).toEqual(['one', 'two'])
})

test('[TRANSFER-17] a tab that sent wrong blocks often is asked for nothing more while it stays', () => {
  const it = new Story().here(ada).keep(shape(10), [0], held({ 0: [ada] }))
  for (let chunk = 0; chunk < HOLDER_BLAMES; chunk++) it.on({ kind: 'refused', id: idOf(chunk, 0), from: ada, reason: 'mismatch' })
  it.on({ kind: 'lane-lost', tab: ada }).forget()
  expect(it.tick(2 * REFUSED_FOR_MS).asked()).toEqual([])
  expect(it.on({ kind: 'holder-gone', tab: ada }).here(ada).asked()).toHaveLength(10)
})

test('[TRANSFER-18] a store that refuses ends the objects that need the fragment, with its reason', () => {
  const it = new Story()
    .here(ada)
    .keep(shape(2), [0], held({ 0: [ada] }))
    .keep(shape(1, COPIES, 'p'), [0], held({ 0: [ada] }))
  it.on({ kind: 'arrived', id: idOf(0, 0), from: ada }, { kind: 'store-failed', ids: [idOf(0, 0)], code: 'quota-exceeded' })
  expect(it.effects.filter(({ kind }) => kind === 'failed')).toEqual([{ kind: 'failed', object: 'o', code: 'quota-exceeded' }])
  expect([...it.state.keeps.keys()]).toEqual(['p'])
})

test('[TRANSFER-19] stopping cancels the wants of the object, but what a reader or another object needs', () => {
  const object = shape(4)
  const it = new Story()
    .here(ada)
    .keep(object, [0], held({ 0: [ada] }))
    .forget()
  it.on({ kind: 'stop', object: object.id })
  expect(it.kinds()).toEqual(['cancel'])
  expect(it.state.underway.size).toBe(0)
  const read = new Story()
    .here(ada)
    .keep(object, [0], held({ 0: [ada] }))
    .read(object, 2, held({ 0: [ada] }))
    .forget()
  read.on({ kind: 'stop', object: object.id })
  expect(read.kinds()).toEqual([])
  read.on({ kind: 'arrived', id: idOf(2, 0), from: ada }, { kind: 'arrived', id: idOf(3, 0), from: ada })
  expect(read.kinds()).toEqual(['give', 'read-done', 'cancel', 'store', 'drop'])
})

test('[TRANSFER-20] a row nobody has is asked, with its place, of tabs that can make it', () => {
  const it = new Story().here(ada, ben).keep(shape(1, { k: 2, rows: 4 }), [3], held({ 0: [ada], 1: [ben] }, [ben]))
  expect(it.effects.filter(({ kind }) => kind === 'ask')).toMatchObject([
    { holder: ben, blocks: [idOf(0, 3)], places: [{ object: 'o', chunk: 0, row: 3 }] },
  ])
})

test('[TRANSFER-20] one who has it is asked rather than one who would make it', () => {
  const it = new Story().here(ada, ben).keep(shape(1, { k: 2, rows: 4 }), [3], held({ 3: [ada] }, [ben]))
  expect(it.effects.filter(({ kind }) => kind === 'ask')).toMatchObject([{ holder: ada, places: undefined }])
})

test('[TRANSFER-21] when nobody makes it, k other rows are fetched and it is made here', () => {
  const it = new Story().here(ada, ben).keep(shape(1, { k: 2, rows: 4 }), [3], held({ 0: [ada], 2: [ben] }))
  it.on({ kind: 'found-read', object: 'o' as ObjectId, chunk: 0, rows: [] })
  expect(it.asked().sort()).toEqual([
    [ada, idOf(0, 0)],
    [ben, idOf(0, 2)],
  ])
  it.forget().on({ kind: 'arrived', id: idOf(0, 0), from: ada }, { kind: 'arrived', id: idOf(0, 2), from: ben })
  expect(it.kinds()).toEqual(['give', 'drop', 'give', 'make', 'read-done', 'drop'])
  it.forget().on({ kind: 'made', id: idOf(0, 3), isMade: true }, { kind: 'stored', ids: [idOf(0, 3)] })
  expect(it.effects).toEqual([
    { kind: 'store', id: idOf(0, 3), marked: false },
    { kind: 'kept', object: 'o' },
  ])
})

test('[TRANSFER-21] a row that could not be made of what the store gave is sought elsewhere, and never made in circles', () => {
  const object = shape(1, { k: 2, rows: 4 })
  const it = new Story().here(ada, ben).keep(object, [3], held({ 0: [ada], 1: [ben] }), () => [0, 1])
  expect(it.effects.at(-1)).toMatchObject({ kind: 'make', from: 'store' })
  it.forget().on({ kind: 'made', id: idOf(0, 3), isMade: false }, { kind: 'found-read', object: object.id, chunk: 0, rows: [] })
  it.settle()
  expect(it.effects.find(({ kind }) => kind === 'make')).toMatchObject({ from: 'read' })
  it.forget().on({ kind: 'made', id: idOf(0, 3), isMade: false })
  expect(it.kinds()).toEqual([])
  expect(isStuck(it.state, object.id, it.nowMs)).toBe(true)
})

test('[TRANSFER-21] a making that lost its rows is given up until they are back', () => {
  const it = new Story().here(ada, ben).keep(shape(1, { k: 2, rows: 4 }), [3], held({ 0: [ada], 1: [ben] }))
  it.on(
    { kind: 'found-read', object: 'o' as ObjectId, chunk: 0, rows: [] },
    { kind: 'holder-gone', tab: ben },
    { kind: 'holder-gone', tab: ada },
  )
  expect(it.state.reads.size).toBe(0)
  expect(isStuck(it.state, 'o' as ObjectId, it.nowMs)).toBe(true)
  it.forget().here(ada, ben)
  expect(it.kinds()).toContain('look-read')
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

test('[TRANSFER-24] below k rows a read waits, and goes on when holders are named', () => {
  const object = shape(1, { k: 2, rows: 4 })
  const it = new Story().here(ada, ben).read(object, 0, held({ 0: [ada] }))
  expect(it.on({ kind: 'arrived', id: idOf(0, 0), from: ada }).kinds()).not.toContain('read-done')
  it.forget().on({ kind: 'holders', object: object.id, holders: held({ 3: [ben] }) })
  expect(it.asked()).toEqual([[ben, idOf(0, 3)]])
})

test('[TRANSFER-26] an urgent copy with two holders is asked in parts that make up the whole', () => {
  const object = shape(1)
  const it = new Story().here(ada, ben).read(object, 0, held({ 0: [ada, ben] }), { urgent: true })
  const parts = it.effects.flatMap((effect) => (effect.kind === 'ask' && effect.part !== undefined ? [effect.part] : []))
  expect(parts).toHaveLength(2)
  expect(parts[0]?.offset).toBe(0)
  expect(parts[1]?.offset).toBe(parts[0]?.bytes)
  expect((parts[1]?.offset ?? 0) + (parts[1]?.bytes ?? 0)).toBe(fragmentBytesOf(MIB, 1))
  it.forget().on({ kind: 'part', id: idOf(0, 0), from: ben }, { kind: 'part', id: idOf(0, 0), from: ada })
  expect(it.effects).toEqual([{ kind: 'join', id: idOf(0, 0) }])
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
  const it = new Story().here(ada, ben).on({ kind: 'load', id, tabs: [ada, ben] })
  const [[first]] = it.asked() as [[TabId, BlockId]]
  it.on({ kind: 'refused', id, from: first, reason: 'missing' })
  const second = first === ada ? ben : ada
  expect(it.asked().at(-1)).toEqual([second, id])
  expect(it.on({ kind: 'refused', id, from: second, reason: 'missing' }).effects.at(-1)).toEqual({ kind: 'unavailable', id })
})
