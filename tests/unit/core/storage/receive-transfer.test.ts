import { expect, test } from 'vitest'
import {
  RECEIVE_START,
  type ReceiveEffect,
  type ReceiveEvent,
  type ReceiveState,
  receiveStep,
} from '../../../../src/core/storage/receive-transfer.ts'
import type { BlockId } from '../../../../src/protocol/ids.ts'
import {
  BLOCK_BYTES,
  CREDIT_FAR_START_BYTES,
  CREDIT_START_BYTES,
  CREDIT_STEP_BYTES,
  CREDIT_WINDOW_BYTES,
  DATA_PAYLOAD_BYTES,
} from '../../../../src/protocol/limits.ts'

const MIB = 1024 * 1024
const blocks = (count: number) => Array.from({ length: count }, (_, i) => `bafkrei${i}` as BlockId)

function run(events: readonly ReceiveEvent[], from: ReceiveState = RECEIVE_START): { state: ReceiveState; effects: ReceiveEffect[] } {
  let state = from
  const effects: ReceiveEffect[] = []
  for (const event of events) {
    const step = receiveStep(state, event)
    state = step.next
    effects.push(...step.effects)
  }
  return { state, effects }
}

const asked = (transfer: number, count: number): ReceiveEvent => ({ kind: 'asked', transfer, blocks: blocks(count) })
const frame = (transfer: number, index: number, offset: number, blockBytes = MIB, lane = 0): ReceiveEvent => ({
  kind: 'frame',
  lane,
  transfer,
  index,
  offset,
  blockBytes,
  payloadBytes: Math.min(DATA_PAYLOAD_BYTES, blockBytes - offset),
})
const wholeBlock = (transfer: number, index: number, blockBytes = MIB, lane = 0): ReceiveEvent[] =>
  Array.from({ length: Math.max(1, Math.ceil(blockBytes / DATA_PAYLOAD_BYTES)) }, (_, i) =>
    frame(transfer, index, i * DATA_PAYLOAD_BYTES, blockBytes, lane),
  )
const cutCode = (effects: readonly ReceiveEffect[]) => effects.find((effect) => effect.kind === 'cut')?.code

const grantsOf = (effects: readonly ReceiveEffect[]) => effects.flatMap((effect) => (effect.kind === 'grant' ? [effect.bytes] : []))
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0)

test('[TRANSFER-1] a small window opens with the first want and only then', () => {
  expect(grantsOf(run([asked(1, 1), asked(2, 1)]).effects)).toEqual([CREDIT_START_BYTES])
})

test('[TRANSFER-1] the window widens with what arrives and is stored, up to the full one, in few commands', () => {
  const { state, effects } = run([
    asked(1, 160),
    ...Array.from({ length: 160 }, (_, i) => [...wholeBlock(1, i), { kind: 'accepted', bytes: MIB } as const]).flat(),
  ])
  expect(state.allowance.openBytes).toBeGreaterThan(CREDIT_WINDOW_BYTES - CREDIT_STEP_BYTES)
  expect(state.allowance.openBytes).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES)
  expect(grantsOf(effects).length).toBeLessThan(250)
})

test('[TRANSFER-1] a store that takes nothing is owed one full window at most', () => {
  const hoarded = Array.from({ length: 20 }, (_, i) => wholeBlock(1, i)).flat()
  const { effects } = run([asked(1, 20), ...hoarded])
  expect(cutCode(effects)).toBe('credit-exceeded')
  expect(sumOf(grantsOf(effects))).toBeGreaterThan(CREDIT_WINDOW_BYTES - CREDIT_STEP_BYTES)
  expect(sumOf(grantsOf(effects))).toBeLessThanOrEqual(CREDIT_WINDOW_BYTES)
})

test('a block is written frame by frame and completed by its last', () => {
  const { effects, state } = run([asked(1, 1), ...wholeBlock(1, 0, DATA_PAYLOAD_BYTES + 5)])
  expect(effects.filter(({ kind }) => kind === 'write')).toEqual([
    {
      kind: 'write',
      slot: 0,
      id: 'bafkrei0',
      transfer: 1,
      offset: 0,
      bufferBytes: DATA_PAYLOAD_BYTES + 5,
      part: undefined,
      first: true,
      last: false,
    },
    {
      kind: 'write',
      slot: 0,
      id: 'bafkrei0',
      transfer: 1,
      offset: DATA_PAYLOAD_BYTES,
      bufferBytes: DATA_PAYLOAD_BYTES + 5,
      part: undefined,
      first: false,
      last: true,
    },
  ])
  expect(state.wants.size).toBe(0)
})

test('[TRANSFER-2] data beyond the credit ends the link', () => {
  const blockBytes = MIB
  const beyond = { kind: 'frame', lane: 0, transfer: 1, index: 0, offset: 0, blockBytes, payloadBytes: DATA_PAYLOAD_BYTES } as const
  const opened = run([asked(1, 1)]).state
  const spent = { ...opened, allowance: { ...opened.allowance, openBytes: DATA_PAYLOAD_BYTES - 1 } }
  expect(cutCode(run([beyond], opened).effects)).toBeUndefined()
  expect(cutCode(run([beyond], spent).effects)).toBe('credit-exceeded')
})

test('[TRANSFER-3] data nobody asked for ends the link', () => {
  expect(cutCode(run([frame(1, 0, 0)]).effects)).toBe('credit-exceeded')
  expect(cutCode(run([asked(1, 1), frame(1, 1, 0)]).effects)).toBe('credit-exceeded')
  expect(cutCode(run([asked(1, 2), ...wholeBlock(1, 0), frame(1, 0, 0)]).effects)).toBe('credit-exceeded')
  expect(cutCode(run([asked(1, 1), { kind: 'missing', transfer: 1, index: 1 }]).effects)).toBe('credit-exceeded')
})

test('[TRANSFER-4] frames out of order, of a wrong size or of too long a block end the link', () => {
  const breach = (...events: ReceiveEvent[]) => cutCode(run([asked(1, 2), ...events]).effects)
  expect(breach(frame(1, 0, DATA_PAYLOAD_BYTES))).toBe('frame-malformed')
  expect(breach(frame(1, 0, 0), frame(1, 1, 0))).toBe('frame-malformed')
  expect(breach(frame(1, 0, 0), frame(1, 0, 2 * DATA_PAYLOAD_BYTES))).toBe('frame-malformed')
  expect(breach(frame(1, 0, 0), frame(1, 0, DATA_PAYLOAD_BYTES, 2 * DATA_PAYLOAD_BYTES))).toBe('frame-malformed')
  expect(breach({ kind: 'frame', lane: 0, transfer: 1, index: 0, offset: 0, blockBytes: MIB, payloadBytes: 1 })).toBe('frame-malformed')
  expect(breach(frame(1, 0, 0, BLOCK_BYTES + 1))).toBe('frame-malformed')
})

test('[TRANSFER-5] data of a cancelled want is thrown away and its credit handed back', () => {
  const { effects, state } = run([
    asked(1, 3),
    frame(1, 0, 0),
    { kind: 'cancelled', transfer: 1 },
    ...wholeBlock(1, 0).slice(1),
    ...wholeBlock(1, 1),
  ])
  expect(effects.map(({ kind }) => kind).filter((kind) => kind !== 'grant')).toEqual(['write', 'discard'])
  expect(state.allowance).toMatchObject({ heldBytes: 0, arrivedBytes: 2 * MIB })
})

test('[TRANSFER-5] a holder may stop in the middle of a block of a cancelled want and begin another', () => {
  const { effects } = run([asked(1, 1), frame(1, 0, 0), { kind: 'cancelled', transfer: 1 }, asked(2, 1), ...wholeBlock(2, 0)])
  expect(cutCode(effects)).toBeUndefined()
  expect(effects.filter(({ kind }) => kind === 'write').at(-1)).toMatchObject({ last: true })
})

test('[TRANSFER-4] of a part only its bytes are welcome, in their place in the block', () => {
  const part = { offset: DATA_PAYLOAD_BYTES, bytes: DATA_PAYLOAD_BYTES + 7 }
  const asks: ReceiveEvent = { kind: 'asked', transfer: 1, blocks: blocks(1), part }
  const first: ReceiveEvent = {
    kind: 'frame',
    lane: 0,
    transfer: 1,
    index: 0,
    offset: part.offset,
    blockBytes: MIB,
    payloadBytes: DATA_PAYLOAD_BYTES,
  }
  const second: ReceiveEvent = { ...first, offset: 2 * DATA_PAYLOAD_BYTES, payloadBytes: 7 }
  expect(run([asks, first, second]).effects.filter(({ kind }) => kind === 'write')).toMatchObject([
    { offset: 0, bufferBytes: part.bytes, first: true, last: false, part },
    { offset: DATA_PAYLOAD_BYTES, first: false, last: true },
  ])
  expect(cutCode(run([asks, frame(1, 0, 0)]).effects)).toBe('frame-malformed')
  expect(cutCode(run([asks, { ...first, blockBytes: 2 * DATA_PAYLOAD_BYTES }]).effects)).toBe('frame-malformed')
})

test('[TRANSFER-4] blocks of several lanes come through each other, those of one lane do not', () => {
  const [begin, ...rest] = wholeBlock(1, 0)
  const onOther = wholeBlock(1, 1, MIB, 1)
  const { effects, state } = run([asked(1, 2), begin as ReceiveEvent, ...onOther, ...rest])
  expect(cutCode(effects)).toBeUndefined()
  expect(effects.flatMap((effect) => (effect.kind === 'write' && effect.last ? [[effect.slot, effect.id]] : []))).toEqual([
    [2, 'bafkrei1'],
    [0, 'bafkrei0'],
  ])
  expect(state.incoming.size).toBe(0)
})

test('[TRANSFER-7] an urgent block may come between the frames of another', () => {
  const [begin, ...rest] = wholeBlock(1, 0)
  const urgent: ReceiveEvent = { kind: 'asked', transfer: 2, blocks: blocks(1), urgent: true }
  const { effects } = run([asked(1, 1), urgent, begin as ReceiveEvent, ...wholeBlock(2, 0, DATA_PAYLOAD_BYTES), ...rest])
  expect(cutCode(effects)).toBeUndefined()
  expect(effects.flatMap((effect) => (effect.kind === 'write' && effect.last ? [effect.slot] : []))).toEqual([1, 0])
})

test('[TRANSFER-1] over a long path the window begins wider and widens faster', () => {
  const far: ReceiveEvent = { kind: 'asked', transfer: 1, blocks: blocks(8), rttMs: 60 }
  const { effects, state } = run([far, ...wholeBlock(1, 0), { kind: 'accepted', bytes: MIB }])
  expect(grantsOf(effects)[0]).toBe(CREDIT_FAR_START_BYTES)
  expect(state.allowance.openBytes).toBeGreaterThan(MIB)
})

test('[TRANSFER-28] a lane that closed gives back the credit of what was lost, and its block may begin anew on another', () => {
  const begun = run([asked(1, 1), frame(1, 0, 0, MIB, 1)])
  const lostBytes = begun.state.allowance.openBytes
  const { effects, state } = run([{ kind: 'lane-closed', lane: 1, lostBytes }], begun.state)
  expect(effects.map(({ kind }) => kind)).toEqual(['discard', 'grant'])
  expect(state.allowance).toMatchObject({ heldBytes: 0 })
  expect(grantsOf(effects)).toEqual([state.allowance.openBytes])
  expect(cutCode(run(wholeBlock(1, 0).slice(0, 2), state).effects)).toBeUndefined()
})

test('[TRANSFER-28] a block that begins anew before its broken lane was told leaves nothing behind', () => {
  const { effects, state } = run([asked(1, 1), frame(1, 0, 0, MIB, 1), ...wholeBlock(1, 0)])
  expect(cutCode(effects)).toBeUndefined()
  expect(effects.filter(({ kind }) => kind === 'discard')).toEqual([{ kind: 'discard', slot: 2 }])
  expect(state.allowance.heldBytes).toBe(MIB)
})
