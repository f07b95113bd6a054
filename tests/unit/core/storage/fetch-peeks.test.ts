import { expect, test } from 'vitest'
import type { FetchEffect, FetchEvent } from '../../../../src/core/storage/fetch-state.ts'
import { nextTickMs } from '../../../../src/core/storage/fetch-time.ts'
import type { Layout, ObjectShape } from '../../../../src/core/storage/layout.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { PEEK_LAST_MS, PEEK_LATE_MS, PEEK_PIECE_BYTES } from '../../../../src/protocol/limits.ts'
import { ada, ben, COPIES, cleo, held, idOf, MIB, Story, shape } from './fetch-story.ts'

const SEALED = 64 * 1024 + 16
const PIECES = Math.ceil(SEALED / PEEK_PIECE_BYTES)

function withSegments(layout: Layout = COPIES): ObjectShape {
  const of = shape(2, layout)
  return { ...of, chunks: of.chunks.map((chunk) => ({ ...chunk, segments: new Uint8Array(256) })) }
}

const peekAt = (tabs: readonly TabId[], chunk = 0, peek = 7): FetchEvent => ({
  kind: 'peek',
  peek,
  object: withSegments(),
  chunk,
  segments: { first: 3, count: 2 },
  holders: held({ 0: [...tabs] }),
})

type Ask = Extract<FetchEffect, { kind: 'ask' }>
const asksOf = (it: Story) => it.effects.filter((effect): effect is Ask => effect.kind === 'ask')
const comes = ({ holder, transfer, blocks: [id] }: Ask): FetchEvent => ({ kind: 'part', id: id ?? idOf(0, 0), from: holder, transfer })
const isRight = (segment: number): FetchEvent => ({ kind: 'checked', peek: 7, segment, isRight: true })
const owesNothing = (it: Story) => [...it.state.holders.values()].every(({ wants, readBytes }) => wants.size === 0 && readBytes === 0)

const pieceOf = (it: Story, segment: number, at = 0) =>
  asksOf(it).filter(({ part }) => part?.offset === segment * SEALED + at * PEEK_PIECE_BYTES)

test('[TRANSFER-33] segments are asked of all holders in pieces, and are there when each was compared', () => {
  const it = new Story().here(ada, ben).on(peekAt([ada, ben]))
  const asks = asksOf(it)
  expect(asks.every(({ urgent, blocks }) => urgent && blocks[0] === idOf(0, 0))).toBe(true)
  expect(asks.reduce((sum, { part }) => sum + (part?.bytes ?? 0), 0)).toBe(2 * SEALED)
  expect([ada, ben].map((tab) => asks.filter(({ holder }) => holder === tab).length)).toEqual([PIECES, PIECES])
  it.forget().on(...asks.toReversed().map(comes))
  expect(it.effects.filter(({ kind }) => kind === 'take-piece')).toHaveLength(2 * PIECES)
  expect(it.effects.filter(({ kind }) => kind === 'check')).toMatchObject([
    { peek: 7, segment: 4, begin: PIECES, end: 2 * PIECES },
    { peek: 7, segment: 3, begin: 0, end: PIECES },
  ])
  it.forget().on(isRight(4), isRight(3))
  expect(it.effects).toEqual([{ kind: 'peek-done', peek: 7 }])
  expect(owesNothing(it)).toBe(true)
})

test('[TRANSFER-33] of coded rows a segment that lies in two fragments is compared when all its pieces are here', () => {
  const object = withSegments({ k: 10, rows: 12 })
  const it = new Story().here(ada, ben)
  it.on({ kind: 'peek', peek: 7, object, chunk: 0, segments: { first: 1, count: 1 }, holders: held({ 0: [ada], 1: [ben] }) })
  const asks = asksOf(it)
  expect(new Set(asks.map(({ holder, blocks }) => `${holder} ${blocks}`))).toEqual(new Set([`ada ${idOf(0, 0)}`, `ben ${idOf(0, 1)}`]))
  it.forget().on(...asks.slice(1).map(comes))
  expect(new Set(it.kinds())).toEqual(new Set(['take-piece']))
  it.on(comes(asks[0] as Ask))
  expect(it.effects.at(-1)).toMatchObject({ kind: 'check', segment: 1, begin: 0, end: asks.length })
})

test('[TRANSFER-33] a piece that is late is asked of the next holder, and comes once', () => {
  const it = new Story().here(ada, ben, cleo).on(peekAt([ada, ben, cleo]))
  const [late, ...others] = asksOf(it) as [Ask, ...Ask[]]
  const lateMs = 2 + PEEK_LATE_MS
  expect(nextTickMs(it.state, 0)).toBe(lateMs)
  it.forget()
    .on(...others.map(comes))
    .tick(lateMs)
  const [again] = asksOf(it) as [Ask]
  expect(again.part).toEqual(late.part)
  expect(again.holder).not.toBe(late.holder)
  it.forget().on(comes(late))
  expect(it.effects).toContainEqual({ kind: 'cancel', holder: again.holder, transfer: again.transfer })
  it.forget().on(comes(again), isRight(3), isRight(4))
  expect(it.kinds()).toEqual(['peek-done'])
  expect(owesNothing(it)).toBe(true)
})

test('[TRANSFER-33] who lacks it, goes, or loses a lane is followed by another', () => {
  const ends: ((ask: Ask) => FetchEvent)[] = [
    ({ holder, transfer }) => ({ kind: 'refused', id: idOf(0, 0), from: holder, reason: 'missing', transfer }),
    ({ holder }) => ({ kind: 'holder-gone', tab: holder }),
    ({ holder }) => ({ kind: 'lane-lost', tab: holder }),
  ]
  for (const end of ends) {
    const it = new Story().here(ada, ben).on(peekAt([ada, ben]))
    it.on(end(pieceOf(it, 3)[0] as Ask))
    const holders = pieceOf(it, 3).map(({ holder }) => holder)
    expect(new Set(holders)).toEqual(new Set([ada, ben]))
  }
})

test('[TRANSFER-34] a wrong segment is given up without blame, what was asked is called off, the chunk is read whole', () => {
  const it = new Story().here(ada, ben).on(peekAt([ada, ben]))
  const of3 = asksOf(it).filter(({ part }) => (part?.offset ?? 0) < 4 * SEALED)
  it.on(...of3.map(comes), { kind: 'checked', peek: 7, segment: 3, isRight: false })
  expect(it.effects.at(-1)).toEqual({ kind: 'peek-failed', peek: 7 })
  expect(it.state.peeks.size).toBe(0)
  expect([...it.state.holders.values()].every(({ blames }) => blames === 0)).toBe(true)
  expect(owesNothing(it)).toBe(true)
  it.forget().read(withSegments(), 0, held({ 0: [ada, ben] }), { urgent: true })
  expect(asksOf(it).length).toBeGreaterThan(0)
})

test('[TRANSFER-34] the last holder has longer, then the chunk is read whole', () => {
  const it = new Story().here(ada).on(peekAt([ada]))
  it.tick(PEEK_LAST_MS - 1, { ada: PEEK_LAST_MS })
  expect(it.kinds()).not.toContain('peek-failed')
  it.tick(PEEK_LAST_MS, { ada: PEEK_LAST_MS })
  expect(it.kinds()).toContain('peek-failed')
})

test('[TRANSFER-34] a chunk peeked at before, one being read, and one whose manifest names no segments are read whole', () => {
  const it = new Story().here(ada).on(peekAt([ada]), { kind: 'unpeek', peek: 7 })
  expect(owesNothing(it)).toBe(true)
  expect(it.forget().on(peekAt([ada], 0, 8)).effects).toEqual([{ kind: 'peek-failed', peek: 8 }])
  it.read(withSegments(), 1, held({ 0: [ada] }))
  expect(it.forget().on(peekAt([ada], 1, 9)).effects).toEqual([{ kind: 'peek-failed', peek: 9 }])
  const plain = shape(1, COPIES, 'p')
  it.forget().on({ kind: 'peek', peek: 10, object: plain, chunk: 0, segments: { first: 0, count: 1 }, holders: held({ 0: [ada] }) })
  expect(it.effects).toEqual([{ kind: 'peek-failed', peek: 10 }])
  expect(plain.chunks[0]?.bytes).toBe(MIB)
})

test('[TRANSFER-15] who looks into a file here and there is a reader too: hardly anything is asked for keeping', () => {
  const other = shape(20, COPIES, 'k')
  const it = new Story().here(ada, ben).on(peekAt([ada, ben]))
  it.forget().keep(other, [0], held({ 0: [ada, ben] }))
  expect(asksOf(it)).toHaveLength(1)
})
