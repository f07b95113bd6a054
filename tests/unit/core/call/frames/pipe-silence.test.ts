import { expect, test } from 'vitest'
import {
  askPipe,
  isPipeDead,
  NO_PIPE_ASKED,
  NO_SILENCE,
  noteSent,
  noteSpoke,
  restPipe,
  type Silence,
} from '../../../../../src/core/call/frames/pipe-silence.ts'
import { PIPE_SILENT_MS, SUBSCRIBE_AGAIN_MS } from '../../../../../src/protocol/limits.ts'

const FRAME_MS = 66

/** Frames of so many bytes go out, nobody reports one, and the other side speaks at these times. When the pipe is found dead, if it is. */
function foundDead(untilMs: number, speaksAt: (ms: number) => boolean, { bytes = 3_000, roomKbps = 2_500 as number | undefined } = {}) {
  let silence: Silence = NO_SILENCE
  for (let ms = 0; ms <= untilMs; ms++) {
    if (ms % FRAME_MS === 0) silence = noteSent(silence, bytes, ms)
    if (speaksAt(ms)) silence = noteSpoke(silence, ms)
    if (isPipeDead(silence, roomKbps, ms)) return ms
  }
  return undefined
}

const everySecond = (ms: number) => ms % SUBSCRIBE_AGAIN_MS === 400

test('[FRAME-47] a pipe of which nothing is reported, by an other side that speaks each second, is dead after two seconds', () => {
  expect(foundDead(10_000, everySecond)).toBe(PIPE_SILENT_MS)
  expect(foundDead(10_000, everySecond, { roomKbps: undefined })).toBe(PIPE_SILENT_MS)
})

test('[FRAME-47] where nothing at all is heard the pipe is not to blame: the network is away, or the device sleeps', () => {
  expect(foundDead(60_000, () => false)).toBeUndefined()
  expect(foundDead(60_000, (ms) => ms === 300 || ms === 500)).toBeUndefined()
  // It spoke until it was cut off for half a minute, and has just come back.
  expect(foundDead(31_300, (ms) => ms === 400 || ms === 1_300 || (ms >= 30_400 && everySecond(ms)))).toBeUndefined()
})

test('[FRAME-47] a frame that a narrow line is still working through is no silence', () => {
  expect(foundDead(4_000, everySecond, { bytes: 8_000, roomKbps: 300 })).toBeUndefined()
  expect(foundDead(10_000, everySecond, { bytes: 8_000, roomKbps: 300 })).toBeGreaterThan(7_000)
  expect(foundDead(600, everySecond)).toBeUndefined()
})

test('[FRAME-47] who is sent nothing has nothing to report', () => {
  const spoken = [0, 1_000, 2_000, 3_000].reduce<Silence>((silence, ms) => noteSpoke(silence, ms), NO_SILENCE)
  expect(spoken).toEqual(NO_SILENCE)
  expect(isPipeDead(spoken, undefined, 3_100)).toBe(false)
})

/** Seconds at which a pipe is asked for that is dead after so long each time. */
function asked(seconds: number, heldMs: number): number[] {
  let asks = NO_PIPE_ASKED
  let diesAtMs: number | undefined
  const found: number[] = []
  for (let ms = 0; ms <= seconds * 1_000; ms += 500) {
    if (diesAtMs !== undefined && ms >= diesAtMs) {
      asks = restPipe(asks, heldMs, ms)
      diesAtMs = undefined
    } else if (diesAtMs === undefined && ms >= asks.notBeforeMs) {
      asks = askPipe(asks, ms)
      found.push(ms / 1_000)
      diesAtMs = ms + heldMs
    }
  }
  return found
}

test('[FRAME-48] a pipe that is dead each time is opened anew ever more rarely; one that held for a minute is soon', () => {
  const pauses = asked(1_200, 2_000).map((at, n, all) => at - (all[n - 1] ?? 0))
  expect(pauses).toEqual([0, 6, 10, 18, 34, 66, 130, 258, 322, 322])
  expect(asked(300, 90_000)).toEqual([0, 92, 184, 276])
})

test('[FRAME-48] one that was asked for and does not come is asked for again, ever more rarely', () => {
  let asks = NO_PIPE_ASKED
  const found: number[] = []
  for (let ms = 0; ms <= 70_000; ms += 500) {
    if (ms < asks.notBeforeMs) continue
    asks = askPipe(asks, ms)
    found.push(ms / 1_000)
  }
  expect(found).toEqual([0, 2, 6, 14, 30, 62])
})
