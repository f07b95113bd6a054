import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { VoiceLine } from '../../../../src/protocol/media-worker.ts'

/** The engine's, which Node.js has not: a copy carries what is put into it. */
vi.hoisted(() => {
  Object.assign(globalThis, {
    RTCEncodedAudioFrame: class {
      data = new ArrayBuffer(0)
    },
  })
})
const { VoiceLines } = await import('../../../../workers/media/voice-lines.ts')

const HOP = 2
const FRAME_MS = 20
const FRAME = {} as RTCEncodedAudioFrame

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

/** Somebody speaks on a line to one hop, whose other side answers with the lines that it says, or not at all. */
function speaking(heardAt: (ms: number) => readonly VoiceLine[] | undefined) {
  const needed: number[] = []
  const asked: number[] = []
  const written: number[] = []
  const lines = new VoiceLines({
    need: () => needed.push(performance.now() / 1_000),
    askWord: (hop) => {
      const nowMs = performance.now()
      asked.push(nowMs / 1_000)
      const heard = heardAt(nowMs)
      if (heard !== undefined) queueMicrotask(() => lines.heard(hop, heard, nowMs))
      return true
    },
  })
  const set = (sink: UnderlyingSink = { write: () => void written.push(performance.now()) }) =>
    lines.set(HOP, 'audio', { readable: new ReadableStream(), writable: new WritableStream(sink) })
  const speak = async (seconds: number, isSpeaking = true) => {
    for (let ms = 0; ms < seconds * 1_000; ms += FRAME_MS) {
      vi.advanceTimersByTime(FRAME_MS)
      if (isSpeaking) lines.write(HOP, 'audio', FRAME, new Uint8Array(80))
      lines.tick(performance.now())
      for (let n = 0; n < 20; n++) await Promise.resolve()
    }
  }
  lines.need(HOP, 'audio')
  set()
  return { lines, needed, asked, written, set, speak }
}

test('[MEDIAWORKER-40] a line on which nothing came by the word of the other side is asked for anew after five seconds, each time later', async () => {
  const { needed, speak } = speaking(() => [])
  await speak(90)
  const pauses = needed.map((at, n) => Math.round(at - (needed[n - 1] ?? 0)))
  expect(pauses).toEqual([0, 5, 10, 20, 40])
})

test('[MEDIAWORKER-40] the one in its place is judged by itself', async () => {
  const { needed, set, speak } = speaking((ms) => (ms < 8_000 ? [] : ['audio']))
  await speak(6)
  expect(needed.length).toBe(2)
  set()
  await speak(200)
  expect(needed.length).toBe(2)
})

test('[MEDIAWORKER-40] one that carries is asked about rarely, and missed when it carries no more', async () => {
  const { needed, asked, speak } = speaking((ms) => (ms < 60_000 ? ['audio'] : []))
  await speak(60)
  expect([needed.length, asked.length]).toEqual([1, 6])
  await speak(8)
  expect(needed.length).toBe(2)
})

test('[MEDIAWORKER-40] who says nothing is nobody of whom nothing comes', async () => {
  const { needed, asked, speak } = speaking(() => [])
  await speak(90, false)
  expect([needed.length, asked.length]).toEqual([1, 0])
})

test('[MEDIAWORKER-40] a tab that knows no such question is not asked for ever, and keeps its line', async () => {
  const { needed, asked, speak } = speaking(() => undefined)
  await speak(300)
  expect([needed.length, asked.length]).toEqual([1, 3])
})

test('[MEDIAWORKER-41] while the engine takes nothing no more than a fifth of a second of a voice waits, and what is said after it is heard', async () => {
  const { set, speak, written } = speaking(() => ['audio'])
  let goOn = () => {}
  const stall = new Promise<void>((resolve) => {
    goOn = resolve
  })
  set({
    async write() {
      await stall
      written.push(performance.now())
    },
  })
  await speak(30)
  goOn()
  for (let n = 0; n < 1_000; n++) await Promise.resolve()
  expect(written.length).toBe(10)
  await speak(1)
  expect(written.length).toBe(60)
})
