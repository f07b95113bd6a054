import { expect, test } from 'vitest'
import { encoderRate, keyEvery, shareOfRoom } from '../../../../../src/core/call/frames/encoder-rate.ts'
import { asksRoom, beginBudget, budgetOfPipe, type HopBudget, stepBudget } from '../../../../../src/core/call/frames/hop-budget.ts'
import { layerProfiles } from '../../../../../src/core/call/layer-profiles.ts'

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
  expect(budgetOfPipe(1_000, 0).kbps).toBeLessThan(1_000)
  expect(budgetOfPipe(0, 0).kbps).toBeGreaterThan(0)
})

test('[FRAME-42] a hop to a device that slept is sent at once what it was sent before; one whose line was full learns it anew', () => {
  const before = drive(5_000, 800, 20)
  const seen = { sentKbps: 150, arrivedKbps: 150, lostPerMille: 0, queueMs: 0 }
  const silent = { ...seen, arrivedKbps: 0, lostPerMille: 1_000 }
  let asleep = before.budget
  for (let report = 0; report < 10; report++) asleep = stepBudget(asleep, silent)
  expect(asleep.kbps).toBeLessThan(200)
  // What was sent meanwhile is lost, and then all is well.
  const awake = stepBudget(stepBudget(asleep, { ...silent, arrivedKbps: 10, lostPerMille: 970 }), seen)
  expect(awake.kbps).toBe(before.budget.kbps)
  expect(drive(5_000, 800, 1, awake).rate).toBe(800_000)
  const full = stepBudget(asleep, { ...seen, arrivedKbps: 100, queueMs: 300 })
  expect(stepBudget(full, seen).kbps).toBeLessThan(200)
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

test('[FRAME-40] a pipe in which something stands is given less, by as much as empties it, and all again when it is empty', () => {
  const lineKbps = 600
  // The engine feels for more than the line carries, and has not felt the queue yet.
  const roomKbps = 750
  let queueMs = 300
  const queues: number[] = []
  for (let report = 0; report < 12; report++) {
    const sentKbps = budgetOfPipe(roomKbps, queueMs).kbps
    queueMs = Math.max(0, queueMs + (500 * (sentKbps - lineKbps)) / lineKbps)
    queues.push(queueMs)
  }
  expect(Math.max(...queues.slice(4))).toBeLessThan(150)
  expect(budgetOfPipe(roomKbps, 0).kbps).toBe(budgetOfPipe(roomKbps, 50).kbps)
  // Nobody is left without a picture by one report, however bad.
  expect(budgetOfPipe(roomKbps, 60_000).kbps).toBeGreaterThan(lineKbps / 2)
})

test('[FRAME-46] a pipe that has far more room than it uses is asked of it eight times as rarely, until a queue stands', () => {
  const asked = (roomKbps: number | undefined, sentKbps: number, queueMs = 0) =>
    Array.from({ length: 16 }, (_, turn) => turn).filter((turn) => asksRoom(turn, roomKbps, { sentKbps, queueMs })).length
  expect([asked(undefined, 0), asked(500, 400), asked(2_500, 70), asked(300, 0), asked(2_500, 70, 200)]).toEqual([16, 16, 2, 2, 16])
})

test('[FRAME-41] a layer of which its line carries only a part gets key frames that nobody asked for six times as rarely', () => {
  const [main, , screen] = layerProfiles(2)
  const thumb = layerProfiles(30).find(({ layer }) => layer === 'thumb')
  if (main === undefined || screen === undefined || thumb === undefined) throw new Error('no such layer')
  expect(keyEvery(main, main.bitsPerSecond)).toBe(main.keyEveryMs)
  expect(keyEvery(main, main.bitsPerSecond / 2)).toBe(6 * main.keyEveryMs)
  expect(keyEvery(screen, screen.bitsPerSecond / 2)).toBe(6 * screen.keyEveryMs)
  // A newcomer is shown what hops kept of it: that is never old.
  expect(keyEvery(thumb, thumb.bitsPerSecond / 2)).toBe(thumb.keyEveryMs)
})
