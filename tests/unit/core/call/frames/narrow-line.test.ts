/** A camera straight to one child over a pipe on a line that narrows: thinning, budget and encoder rate together. */
import { expect, test } from 'vitest'
import { encoderRate } from '../../../../../src/core/call/frames/encoder-rate.ts'
import { beginChild, forwardFrame } from '../../../../../src/core/call/frames/forward-frame.ts'
import { beginBudget, stepBudget } from '../../../../../src/core/call/frames/hop-budget.ts'
import { pipeQueueBytes } from '../../../../../src/core/call/frames/pipe-queue.ts'
import { HOP_REPORT_MS } from '../../../../../src/protocol/limits.ts'
import type { FrameHead } from '../../../../../src/protocol/media.ts'
import { groups, streamOf } from './stream-fixture.ts'

const PROFILE = 800_000
const FRAME_MS = 33
const WAY_MS = 40

/** Of the bits of four frames; a key frame is as large as twelve frames are on average. */
const SHARES = [1.6, 0.8, 0.6] as const
const KEY_SHARE = 8

function call(seconds: number, lineKbps: (second: number) => number) {
  let child = beginChild(2)
  let budget = beginBudget()
  let rate = PROFILE
  let standing = 0
  let window = { sent: 0, arrived: 0, quickestMs: Number.POSITIVE_INFINITY }
  let told = { queueMs: 0, atMs: 0 }
  let due: { atMs: number; report: typeof window } | undefined
  const fps: number[] = []
  const delays: number[] = []
  let isKeyAsked = false
  for (const [at, made] of streamOf(groups((seconds * 1000) / FRAME_MS / 4, 38)).entries()) {
    const head: FrameHead = isKeyAsked && made.temporal === 0 ? { ...made, isKey: true, dependsOn: 0 } : made
    if (head.isKey) isKeyAsked = false
    const nowMs = at * FRAME_MS
    const second = Math.floor(nowMs / 1000)
    const bytesPerMs = lineKbps(second) / 8
    const left = Math.min(standing, bytesPerMs * FRAME_MS)
    standing -= left
    window.arrived += left
    if (nowMs % (15 * FRAME_MS) === 0 && at > 0) {
      // Of nothing nobody reports.
      if (Number.isFinite(window.quickestMs)) due = { atMs: nowMs + WAY_MS, report: window }
      window = { sent: 0, arrived: 0, quickestMs: Number.POSITIVE_INFINITY }
    }
    if (due !== undefined && nowMs >= due.atMs) {
      const { sent, arrived, quickestMs } = due.report
      told = { queueMs: quickestMs, atMs: nowMs }
      const kbps = (bytes: number) => (8 * bytes) / (15 * FRAME_MS)
      budget = stepBudget(budget, { sentKbps: kbps(sent), arrivedKbps: kbps(arrived), lostPerMille: 0, queueMs: quickestMs })
      rate = encoderRate(rate, PROFILE, [budget.kbps])
      due = undefined
    }
    const bytes = Math.round(((rate / 8) * FRAME_MS * (head.isKey ? KEY_SHARE : (SHARES[head.temporal] as number))) / 1000 / 0.9)
    const { next, isSent, needsReplay } = forwardFrame(child, head, bytes, pipeQueueBytes(told.queueMs, nowMs - told.atMs))
    child = next
    if (needsReplay) isKeyAsked = true
    if (!isSent) continue
    standing += bytes
    window.sent += bytes
    const delayMs = standing / bytesPerMs
    window.quickestMs = Math.min(window.quickestMs, delayMs - bytes / bytesPerMs)
    fps[second] = (fps[second] ?? 0) + 1
    delays[second] = Math.max(delays[second] ?? 0, delayMs)
  }
  return { fps, delays, rate }
}

test('[FRAME-27] a line that narrows to less than a third is served in time again within two seconds, and by more than twenty frames', () => {
  expect(HOP_REPORT_MS).toBe(500)
  const { fps, delays, rate } = call(40, (second) => (second < 8 ? 2_000 : 600))
  expect(fps.slice(2, 8).every((each) => each >= 30)).toBe(true)
  expect(Math.max(...delays)).toBeLessThan(400)
  expect(Math.max(...delays.slice(10))).toBeLessThan(300)
  expect(fps.slice(12, 39).every((each) => each >= 20)).toBe(true)
  expect(rate).toBeGreaterThan(300_000)
})

test('[FRAME-27] what a narrow time took away comes back', () => {
  const { fps, rate } = call(60, (second) => (second >= 8 && second < 16 ? 300 : 2_000))
  expect(rate).toBe(PROFILE)
  expect(fps.slice(40, 59).every((each) => each >= 29)).toBe(true)
})
