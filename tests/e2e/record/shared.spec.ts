/** A recording and a player that takes all of the call, on one device: one composite for both, whoever of them comes or goes. */
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny'
import { openDoor } from '../doors/at-doors.ts'
import { hangUp, openProgram, type Program, play, played } from '../doors/foreign-program.ts'
import { CALL_ONLY, type Device, expect, startByApi, test } from '../fixtures.ts'
import { joinCall } from '../meeting/in-call.ts'
import { marked } from './coloured.ts'

/** Seven pictures: a machine that runs two browsers loses a few. Who is disturbed waits for a key frame, or a second for the next still. */
const GAP_MS = 500

test.use(CALL_ONLY)

test('[RECORD-20] a recording and a door to all of the call share one composite, and neither is disturbed when the other begins or ends', async ({
  device,
  browser,
}) => {
  const ann = await device('Ann', marked({ colour: 'rgb(192 32 32)', hertz: 440 }))
  await startByApi(ann)
  await joinCall(ann)
  const player = await openProgram(browser)
  const url = await openDoor(ann, { direction: 'out', of: 'all' })
  expect(await play(player, url)).toBe(201)
  await seeFrames(player)
  expect(composites(ann)).toBe(1)

  const begins = watchGaps(player)
  await ann.page.evaluate(async () => (await asterism.room.call.tools()).recorder.start())
  await ann.page.waitForTimeout(1_000)
  expect(composites(ann)).toBe(1)
  expect(await begins()).toBeLessThan(GAP_MS)

  expect(await hangUp(player)).toBe(200)
  await ann.page.waitForTimeout(500)
  expect(composites(ann)).toBe(1)
  expect(await play(player, url)).toBe(201)
  await seeFrames(player)
  expect(composites(ann)).toBe(1)

  const ends = watchGaps(player)
  await ann.page.evaluate(async () => (await asterism.room.call.tools()).recorder.stop())
  await ann.page.waitForTimeout(1_000)
  expect(await ends()).toBeLessThan(GAP_MS)
  expect(composites(ann)).toBe(1)
  const { gapMs, keys, soundGapMs } = await readRecording(ann)
  expect([gapMs < GAP_MS, soundGapMs < 100, keys]).toEqual([true, true, 1])

  expect(await hangUp(player)).toBe(200)
  await expect.poll(() => composites(ann)).toBe(0)
  await player.close()
})

function composites({ page }: Device): number {
  return page.workers().filter((worker) => worker.url().includes('composite')).length
}

async function seeFrames(player: Program): Promise<void> {
  await expect.poll(async () => (await played(player)).frames, { timeout: 20_000 }).toBeGreaterThan(10)
}

/** From now until it is asked: the longest time between two pictures that are seen, by the clock of who took them. */
function watchGaps({ page }: Program): () => Promise<number> {
  const began = page.evaluate(() => {
    const state = { gapMs: 0, isOver: false }
    let last: number | undefined
    const look = (_: number, { rtpTimestamp }: VideoFrameCallbackMetadata) => {
      if (rtpTimestamp !== undefined && last !== undefined) state.gapMs = Math.max(state.gapMs, ((rtpTimestamp - last) >>> 0) / 90)
      last = rtpTimestamp
      if (!state.isOver) program.video.requestVideoFrameCallback(look)
    }
    program.video.requestVideoFrameCallback(look)
    Object.assign(globalThis, { gaps: state })
  })
  return async () => {
    await began
    return page.evaluate(() => {
      const state = (globalThis as unknown as { gaps: { gapMs: number; isOver: boolean } }).gaps
      state.isOver = true
      if (state.gapMs === 0) throw new Error('nothing was seen')
      return state.gapMs
    })
  }
}

async function readRecording({ page }: Device): Promise<{ gapMs: number; soundGapMs: number; keys: number }> {
  const text = await page.evaluate(async () => {
    const [piece, second] = asterism.room.files.list().filter(({ type }) => type === 'video/webm')
    if (piece === undefined || second !== undefined) throw new Error('not one piece')
    const parts: Uint8Array<ArrayBuffer>[] = []
    for await (const bytes of asterism.room.files.get(piece.id)) parts.push(new Uint8Array(bytes))
    return new Uint8Array(await new Blob(parts).arrayBuffer()).toBase64()
  })
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(Buffer.from(text, 'base64')) })
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()]
  if (video === null || audio === null) throw new Error('no picture, or no sound')
  const gaps = { video: 0, audio: 0 }
  let keys = 0
  for (const [kind, track] of [
    ['video', video],
    ['audio', audio],
  ] as const) {
    let last: number | undefined
    for await (const { timestamp, type } of new EncodedPacketSink(track).packets()) {
      if (last !== undefined) gaps[kind] = Math.max(gaps[kind], 1_000 * (timestamp - last))
      last = timestamp
      if (kind === 'video' && type === 'key') keys++
    }
  }
  return { gapMs: gaps.video, soundGapMs: gaps.audio, keys }
}
