import { expect, test } from 'vitest'
import { beginChild, type ChildState, forwardFrame } from '../../../../../src/core/call/frames/forward-frame.ts'
import { pipeQueueBytes } from '../../../../../src/core/call/frames/pipe-queue.ts'
import { HOP_REPORT_MS } from '../../../../../src/protocol/limits.ts'
import type { FrameHead } from '../../../../../src/protocol/media.ts'
import { groups, streamOf } from './stream-fixture.ts'

/**
 * A pipe of `kbps` behind which frames stand for as long as it takes, told every half second. Frames sent in each second,
 * and how long the last of them stood.
 */
function overPipe(seconds: number, kbps: (second: number) => number, bytes = 3_000) {
  let child = beginChild(2)
  let standingBytes = 0
  let report = { queueMs: 0, atMs: 0 }
  const fps: number[] = []
  const stoodMs: number[] = []
  for (const [at, head] of streamOf(groups((seconds * 1000) / 33 / 4, 30)).entries()) {
    const nowMs = at * 33
    const second = Math.floor(nowMs / 1000)
    const bytesPerMs = kbps(second) / 8
    standingBytes = Math.max(0, standingBytes - bytesPerMs * 33)
    if (nowMs - report.atMs >= HOP_REPORT_MS) report = { queueMs: standingBytes / bytesPerMs, atMs: nowMs }
    const { next, isSent } = forwardFrame(child, head, bytes, pipeQueueBytes(report.queueMs, nowMs - report.atMs))
    child = next
    if (isSent) standingBytes += bytes
    fps[second] = (fps[second] ?? 0) + (isSent ? 1 : 0)
    stoodMs[second] = standingBytes / bytesPerMs
  }
  return { fps, stoodMs }
}

test('[FRAME-26] a wide pipe refuses nothing', () => {
  const { fps } = overPipe(20, () => 2_000)
  expect(fps.slice(0, 19).every((each) => each >= 30)).toBe(true)
})

test('[FRAME-26] a pipe that becomes narrow is thinned before packets stand for half a second, and goes back to the full rate', () => {
  const { fps, stoodMs } = overPipe(60, (second) => (second >= 10 && second < 25 ? 450 : 2_000))
  expect(Math.max(...stoodMs)).toBeLessThan(500)
  expect(fps.slice(14, 25).every((each) => each >= 7 && each <= 20)).toBe(true)
  expect(fps.slice(45, 58).every((each) => each >= 30)).toBe(true)
})

test('[FRAME-26] an old report holds nothing back', () => {
  expect(pipeQueueBytes(10_000, HOP_REPORT_MS)).toBeGreaterThan(100_000)
  expect(pipeQueueBytes(10_000, 4 * HOP_REPORT_MS)).toBe(0)
  expect(pipeQueueBytes(-3, 0)).toBe(0)
})

test('[FRAME-51] a base frame that would stand for more than a second is not given to a pipe, nor is a key frame; then it begins anew', () => {
  const [key, base, later, anew] = streamOf('K00K') as [FrameHead, FrameHead, FrameHead, FrameHead]
  const offer = (child: ChildState, head: FrameHead, queueMs: number) => forwardFrame(child, head, 3_000, pipeQueueBytes(queueMs, 100))
  const begun = offer(beginChild(2), key, 0)
  const late = offer(begun.next, base, 900)
  expect([begun.isSent, late.isSent]).toEqual([true, true])
  const tooLate = offer(late.next, later, 1_100)
  expect([tooLate.isSent, offer(late.next, anew, 1_100).isSent]).toEqual([false, false])
  // What hangs on it waits until the pipe is free, and gets what is kept or a key frame.
  const [, , , hanging] = streamOf('K000') as [FrameHead, FrameHead, FrameHead, FrameHead]
  expect(offer(tooLate.next, hanging, 400)).toMatchObject({ isSent: false, needsReplay: false })
  expect(offer(tooLate.next, hanging, 20)).toMatchObject({ isSent: false, needsReplay: true })
  expect(offer(tooLate.next, anew, 20).isSent).toBe(true)
})

test('[FRAME-51] behind a line that carries not even the base nothing stands for much longer than that', () => {
  const { stoodMs } = overPipe(60, (second) => (second >= 10 && second < 40 ? 120 : 2_000))
  // One report and what was sent before it.
  expect(Math.max(...stoodMs)).toBeLessThan(1_700)
})
