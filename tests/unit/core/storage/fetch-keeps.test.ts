import { expect, test } from 'vitest'
import { isStuck } from '../../../../src/core/storage/assign.ts'
import { fragmentBytesOf } from '../../../../src/core/storage/layout.ts'
import type { BlockId, TabId } from '../../../../src/protocol/ids.ts'
import { CREDIT_WINDOW_BYTES, HOLDER_BLAMES, HOLDER_SILENT_MS, REFUSED_FOR_MS, STORE_QUEUE_BYTES } from '../../../../src/protocol/limits.ts'
import type { ObjectId } from '../../../../src/protocol/object.ts'
import { ada, ben, COPIES, held, idOf, MIB, Story, shape } from './fetch-story.ts'

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
