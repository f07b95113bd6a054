import { expect, test } from 'vitest'
import { isStuck } from '../../../../src/core/storage/assign.ts'
import { fetchStep } from '../../../../src/core/storage/fetch.ts'
import { type Child, FETCH_START, type FetchEffect, type FetchEvent, type FetchState } from '../../../../src/core/storage/fetch-state.ts'
import type { BlockId, FileId, TabId } from '../../../../src/protocol/ids.ts'
import { BLOCKS_IN_FLIGHT, DAG_DEPTH, HOLDER_SILENT_MS, REFUSED_FOR_MS } from '../../../../src/protocol/limits.ts'

const ada = 'ada' as TabId
const ben = 'ben' as TabId
const file = 'file' as FileId
const other = 'other' as FileId
const root = 'bafybeiroot' as BlockId
const leaf = (n: number) => `bafkrei${n}` as BlockId
const leaves = (count: number, bytes = 1000): Child[] => Array.from({ length: count }, (_, i) => ({ id: leaf(i), bytes }))

/** A fetch under way, its time and everything it has asked for. */
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

const here = (...tabs: TabId[]): FetchEvent[] => tabs.map((tab) => ({ kind: 'holder-here', tab }))
const start = (holders: TabId[], id = file, from = root, bytes = 10_000): FetchEvent => ({ kind: 'file', id, root: from, bytes, holders })
const found = (id: BlockId, held: boolean, children?: Child[], of = file): FetchEvent => ({
  kind: 'found',
  file: of,
  found: [{ id, held, children }],
})
const lacking = (children: Child[], of = file): FetchEvent => ({
  kind: 'found',
  file: of,
  found: children.map(({ id }) => ({ id, held: false })),
})

/** A file whose root is held and whose leaves are not. */
function story(holders: TabId[], count: number): Story {
  const children = leaves(count)
  return new Story().on(...here(...holders), start(holders), found(root, true, children), lacking(children))
}

test('[TRANSFER-11] the store is asked first, and what it has is not fetched', () => {
  const it = new Story().on(...here(ada), start([ada]), found(root, true, leaves(2)))
  expect(it.asked()).toEqual([])
  it.on({
    kind: 'found',
    file,
    found: [
      { id: leaf(0), held: true },
      { id: leaf(1), held: false },
    ],
  })
  expect(it.asked()).toEqual([[ada, leaf(1)]])
  expect(it.state.files.get(file)?.doneBytes).toBe(1000)
})

test('[TRANSFER-11] a file the store has whole is complete without a word to anybody', () => {
  const it = new Story().on(start([]), found(root, true, leaves(1)), found(leaf(0), true))
  expect(it.kinds()).toEqual(['look', 'look', 'complete'])
})

test('[TRANSFER-12] blocks are asked from the beginning of the file, at most so many of one holder', () => {
  const it = story([ada], 40)
  expect(it.asked()).toEqual(leaves(BLOCKS_IN_FLIGHT).map(({ id }) => [ada, id]))
})

test('[TRANSFER-12] two holders are asked for different blocks at the same time', () => {
  const asked = story([ada, ben], 30).asked()
  expect(new Set(asked.map(([, id]) => id)).size).toBe(30)
  expect(new Set(asked.map(([tab]) => tab))).toEqual(new Set([ada, ben]))
})

test('[TRANSFER-12] no more blocks are asked for than memory may hold, however many holders there are', () => {
  const holders = Array.from({ length: 10 }, (_, i) => `tab${i}` as TabId)
  expect(story(holders, 300).asked().length).toBeLessThanOrEqual(32)
})

test('[TRANSFER-13] what one holder lacks is asked of another', () => {
  const it = story([ada, ben], 1).forget()
  const from = [...it.state.underway.values()][0]?.from as TabId
  it.on({ kind: 'refused', id: leaf(0), from, reason: 'missing' })
  expect(it.asked()).toEqual([[from === ada ? ben : ada, leaf(0)]])
})

test('[TRANSFER-13] a block that does not match is told and asked of another', () => {
  const it = story([ada, ben], 1).forget()
  const from = [...it.state.underway.values()][0]?.from as TabId
  it.on({ kind: 'refused', id: leaf(0), from, reason: 'mismatch' })
  expect(it.effects[0]).toEqual({ kind: 'mismatch', id: leaf(0), from })
  expect(it.asked()).toHaveLength(1)
})

test('[TRANSFER-13] what a holder owes when it goes is asked of the others', () => {
  const it = story([ada, ben], 20)
  const owed = [...it.state.underway.values()].filter(({ from }) => from === ada).map(({ id }) => id)
  it.forget().on({ kind: 'holder-gone', tab: ada })
  const before = new Set([...it.state.underway.values()].map(({ from }) => from))
  expect(before).toEqual(new Set([ben]))
  for (const id of [...it.state.underway.keys()]) it.on({ kind: 'arrived', id, from: ben }, { kind: 'stored', ids: [id] })
  expect(it.asked().map(([, id]) => id)).toEqual(expect.arrayContaining(owed))
})

test('[TRANSFER-13] when every holder lacks it the file is stuck, and asks again later', () => {
  const it = story([ada], 1).forget()
  it.on({ kind: 'refused', id: leaf(0), from: ada, reason: 'missing' })
  const waiting = it.state.files.get(file)
  expect(waiting && isStuck(it.state, waiting, it.nowMs)).toBe(true)
  it.nowMs += REFUSED_FOR_MS
  it.on({ kind: 'tick', heardAtMs: new Map() })
  expect(it.asked()).toEqual([[ada, leaf(0)]])
})

test('[TRANSFER-14] a silent holder loses its wants, one that is heard keeps them', () => {
  const it = story([ada, ben], 16).forget()
  it.nowMs = HOLDER_SILENT_MS + 1
  it.on({ kind: 'tick', heardAtMs: new Map([[ben, it.nowMs - 1]]) })
  expect(it.effects.filter(({ kind }) => kind === 'cancel').every((effect) => effect.kind === 'cancel' && effect.holder === ada)).toBe(true)
  expect([...it.state.underway.values()].some(({ from }) => from === ada)).toBe(false)
})

test('[TRANSFER-15] a block somebody waits for is asked at once, even when the holder is busy', () => {
  const it = story([ada], 40)
    .forget()
    .on({ kind: 'needed', id: leaf(35), file, holders: [ada] })
  expect(it.effects).toEqual([{ kind: 'ask', holder: ada, transfer: expect.any(Number), blocks: [leaf(35)], urgent: true }])
})

test('[TRANSFER-15] a block fetched for a reader is not fetched again in its turn', () => {
  const it = story([ada], 20).on({ kind: 'needed', id: leaf(19), file, holders: [ada] })
  it.on({ kind: 'arrived', id: leaf(19), from: ada }, { kind: 'stored', ids: [leaf(19)] })
  for (let i = 0; i < 19; i++) it.on({ kind: 'arrived', id: leaf(i), from: ada }, { kind: 'stored', ids: [leaf(i)] })
  expect(it.asked().filter(([, id]) => id === leaf(19))).toHaveLength(1)
  it.on(found(leaf(19), true))
  expect(it.effects.at(-1)).toEqual({ kind: 'complete', file })
})

test('[TRANSFER-15] a needed block that nobody here holds is told to the reader', () => {
  const it = new Story().on({ kind: 'needed', id: leaf(0), file, holders: [] })
  expect(it.effects).toEqual([{ kind: 'unavailable', id: leaf(0), file }])
})

test('[TRANSFER-16] a file is complete when the last block is stored, not when it arrived', () => {
  const it = story([ada], 1)
    .forget()
    .on({ kind: 'arrived', id: leaf(0), from: ada })
  expect(it.kinds()).not.toContain('complete')
  it.on({ kind: 'stored', ids: [leaf(0)] })
  expect(it.effects).toEqual([{ kind: 'complete', file }])
})

test('[TRANSFER-16] a node that arrives brings its children in', () => {
  const it = new Story().on(...here(ada), start([ada]), found(root, false)).forget()
  it.on({ kind: 'arrived', id: root, from: ada, children: leaves(1) })
  expect(it.effects).toEqual([{ kind: 'look', file, ids: [leaf(0)] }])
})

test('a leaf that stands many times in a file is fetched once and counts each time', () => {
  const zeros: Child[] = [leaves(1)[0] as Child, leaves(1)[0] as Child, leaves(1)[0] as Child]
  const it = new Story().on(...here(ada), start([ada]), found(root, true, zeros), found(leaf(0), false))
  expect(it.asked()).toEqual([[ada, leaf(0)]])
  it.on({ kind: 'arrived', id: leaf(0), from: ada })
  const before = it.state.files.get(file)
  expect(before?.doneBytes).toBe(0)
  expect([...it.state.underway.values()][0]?.files.get(file)).toBe(3000)
})

test('[TRANSFER-17] a tree deeper than any file is refused', () => {
  const it = new Story().on(start([]))
  let id = root
  for (let depth = 0; depth <= DAG_DEPTH; depth++) {
    const next = `bafybei${depth}` as BlockId
    it.on(found(id, true, [{ id: next, bytes: 10_000 }]))
    id = next
  }
  expect(it.effects.at(-1)).toEqual({ kind: 'failed', file, code: 'file-invalid' })
  expect(it.state.files.size).toBe(0)
})

test('[TRANSFER-17] a node that is none of a file is refused', () => {
  const it = new Story().on(...here(ada), start([ada]), found(root, false), { kind: 'arrived', id: root, from: ada, children: undefined })
  expect(it.effects.at(-1)).toEqual({ kind: 'failed', file, code: 'file-invalid' })
})

test('[TRANSFER-18] a full disk ends the files that need the block, and no others', () => {
  const it = story([ada], 1)
    .on(start([ada], other, leaf(9)), found(leaf(9), false, undefined, other))
    .forget()
  it.on({ kind: 'arrived', id: leaf(0), from: ada }, { kind: 'store-failed', ids: [leaf(0)], code: 'quota-exceeded' })
  expect(it.effects).toEqual([{ kind: 'failed', file, code: 'quota-exceeded' }])
  expect([...it.state.files.keys()]).toEqual([other])
})

test('[TRANSFER-19] stopping a file cancels its wants', () => {
  const it = story([ada], 10).forget().on({ kind: 'stop', id: file })
  expect(it.effects.every(({ kind }) => kind === 'cancel')).toBe(true)
  expect(it.state.underway.size).toBe(0)
  expect(it.state.holders.get(ada)).toMatchObject({ blocks: 0 })
})

test('[TRANSFER-19] a block that another file needs goes on when one is stopped', () => {
  const it = story([ada], 1).on(start([ada], other, leaf(0)), found(leaf(0), false, undefined, other))
  it.forget().on({ kind: 'stop', id: file })
  expect(it.effects).toEqual([])
  it.on({ kind: 'arrived', id: leaf(0), from: ada }, { kind: 'stored', ids: [leaf(0)] })
  expect(it.effects.at(-1)).toEqual({ kind: 'complete', file: other })
})

test('a device that announced a file it lacks something of is told once', () => {
  const it = story([], 3)
  expect(it.effects.filter(({ kind }) => kind === 'short')).toHaveLength(1)
})
