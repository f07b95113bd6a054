import { expect, test } from 'vitest'
import { encoderRate, shareOfRoom } from '../../../../../src/core/call/frames/encoder-rate.ts'
import { beginBudget, budgetOfPipe, type HopBudget, stepBudget } from '../../../../../src/core/call/frames/hop-budget.ts'

/** A line of `capacityKbps` with a queue of 400 ms that a camera of `profileKbps` is sent over, adapted each half second. */
function drive(
  capacityKbps: number,
  profileKbps: number,
  reports: number,
  from = beginBudget(),
): { budget: HopBudget; queueMs: number; rate: number } {
  let budget = from
  let queueKbit = 0
  let rate = profileKbps * 1000
  for (let at = 0; at < reports; at++) {
    rate = encoderRate(rate, profileKbps * 1000, [budget.kbps])
    const sentKbps = rate / 1000
    const arrivedKbps = Math.min(capacityKbps, sentKbps + queueKbit / 0.5)
    const waiting = queueKbit + (sentKbps - arrivedKbps) * 0.5
    queueKbit = Math.min(waiting, capacityKbps * 0.4)
    const lostPerMille = sentKbps === 0 ? 0 : (1000 * (waiting - queueKbit)) / (sentKbps * 0.5)
    budget = stepBudget(budget, { sentKbps, arrivedKbps, lostPerMille, queueMs: (1000 * queueKbit) / capacityKbps })
  }
  return { budget, queueMs: (1000 * queueKbit) / capacityKbps, rate }
}

test('[FRAME-27] a hop is sent what it takes: less within seconds when its line narrows, all again when it is wide', () => {
  expect(drive(5_000, 800, 20).rate).toBe(800_000)
  const narrow = drive(600, 800, 10)
  expect(narrow.queueMs).toBeLessThan(250)
  expect(narrow.rate).toBeGreaterThan(300_000)
  expect(narrow.rate).toBeLessThan(600_000)
  expect(drive(5_000, 800, 40, narrow.budget).rate).toBe(800_000)
  expect(budgetOfPipe(1_000).kbps).toBeLessThan(1_000)
  expect(budgetOfPipe(0).kbps).toBeGreaterThan(0)
})

test('[FRAME-28] a layer is encoded for the best of its children, never above its profile, and not retuned for a tremble', () => {
  expect(encoderRate(800_000, 800_000, [200, 500])).toBe(500_000)
  expect(encoderRate(800_000, 800_000, [200, 5_000])).toBe(800_000)
  expect(encoderRate(500_000, 800_000, [520])).toBe(500_000)
  expect(encoderRate(500_000, 800_000, [10])).toBe(120_000)
  expect(encoderRate(760_000, 800_000, [])).toBe(800_000)
  const [main, screen] = [800_000, 1_600_000]
  const profiles = [
    { layer: 'main', bitsPerSecond: main, height: 360, fps: 24, keyEveryMs: 5_000 },
    { layer: 'screen', bitsPerSecond: screen, height: 1080, fps: 12, keyEveryMs: 5_000 },
  ] as const
  expect(shareOfRoom('main', ['audio', 'main', 'screen'], profiles)).toBeCloseTo(1 / 3)
  expect(shareOfRoom('main', ['main'], profiles)).toBe(1)
})
