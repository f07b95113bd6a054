import { fetchStep } from '../../../../src/core/storage/fetch.ts'
import {
  FETCH_START,
  type FetchEffect,
  type FetchEvent,
  type FetchState,
  type RowHolders,
} from '../../../../src/core/storage/fetch-state.ts'
import type { Layout, ObjectShape } from '../../../../src/core/storage/layout.ts'
import type { BlockId, TabId } from '../../../../src/protocol/ids.ts'
import type { ObjectId } from '../../../../src/protocol/object.ts'

export const MIB = 1024 * 1024
export const ada = 'ada' as TabId
export const ben = 'ben' as TabId
export const cleo = 'cleo' as TabId
export const COPIES: Layout = { k: 1, rows: 1 }

export const idOf = (chunk: number, row: number, of = 'o') => `bafkrei${of}${chunk}r${row}` as BlockId

export function shape(
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

export const held = (rows: Record<number, TabId[]>, whole: TabId[] = []): RowHolders => ({
  rows: new Map(Object.entries(rows).map(([row, tabs]) => [Number(row), tabs])),
  whole,
})

/** A fetch under way, its time and everything it has said. */
export class Story {
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
