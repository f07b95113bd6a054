import { expect, test } from 'vitest'
import { HopMeter } from '../../../../workers/media/hop-meter.ts'

const MS = 1_000

/** Packets of every 10 ms, whose clock is `aheadUs` of ours, each on its way for `wayMs(n)`; undefined: lost. */
function receive(meter: HopMeter, from: number, to: number, wayMs: (n: number) => number | undefined, aheadUs = 0): void {
  for (let n = from; n < to; n++) {
    const way = wayMs(n)
    if (way === undefined) continue
    const sentUs = (n * 10 * MS + aheadUs) >>> 0
    meter.arrived({ sequence: n, sentUs }, n * 10 * MS + way * MS)
  }
}

test('[MEDIAWORKER-14] a report says how much came of what was sent since the last', () => {
  const meter = new HopMeter()
  receive(meter, 0, 50, () => 5)
  expect(meter.report()).toEqual({ received: 50, expected: 50, queueMs: 0 })
  receive(meter, 50, 100, (n) => (n % 5 === 0 && n > 50 ? undefined : 5))
  expect(meter.report()).toEqual({ received: 41, expected: 50, queueMs: 0 })
  expect(meter.report()).toBeUndefined()
})

test('[MEDIAWORKER-14] what a packet stood in queues is told whatever the two clocks say, also while theirs wraps', () => {
  const meter = new HopMeter()
  const aheadUs = 2 ** 32 - 700 * MS
  receive(meter, 0, 50, (n) => 20 + (n % 7), aheadUs)
  expect(meter.report()?.queueMs).toBe(0)
  receive(meter, 50, 100, (n) => 90 + (n % 7), aheadUs)
  expect(meter.report()?.queueMs).toBeCloseTo(70, 5)
})

test('[MEDIAWORKER-14] a longer way counts as the way itself after half a minute', () => {
  const meter = new HopMeter()
  receive(meter, 0, 100, () => 5)
  meter.report()
  receive(meter, 100, 4_600, () => 65)
  meter.report()
  receive(meter, 4_600, 4_650, () => 65)
  expect(meter.report()?.queueMs).toBe(0)
})

test('[MEDIAWORKER-33] a device that slept leaves no queue behind: what it sends then is measured anew', () => {
  const meter = new HopMeter()
  receive(meter, 0, 100, () => 5)
  meter.report()
  // Its clock stood still for an hour, so that all that follows seems an hour late.
  receive(meter, 100, 150, () => 5, -900 * 1_000 * MS)
  expect(meter.report()?.queueMs).toBe(0)
  receive(meter, 150, 200, () => 95, -900 * 1_000 * MS)
  expect(meter.report()?.queueMs).toBeCloseTo(90, 5)
})

test('[MEDIAWORKER-33] what lay still with a sleeping device is no queue, and the next packets are quick again', () => {
  const meter = new HopMeter()
  receive(meter, 0, 100, () => 5)
  meter.report()
  receive(meter, 100, 102, () => 15_000)
  receive(meter, 1_600, 1_650, () => 5)
  expect(meter.report()?.queueMs).toBe(0)
})
