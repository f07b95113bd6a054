import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginCarrier, type CarrierChoice, chooseCarrier, type Measured } from '../../../../../src/core/call/frames/choose-carrier.ts'
import { HOP_REPORT_MS } from '../../../../../src/protocol/limits.ts'
import type { Carrier } from '../../../../../src/protocol/media-worker.ts'

const CLEAN: Measured = {
  lostPerMille: 0,
  queueMs: 2,
  skippedPerMille: 0,
  hasPipe: true,
  isPipeDead: false,
  isPipeSlow: false,
  isBusy: false,
  rttMs: 8,
}
const LOSS: Measured = { ...CLEAN, lostPerMille: 20 }

/** Seconds at which the hop changed its carrier, when the channel measures `onChannel` and the pipe `onPipe`. */
function changes(
  seconds: number,
  onChannel: (ms: number) => Measured,
  onPipe: (ms: number) => Measured = () => CLEAN,
  first: Carrier = 'channel',
): number[] {
  let choice: CarrierChoice = { next: beginCarrier(first), carrier: 'channel', wantsPipe: false }
  const found: number[] = []
  for (let nowMs = HOP_REPORT_MS; nowMs <= seconds * 1000; nowMs += HOP_REPORT_MS) {
    const before = choice.carrier
    choice = chooseCarrier(choice.next, (before === 'channel' ? onChannel : onPipe)(nowMs), nowMs)
    if (choice.carrier !== before) found.push(nowMs / 1000)
  }
  return found
}

test('[FRAME-38] where channels failed before the pipe is first, as soon as there is one, and left when all was quiet', () => {
  expect(
    changes(
      60,
      () => CLEAN,
      () => CLEAN,
      'pipe',
    ),
  ).toEqual([0.5, 20.5])
  const withoutPipe = (ms: number) => ({ ...CLEAN, hasPipe: ms > 3_000 })
  expect(changes(10, withoutPipe, withoutPipe, 'pipe')).toEqual([3.5])
  expect(chooseCarrier(beginCarrier('pipe'), withoutPipe(0), 0)).toMatchObject({ carrier: 'channel', wantsPipe: true })
})

test('[FRAME-14] a clean hop stays on its channel', () => {
  expect(changes(600, () => CLEAN)).toEqual([])
})

test.each([
  ['loss', LOSS],
  ['a queue that stands', { ...CLEAN, queueMs: 120 }],
  ['frames that are not sent', { ...CLEAN, skippedPerMille: 100 }],
])('[FRAME-14] %s moves the hop to the pipe within a second', (_, trouble) => {
  expect(changes(12, (ms) => (ms <= 10_000 ? CLEAN : trouble))).toEqual([11])
})

test('[FRAME-14] one lost packet, or one moment, does not', () => {
  expect(changes(60, (ms) => (ms % 10_000 === 0 ? { ...LOSS, lostPerMille: 125 } : CLEAN))).toEqual([])
})

test('[FRAME-31] next door only trouble that stands moves a hop: processors are busy', () => {
  const near = { ...CLEAN, rttMs: 1 }
  const busy = { ...near, queueMs: 300, skippedPerMille: 200 }
  expect(changes(60, (ms) => (ms % 5_000 === 0 ? near : busy))).toEqual([])
  expect(changes(12, () => busy)).toEqual([6.5])
})

test('[FRAME-29] a long path goes by the pipe as soon as there is one, and stays there', () => {
  const far = { ...CLEAN, rttMs: 40 }
  const onFar = (ms: number) => (ms < 3_000 ? { ...far, hasPipe: false } : far)
  expect(changes(600, onFar, () => far)).toEqual([3])
})

test('[FRAME-15] after 20 s without trouble the channel is tried again, and later each time that fails', () => {
  expect(changes(100, (ms) => (ms < 5_000 ? LOSS : CLEAN))).toEqual([1, 21])
  expect(changes(400, () => LOSS)).toEqual([1, 21, 21.5, 61.5, 62, 142, 142.5, 302.5, 303])
  expect(
    changes(
      60,
      () => LOSS,
      () => LOSS,
    ),
  ).toEqual([1])
})

test('[FRAME-15] a channel that held for long is soon tried again', () => {
  expect(changes(160, (ms) => (ms < 2_000 || (ms > 100_000 && ms < 105_000) ? LOSS : CLEAN))).toEqual([1, 21, 101, 121])
})

test('[FRAME-16] without a pipe the hop stays on the channel and asks for one; without it any more it is back at once', () => {
  const steps = (measures: readonly Measured[]) => {
    let state = beginCarrier()
    return measures.map((measured, at) => {
      const { next, carrier, wantsPipe } = chooseCarrier(state, measured, at * HOP_REPORT_MS)
      state = next
      return [carrier, wantsPipe]
    })
  }
  const alone = { ...LOSS, hasPipe: false }
  expect(steps([CLEAN, alone, alone, alone, LOSS, CLEAN, { ...CLEAN, hasPipe: false }])).toEqual([
    ['channel', false],
    ['channel', false],
    ['channel', true],
    ['channel', true],
    ['pipe', true],
    ['pipe', true],
    ['channel', true],
  ])
})

test('[FRAME-47] a pipe that is dead is left for the channel at once, however long the path, and said to be', () => {
  const far: Measured = { ...CLEAN, rttMs: 40 }
  const onPipe = chooseCarrier(beginCarrier(), far, 1_000)
  expect(onPipe.carrier).toBe('pipe')
  const dead = chooseCarrier(onPipe.next, { ...far, lostPerMille: 1_000, isPipeDead: true }, 3_500)
  expect(dead).toMatchObject({ carrier: 'channel', wantsPipe: false, diedAfterMs: 2_500 })
  const [alone, again] = [{ ...far, hasPipe: false }, far].map((measured) => chooseCarrier(dead.next, measured, 4_000))
  expect(alone).toMatchObject({ carrier: 'channel', wantsPipe: true })
  expect(again).toMatchObject({ carrier: 'pipe' })
})

test('[FRAME-47] what a dead pipe lost is no trouble of the channel', () => {
  const onPipe = chooseCarrier(chooseCarrier(beginCarrier(), LOSS, 500).next, LOSS, 1_000)
  expect(onPipe.carrier).toBe('pipe')
  const dead = chooseCarrier(onPipe.next, { ...LOSS, isPipeDead: true }, 3_500)
  expect(chooseCarrier(dead.next, CLEAN, 4_000)).toMatchObject({ carrier: 'channel', wantsPipe: false })
})

test('[FRAME-45] a device with too much to do takes no path for long, and no trouble for the path’s that does not stand for fifteen seconds', () => {
  const busy = (measured: Partial<Measured>, first: Carrier = 'channel') =>
    changes(
      60,
      () => ({ ...CLEAN, ...measured, isBusy: true }),
      () => ({ ...CLEAN, isBusy: true }),
      first,
    )
  expect(busy({ rttMs: 300 })).toEqual([])
  expect(busy({}, 'pipe')).toEqual([])
  const [leftAt = 0] = busy({ queueMs: 400, rttMs: 50 })
  expect(leftAt).toBeGreaterThanOrEqual(15)
  expect(leftAt).toBeLessThan(17)
})

test('[FRAME-15] whatever is measured, a hop changes its carrier seldom', () => {
  const any = fc.record({
    lostPerMille: fc.constantFrom(0, 0, 3, 30),
    queueMs: fc.constantFrom(0, 5, 100),
    skippedPerMille: fc.constantFrom(0, 0, 200),
    hasPipe: fc.constant(true),
    isPipeDead: fc.constant(false),
    rttMs: fc.constantFrom(1, 50, 300),
    isBusy: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 200 }), (measures) => {
      const at = (ms: number) => measures[(ms / HOP_REPORT_MS) % measures.length] as Measured
      expect(changes(300, at, at).length).toBeLessThanOrEqual(2 * Math.ceil(300 / 20))
    }),
  )
})

test('[FRAME-52] a pipe that is slower than its path is left for the channel for a minute, what still stands in it is no trouble, and then for two', () => {
  const far = { ...CLEAN, rttMs: 80 }
  const slow = { ...far, queueMs: 1_600, isPipeSlow: true }
  let leftAtMs = 0
  const onPipe = (ms: number) => {
    leftAtMs = ms
    return slow
  }
  const onChannel = (ms: number) => (ms - leftAtMs < 2_000 && leftAtMs > 0 ? { ...far, queueMs: 1_600 } : far)
  expect(changes(250, onChannel, onPipe)).toEqual([0.5, 1, 61, 61.5, 181.5, 182])
})

test('[FRAME-52] a channel in trouble is left for a slow pipe all the same, and a busy device blames no pipe', () => {
  const far = { ...CLEAN, rttMs: 80 }
  const lossy = (ms: number) => (ms > 10_000 ? { ...far, lostPerMille: 20 } : far)
  expect(changes(14, lossy, (ms) => (ms < 5_000 ? { ...far, isPipeSlow: true } : far))).toEqual([0.5, 1, 11])
  expect(
    changes(
      60,
      () => far,
      () => ({ ...far, isPipeSlow: true, isBusy: true }),
    ),
  ).toEqual([0.5])
})
