import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginChild, type ChildState, forwardFrame } from '../../../../../src/core/call/frames/forward-frame.ts'
import { HOP_QUEUE_BYTES, HOP_QUEUE_MAX_BYTES } from '../../../../../src/protocol/limits.ts'
import type { FrameHead } from '../../../../../src/protocol/media.ts'
import { anyStream, groups, streamOf } from './stream-fixture.ts'

type Story = { child: ChildState; sent: number[]; replays: number[] }

const begin = (maxTemporal = 2): Story => ({ child: beginChild(maxTemporal), sent: [], replays: [] })

/** Frames of `bytes` each, with so much in the queue before them. */
function offer(story: Story, heads: readonly FrameHead[], queuedBytes = 0, bytes = 1_000): Story {
  for (const head of heads) {
    const { next, isSent, needsReplay } = forwardFrame(story.child, head, bytes, queuedBytes)
    story.child = next
    if (isSent) story.sent.push(head.sequence)
    if (needsReplay) story.replays.push(head.sequence)
  }
  return story
}

test('[FRAME-8] a child gets the temporal layers it asked for, from the frame on at which it asks otherwise', () => {
  const heads = streamOf(groups(2))
  expect(offer(begin(2), heads).sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(offer(begin(1), heads).sent).toEqual([0, 2, 4, 6])
  const story = offer(begin(0), heads.slice(0, 5))
  story.child = { ...story.child, maxTemporal: 2 }
  expect(offer(story, heads.slice(5)).sent).toEqual([0, 4, 5, 6, 7])
})

test('[FRAME-9] a full queue costs droppable layers, and what hangs on them; the base goes on', () => {
  const heads = streamOf(groups(3))
  const story = offer(begin(), heads.slice(0, 2))
  offer(story, heads.slice(2, 3), HOP_QUEUE_BYTES + 1)
  offer(story, heads.slice(3, 4))
  offer(story, heads.slice(4, 5), HOP_QUEUE_BYTES + 1)
  expect(offer(story, heads.slice(5)).sent).toEqual([0, 1, 4, 5, 6, 7, 8, 9, 10, 11])
})

test('[FRAME-10] where even the base has no room nothing goes until the queue is free; then a replay is asked for', () => {
  const heads = streamOf(groups(8))
  const story = offer(begin(), heads.slice(0, 4))
  offer(story, heads.slice(4, 8), HOP_QUEUE_MAX_BYTES)
  offer(story, heads.slice(8, 12), HOP_QUEUE_BYTES + 1)
  expect(story).toMatchObject({ sent: [0, 1, 2, 3], replays: [] })
  offer(story, heads.slice(12, 14))
  expect(story).toMatchObject({ sent: [0, 1, 2, 3], replays: [12] })
  offer(story, [heads[0], heads[4], heads[8], heads[12]] as FrameHead[])
  expect(offer(story, heads.slice(14)).sent).toEqual([0, 1, 2, 3, 4, 8, 12, 14, 15, ...heads.slice(16).map(({ sequence }) => sequence)])
})

test('[FRAME-10] a key frame begins anew as well', () => {
  const heads = streamOf('K2120212K2')
  const story = offer(begin(), heads.slice(0, 4))
  offer(story, heads.slice(4, 5), HOP_QUEUE_MAX_BYTES)
  expect(offer(story, heads.slice(5)).sent).toEqual([0, 1, 2, 3, 8, 9])
})

test('[FRAME-10] while a replay may be on its way no other is asked for', () => {
  const heads = streamOf(groups(12)).slice(4)
  expect(offer(begin(), heads).replays).toEqual([4, 16, 28, 40])
})

test('[FRAME-10] a voice has no chain: each of its frames goes when there is room', () => {
  const heads = streamOf('KKKK', { layer: 'audio' })
  const story = offer(begin(), heads.slice(0, 1))
  offer(story, heads.slice(1, 3), HOP_QUEUE_MAX_BYTES)
  expect(offer(story, heads.slice(3))).toMatchObject({ sent: [0, 3], replays: [] })
})

/** A line that takes so many bytes a second; each frame has `bytes`. Frames sent of each half second. */
function overLine(story: Story, heads: readonly FrameHead[], bytesPerSecond: (ms: number) => number, bytes = 3_000) {
  let queuedBytes = 0
  const fps: number[] = []
  const ceilings: number[] = []
  for (const [at, head] of heads.entries()) {
    queuedBytes = Math.max(0, queuedBytes - bytesPerSecond(at * 33) * 0.033)
    const before = story.sent.length
    offer(story, [head], queuedBytes, bytes)
    const isSent = story.sent.length > before
    if (isSent) queuedBytes += bytes
    const second = Math.floor((at * 33) / 1000)
    fps[second] = (fps[second] ?? 0) + (isSent ? 1 : 0)
    ceilings[second] = story.child.ceiling
  }
  return { fps, ceilings }
}

test('[FRAME-11] a child on a narrow line gets an even lower rate, and the full one when the line is wide again', () => {
  const seconds = 60
  const heads = streamOf(groups((seconds * 1000) / 33 / 4, 15))
  const narrowFrom = 10_000
  const wideFrom = 16_000
  const { fps, ceilings } = overLine(begin(), heads, (ms) => (ms >= narrowFrom && ms < wideFrom ? 50_000 : 500_000))
  expect(fps.slice(0, 9).every((each) => each >= 30)).toBe(true)
  expect(ceilings.slice(13, 16)).toEqual([1, 1, 1])
  expect(fps.slice(13, 16).every((each) => each === 15 || each === 16)).toBe(true)
  expect(fps.slice(25, 58).every((each) => each >= 30)).toBe(true)
})

test('[FRAME-11] a line that stays narrow is tried again ever more rarely', () => {
  const heads = streamOf(groups((240 * 1000) / 33 / 4, 15))
  const { ceilings } = overLine(begin(), heads, () => 50_000)
  const raised = ceilings.flatMap((ceiling, at) => (at > 0 && ceiling > (ceilings[at - 1] ?? 0) ? [at] : []))
  expect(raised.length).toBeLessThanOrEqual(8)
  expect(raised.filter((at) => at > 120).length).toBeLessThanOrEqual(3)
  expect(new Set(ceilings)).toEqual(new Set([2, 1]))
})

test('[FRAME-11] an even lower rate is also found by a line that carries the base alone', () => {
  const { ceilings, fps } = overLine(begin(), streamOf(groups((30 * 1000) / 33 / 4)), () => 27_000)
  expect(ceilings.slice(5, 8)).toEqual([0, 0, 0])
  expect(fps.slice(5, 8).every((each) => each === 7 || each === 8)).toBe(true)
})

test('[FRAME-11] a child that comes into the middle of a stream is not thinned for what it could not have yet', () => {
  const story = offer(begin(), streamOf(`${groups(40)}K2`).slice(5))
  expect(story.child.ceiling).toBe(2)
})

test('[FRAME-11] windows go on over the wrap of the clock of 32 bits, and a replay of older frames ends none', () => {
  const heads = streamOf(groups(45, 15), { atMs: 2 ** 32 - 3_000 })
  const { ceilings } = overLine(begin(), heads, () => 50_000)
  expect(ceilings.at(-1)).toBe(1)
  const story = offer(begin(), streamOf('K', { atMs: 10_000 }))
  offer(story, [{ ...streamOf('K0', { atMs: 9_000 })[1], isKey: true, dependsOn: 0 } as FrameHead])
  expect(story.child).toMatchObject({ windowMs: 10_000, passed: 2 })
})

test('[FRAME-11] a few refused frames behind each key frame lower nothing, and let a lowered rate rise', () => {
  const story = begin()
  story.child = { ...story.child, ceiling: 1 }
  for (const [at, head] of streamOf(groups(400, 15)).entries()) offer(story, [head], at % 60 === 2 ? HOP_QUEUE_BYTES + 1 : 0)
  expect(story.child.ceiling).toBe(2)
})

test('[FRAME-11] what failed long ago is forgotten: after a clean while the first fall lasts as short as ever', () => {
  const minute = 60_000
  const narrow = (ms: number) => (ms > 5_000 && ms < 30_000) || (ms > 2 * minute && ms < 2 * minute + 4_000)
  const { ceilings } = overLine(begin(), streamOf(groups((3 * minute) / 33 / 4, 15)), (ms) => (narrow(ms) ? 50_000 : 500_000))
  const full = (from: number, to: number) => ceilings.slice(from, to).every((ceiling) => ceiling === 2)
  expect([full(60, 119), full(121, 127), full(138, 178)]).toEqual([true, false, true])
})

test('[FRAME-8] [FRAME-9] [FRAME-10] whatever its queue does, no child gets a frame without the one it depends on, or one twice', () => {
  const queue = fc.constantFrom(0, 0, 0, HOP_QUEUE_BYTES, HOP_QUEUE_BYTES + 1, HOP_QUEUE_MAX_BYTES, 2 * HOP_QUEUE_MAX_BYTES)
  const any = anyStream.chain((heads) =>
    fc.tuple(
      fc.constant(heads),
      fc.array(fc.record({ queue, maxTemporal: fc.integer({ min: 0, max: 2 }), isLost: fc.boolean(), again: fc.nat(70) }), {
        minLength: heads.length,
        maxLength: heads.length,
      }),
    ),
  )
  fc.assert(
    fc.property(any, ([heads, fates]) => {
      const story = begin()
      for (const [at, head] of heads.entries()) {
        const { queue: queuedBytes, maxTemporal, isLost, again } = fates[at] ?? { queue: 0, maxTemporal: 2, isLost: false, again: 99 }
        story.child = { ...story.child, maxTemporal }
        if (!isLost || head.isKey) offer(story, [head], queuedBytes)
        offer(
          story,
          heads.slice(again, again + 1).filter(({ sequence }) => sequence <= head.sequence),
          queuedBytes,
        )
      }
      const sent = new Set<number>()
      for (const sequence of story.sent) {
        const { isKey, dependsOn } = heads[sequence] as FrameHead
        expect(isKey || sent.has(sequence - dependsOn)).toBe(true)
        expect(sent.has(sequence)).toBe(false)
        sent.add(sequence)
      }
    }),
  )
})
