import { expect, test } from 'vitest'
import { SERVE_START, type ServeEffect, type ServeEvent, type ServeState, serveStep } from '../../../../src/core/storage/serve-transfer.ts'
import type { BlockId } from '../../../../src/protocol/ids.ts'
import {
  CREDIT_WINDOW_BYTES,
  DATA_PAYLOAD_BYTES,
  READ_AHEAD_BLOCKS,
  SEND_BYTES,
  TRANSFERS_PER_PEER,
} from '../../../../src/protocol/limits.ts'
import type { ObjectId } from '../../../../src/protocol/object.ts'

/** As much as goes to the channel at once. */
const BLOCK = SEND_BYTES
const block = (name: string) => `bafkrei${name}` as BlockId
const blocks = (count: number) => Array.from({ length: count }, (_, i) => block(String(i)))

function run(events: readonly ServeEvent[], from: ServeState = SERVE_START): { state: ServeState; effects: ServeEffect[] } {
  let state = from
  const effects: ServeEffect[] = []
  for (const event of events) {
    const step = serveStep(state, event)
    state = step.next
    effects.push(...step.effects)
  }
  return { state, effects }
}

const want = (transfer: number, count: number, urgent = false): ServeEvent => ({ kind: 'want', transfer, blocks: blocks(count), urgent })
const read = (transfer: number, index: number, bytes: number | undefined = BLOCK): ServeEvent => ({ kind: 'read', transfer, index, bytes })
const credit = (bytes: number): ServeEvent => ({ kind: 'credit', bytes })
const sent: ServeEvent = { kind: 'sent', lane: 0 }

test('[TRANSFER-6] a holder without credit sends nothing', () => {
  const { effects } = run([want(1, 1), read(1, 0)])
  expect(effects.filter(({ kind }) => kind === 'send')).toEqual([])
})

test('[TRANSFER-6] a holder sends whole frames up to its credit and goes on when there is more', () => {
  const { effects } = run([want(1, 1), read(1, 0), credit(3 * DATA_PAYLOAD_BYTES + 100), sent, credit(BLOCK)])
  expect(effects.filter(({ kind }) => kind === 'send')).toEqual([
    { kind: 'send', lane: 0, transfer: 1, index: 0, offset: 0, bytes: 3 * DATA_PAYLOAD_BYTES, blockBytes: BLOCK },
    {
      kind: 'send',
      lane: 0,
      transfer: 1,
      index: 0,
      offset: 3 * DATA_PAYLOAD_BYTES,
      bytes: BLOCK - 3 * DATA_PAYLOAD_BYTES,
      blockBytes: BLOCK,
    },
  ])
})

test('[TRANSFER-6] credit beyond one window is worth nothing', () => {
  expect(run([credit(CREDIT_WINDOW_BYTES), credit(CREDIT_WINDOW_BYTES)]).state.creditBytes).toBe(CREDIT_WINDOW_BYTES)
})

test('[TRANSFER-7] an urgent block goes between the frames of one that was begun', () => {
  const { effects } = run([
    credit(CREDIT_WINDOW_BYTES),
    want(1, 1),
    read(1, 0, 3 * BLOCK),
    want(2, 1, true),
    read(2, 0, 2 * BLOCK),
    sent,
    sent,
    sent,
  ])
  expect(effects.flatMap((effect) => (effect.kind === 'send' ? [[effect.transfer, effect.offset, effect.bytes]] : []))).toEqual([
    [1, 0, BLOCK],
    [2, 0, 2 * BLOCK],
    [1, BLOCK, BLOCK],
    [1, 2 * BLOCK, BLOCK],
  ])
})

test('[TRANSFER-7] an urgent want goes before the rest of an earlier one', () => {
  const { effects } = run([
    credit(CREDIT_WINDOW_BYTES),
    want(1, 3),
    read(1, 0),
    want(2, 1, true),
    read(1, 1),
    read(1, 2),
    read(2, 0),
    sent,
    sent,
    sent,
  ])
  const order = effects.flatMap((effect) => (effect.kind === 'send' ? [[effect.transfer, effect.index]] : []))
  expect(order).toEqual(
    [
      [1, 0],
      [2, 0],
      [1, 1],
      [1, 2],
    ].slice(0, order.length),
  )
  expect(order).toHaveLength(4)
})

test('[TRANSFER-7] blocks of a want go in the order asked, whichever is read first', () => {
  const { effects } = run([credit(CREDIT_WINDOW_BYTES), want(1, 2), read(1, 1), read(1, 0), sent])
  expect(effects.flatMap((effect) => (effect.kind === 'send' ? [effect.index] : []))).toEqual([0, 1])
})

test('[TRANSFER-8] a holder reads a few blocks ahead and no more', () => {
  const { effects } = run([want(1, 20)])
  expect(effects.filter(({ kind }) => kind === 'read')).toHaveLength(READ_AHEAD_BLOCKS)
})

test('[TRANSFER-8] what the store lacks is answered missing, without credit', () => {
  const { effects } = run([want(1, 1), { kind: 'read', transfer: 1, index: 0, bytes: undefined }])
  expect(effects).toContainEqual({ kind: 'missing', transfer: 1, index: 0 })
})

test('an empty block is sent as one frame without payload', () => {
  const { effects } = run([want(1, 1), read(1, 0, 0)])
  expect(effects).toContainEqual({ kind: 'send', lane: 0, transfer: 1, index: 0, offset: 0, bytes: 0, blockBytes: 0 })
})

test('[TRANSFER-9] more wants than allowed end the link', () => {
  const wants = Array.from({ length: TRANSFERS_PER_PEER + 1 }, (_, i) => want(i, 1))
  expect(run(wants).effects.at(-1)).toMatchObject({ kind: 'cut', code: 'flooded' })
})

test('[TRANSFER-9] a want id used twice ends the link', () => {
  expect(run([want(1, 1), want(1, 1)]).effects.at(-1)).toMatchObject({ kind: 'cut', code: 'frame-malformed' })
})

test('a cancelled want gives its memory back and makes room for the next', () => {
  const { state, effects } = run([want(1, 4), read(1, 0), read(1, 1), { kind: 'cancel', transfer: 1 }, read(1, 2), read(1, 3)])
  expect(effects.filter(({ kind }) => kind === 'release')).toHaveLength(4)
  expect(state).toMatchObject({ wants: [], reading: [], ready: [] })
})

test('[TRANSFER-7] a want cancelled in the middle of a block ends there', () => {
  const before = run([want(1, 1), read(1, 0), credit(DATA_PAYLOAD_BYTES)])
  const { state, effects } = run([{ kind: 'cancel', transfer: 1 }, sent, credit(BLOCK)], before.state)
  expect(effects).toEqual([{ kind: 'release', transfer: 1, index: 0 }])
  expect(state.outgoing.size).toBe(0)
})

test('[TRANSFER-7] each lane that is idle takes the next block, and a block stays on one', () => {
  const { effects } = run([
    { kind: 'lanes', lanes: [0, 2] },
    credit(CREDIT_WINDOW_BYTES),
    want(1, 3),
    read(1, 0),
    read(1, 1),
    read(1, 2),
    { kind: 'sent', lane: 2 },
  ])
  expect(effects.flatMap((effect) => (effect.kind === 'send' ? [[effect.lane, effect.index, effect.bytes]] : []))).toEqual([
    [0, 0, BLOCK],
    [2, 1, BLOCK],
    [2, 2, BLOCK],
  ])
})

test('[TRANSFER-7] urgent blocks take the lanes in turn, though a channel took the last one at once', () => {
  const one = (transfer: number): ServeEvent[] => [want(transfer, 1, true), read(transfer, 0)]
  const lanes: ServeEvent[] = [{ kind: 'lanes', lanes: [0, 2, 3] }, credit(CREDIT_WINDOW_BYTES)]
  const taken = (lane: number): ServeEvent => ({ kind: 'sent', lane })
  const { effects } = run([...lanes, ...one(1), taken(2), ...one(2), taken(3), ...one(3), taken(0), ...one(4)])
  expect(effects.flatMap((effect) => (effect.kind === 'send' ? [[effect.lane, effect.transfer]] : []))).toEqual([
    [2, 1],
    [3, 2],
    [0, 3],
    [2, 4],
  ])
})

test('[TRANSFER-28] what was on its way over a lane that is gone is sent again over another', () => {
  const before = run([{ kind: 'lanes', lanes: [0, 1] }, credit(CREDIT_WINDOW_BYTES), want(1, 2), read(1, 0), read(1, 1)])
  const { effects, state } = run([{ kind: 'lanes', lanes: [0] }, sent, sent], before.state)
  expect(effects.flatMap((effect) => (effect.kind === 'send' ? [[effect.lane, effect.index, effect.offset]] : []))).toEqual([[0, 1, 0]])
  expect(state.wants).toEqual([])
})

test('[TRANSFER-26] of a part just its bytes are sent, and one beyond the block is missing', () => {
  const part = { offset: DATA_PAYLOAD_BYTES, bytes: 2 * DATA_PAYLOAD_BYTES }
  const asks: ServeEvent = { kind: 'want', transfer: 1, blocks: blocks(1), urgent: true, part }
  expect(run([credit(CREDIT_WINDOW_BYTES), asks, read(1, 0)]).effects).toContainEqual({
    kind: 'send',
    lane: 0,
    transfer: 1,
    index: 0,
    offset: part.offset,
    bytes: part.bytes,
    blockBytes: BLOCK,
  })
  const { effects, state } = run([credit(CREDIT_WINDOW_BYTES), asks, read(1, 0, 2 * DATA_PAYLOAD_BYTES)])
  expect(effects.slice(-2)).toEqual([
    { kind: 'missing', transfer: 1, index: 0 },
    { kind: 'release', transfer: 1, index: 0 },
  ])
  expect(state.wants).toEqual([])
})

test('[TRANSFER-20] a block is read together with its place, for it may have to be made', () => {
  const place = { object: 'o' as ObjectId, chunk: 4, row: 7 }
  const { effects } = run([{ kind: 'want', transfer: 1, blocks: blocks(1), urgent: false, places: [place] }])
  expect(effects).toEqual([{ kind: 'read', transfer: 1, index: 0, id: block('0'), place }])
})
