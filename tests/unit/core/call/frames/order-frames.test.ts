import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginOrder, checkOrder, type FrameOrder, type Step, takeFrame } from '../../../../../src/core/call/frames/order-frames.ts'
import { FRAME_WAIT_MS, FRAMES_WAITING } from '../../../../../src/protocol/limits.ts'
import type { FrameHead } from '../../../../../src/protocol/media.ts'
import { anyStream, groups, streamOf } from './stream-fixture.ts'

type Story = { order: FrameOrder<string>; given: number[]; broken: number; keyAsks: number; duplicates: number; nowMs: number }

function begin(): Story {
  return { order: beginOrder(), given: [], broken: 0, keyAsks: 0, duplicates: 0, nowMs: 0 }
}

function follow(story: Story, { next, ready, needsKey, broken, isDuplicate }: Step<string>): Story {
  story.order = next
  story.given.push(...ready.map(({ head }) => head.sequence))
  story.broken += broken
  story.keyAsks += needsKey ? 1 : 0
  story.duplicates += isDuplicate ? 1 : 0
  return story
}

/** Frames come one after the other, 1 ms apart. */
function come(story: Story, heads: readonly (FrameHead | undefined)[]): Story {
  for (const head of heads) if (head) follow(story, takeFrame(story.order, { head, payload: '' }, story.nowMs++))
  return story
}

function pass(story: Story, ms: number): Story {
  const untilMs = story.nowMs + ms
  for (; story.nowMs < untilMs; story.nowMs += 50) follow(story, checkOrder(story.order, story.nowMs))
  return story
}

const pick = (heads: readonly FrameHead[], ...at: number[]) => at.map((index) => heads[index])

test('[FRAME-3] frames that come in order are given out at once', () => {
  const story = come(begin(), streamOf('K2120212'))
  expect(story).toMatchObject({ given: [0, 1, 2, 3, 4, 5, 6, 7], broken: 0, keyAsks: 0, duplicates: 0 })
})

test('[FRAME-3] a frame waits for the one it depends on, and for no other', () => {
  const heads = streamOf('K2120212')
  const story = come(begin(), pick(heads, 0, 3, 4))
  expect(story.given).toEqual([0, 4])
  expect(come(story, pick(heads, 6, 7, 5)).given).toEqual([0, 4, 6, 7])
  expect(come(begin(), pick(streamOf('K000'), 3, 2, 1, 0)).given).toEqual([0, 1, 2, 3])
})

test('[FRAME-3] temporal layers that were dropped on the way leave no wait behind', () => {
  const base = streamOf(groups(4)).filter(({ temporal }) => temporal === 0)
  expect(come(begin(), base)).toMatchObject({ given: [0, 4, 8, 12], broken: 0, keyAsks: 0 })
})

test('[FRAME-4] frames of two parents come twice and are given out once', () => {
  const heads = streamOf('K212')
  expect(come(begin(), [...heads, ...heads])).toMatchObject({ given: [0, 1, 2, 3], duplicates: 4 })
  expect(
    come(
      begin(),
      heads.flatMap((head) => [head, head]),
    ),
  ).toMatchObject({ given: [0, 1, 2, 3], duplicates: 4 })
})

test('[FRAME-4] a replay of old frames, key frames too, is not given out', () => {
  const heads = streamOf(groups(4, 2))
  expect(come(come(begin(), heads), heads.slice(0, 12))).toMatchObject({ duplicates: 12, broken: 0, keyAsks: 0 })
})

test('[FRAME-5] a lost base frame is waited for; then it, and what hangs on it, is given up and a key frame asked for', () => {
  const heads = streamOf(groups(3))
  const story = come(begin(), heads.toSpliced(4, 1))
  expect(story).toMatchObject({ given: [0, 1, 2, 3], keyAsks: 0 })
  pass(story, FRAME_WAIT_MS + 50)
  expect(story).toMatchObject({ given: [0, 1, 2, 3], broken: 7, keyAsks: 1 })
})

test('[FRAME-5] a base frame that comes late within the wait loses nothing that needs it', () => {
  const heads = streamOf(groups(3))
  const story = pass(come(begin(), heads.toSpliced(4, 1)), FRAME_WAIT_MS / 2)
  come(story, pick(heads, 4))
  expect(pass(story, 2 * FRAME_WAIT_MS)).toMatchObject({ given: heads.map(({ sequence }) => sequence), broken: 0, keyAsks: 0 })
})

test('[FRAME-5] a lost frame that nothing else of the base needs costs only itself and what hangs on it', () => {
  const heads = streamOf(groups(3))
  const story = come(begin(), heads.toSpliced(6, 1))
  expect(pass(story, 2 * FRAME_WAIT_MS)).toMatchObject({ given: [0, 1, 2, 3, 4, 5, 8, 9, 10, 11], broken: 1, keyAsks: 0 })
})

test('[FRAME-5] what hangs on a frame that is given up goes with it, however lately it came', () => {
  const heads = streamOf(groups(2))
  const story = come(begin(), pick(heads, 0, 1, 2, 3, 6))
  pass(story, FRAME_WAIT_MS - 50)
  come(story, pick(heads, 7))
  expect(story.order.waiting.map(({ frame }) => frame.head.sequence)).toEqual([6, 7])
  expect(pass(story, 100)).toMatchObject({ broken: 2, keyAsks: 1, order: { waiting: [] } })
})

test('[FRAME-5] no key frame is asked for because of a top layer that waits in vain', () => {
  const heads = streamOf(groups(2))
  const story = pass(come(begin(), pick(heads, 0, 1, 2, 3, 4, 5, 7)), 2 * FRAME_WAIT_MS)
  expect(story).toMatchObject({ given: [0, 1, 2, 3, 4, 5], broken: 1, keyAsks: 0 })
})

test('[FRAME-5] the key frame is asked for again and again until it comes, and no more then', () => {
  const heads = streamOf(`${groups(3)}K2`)
  const story = pass(come(begin(), heads.slice(0, 12).toSpliced(4, 1)), 5 * FRAME_WAIT_MS + 50)
  expect(story.keyAsks).toBe(5)
  come(story, heads.slice(12))
  expect(pass(story, 5 * FRAME_WAIT_MS)).toMatchObject({ given: [0, 1, 2, 3, 12, 13], keyAsks: 5 })
})

test('[FRAME-5] a replay of the base mends the picture as well as a key frame', () => {
  const heads = streamOf(groups(5))
  const story = pass(come(begin(), heads.slice(0, 12).toSpliced(4, 1)), FRAME_WAIT_MS + 50)
  come(story, pick(heads, 0, 4, 8))
  expect(come(story, heads.slice(12)).given).toEqual([0, 1, 2, 3, 4, 8, 12, 13, 14, 15, 16, 17, 18, 19])
  expect(pass(story, 5 * FRAME_WAIT_MS).keyAsks).toBe(1)
})

test('[FRAME-5] who comes into the middle of a stream asks for a key frame', () => {
  const story = pass(come(begin(), streamOf(groups(3)).slice(5, 8)), FRAME_WAIT_MS + 50)
  expect(story).toMatchObject({ given: [], keyAsks: 1 })
  expect(pass(come(begin(), streamOf(groups(3)).slice(7, 8)), FRAME_WAIT_MS + 50)).toMatchObject({ given: [], keyAsks: 1 })
})

test('[FRAME-6] a key frame begins anew at once, whatever waits', () => {
  const heads = streamOf('K212021K21')
  const story = come(begin(), pick(heads, 0, 1, 2, 3, 5, 6, 7, 8, 9))
  expect(story).toMatchObject({ given: [0, 1, 2, 3, 7, 8, 9], broken: 2, keyAsks: 0 })
  expect(story.order.waiting).toEqual([])
})

test('[FRAME-7] no more than so many frames wait', () => {
  const heads = streamOf(`K${'0'.repeat(3 * FRAMES_WAITING)}`)
  const story = come(begin(), heads.toSpliced(1, 1))
  expect(story.order.waiting.length).toBeLessThanOrEqual(FRAMES_WAITING)
  expect(story.keyAsks).toBe(1)
})

test('[FRAME-2] order goes on over the wrap of the sequence', () => {
  const heads = streamOf(groups(4)).map((head) => ({ ...head, sequence: (head.sequence + 2 ** 32 - 6) >>> 0 }))
  expect(come(begin(), heads)).toMatchObject({ given: heads.map(({ sequence }) => sequence), broken: 0, duplicates: 0 })
  expect(come(begin(), [heads[0], heads[8], heads[4]]).given).toEqual([2 ** 32 - 6, 2 ** 32 - 2, 2])
})

/** The frames with, for each, how often it comes and how much later than in order. */
const anyJourney = (travel: fc.Arbitrary<{ copies: number; lateMs: readonly number[] }>) =>
  anyStream.chain((heads) => fc.tuple(fc.constant(heads), fc.array(travel, { minLength: heads.length, maxLength: heads.length })))

function arrivals(heads: readonly FrameHead[], travels: readonly { copies: number; lateMs: readonly number[] }[]) {
  const all = heads.flatMap((head, at) => {
    const { copies, lateMs } = travels[at] ?? { copies: 1, lateMs: [] }
    return Array.from({ length: copies }, (_, copy) => ({ head, atMs: head.capturedMs + (lateMs[copy] ?? 0) }))
  })
  return all.sort((a, b) => a.atMs - b.atMs)
}

function travel(heads: readonly FrameHead[], travels: readonly { copies: number; lateMs: readonly number[] }[]): Story {
  const story = begin()
  for (const { head, atMs } of arrivals(heads, travels)) {
    pass(story, Math.max(0, atMs - story.nowMs))
    story.nowMs = atMs
    come(story, [head])
  }
  return pass(story, 3 * FRAME_WAIT_MS)
}

const late = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 3, maxLength: 3 })

test('[FRAME-3] [FRAME-4] whatever is lost, late or doubled: none before its dependency, none twice, all in sequence', () => {
  fc.assert(
    fc.property(anyJourney(fc.record({ copies: fc.integer({ min: 0, max: 3 }), lateMs: late })), ([heads, travels]) => {
      const { given, order } = travel(heads, travels)
      const seen = new Set<number>()
      let last = -1
      for (const sequence of given) {
        const { dependsOn, isKey } = heads[sequence] as FrameHead
        expect(sequence).toBeGreaterThan(last)
        expect(isKey || seen.has(sequence - dependsOn)).toBe(true)
        seen.add(sequence)
        last = sequence
      }
      expect(order.waiting).toEqual([])
    }),
  )
})

test('[FRAME-3] with no loss, and each in its turn, everything is given out; out of order at least the whole base', () => {
  const inTurn = fc.record({ copies: fc.integer({ min: 1, max: 2 }), lateMs: fc.constant([0, 10, 20]) })
  fc.assert(
    fc.property(anyJourney(inTurn), ([heads, travels]) => {
      expect(travel(heads, travels)).toMatchObject({ given: heads.map(({ sequence }) => sequence), broken: 0, keyAsks: 0 })
    }),
  )
  const inDisorder = fc.record({
    copies: fc.constant(1),
    lateMs: fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 1, maxLength: 1 }),
  })
  fc.assert(
    fc.property(anyJourney(inDisorder), ([heads, travels]) => {
      const oneKey = streamOf(heads.map(({ isKey, temporal }, at) => (at === 0 ? 'K' : String(isKey ? 0 : temporal))).join(''))
      const { given, keyAsks } = travel(oneKey, travels)
      const base = oneKey.filter(({ temporal }) => temporal === 0).map(({ sequence }) => sequence)
      expect(given).toEqual(expect.arrayContaining(base))
      expect(keyAsks).toBe(0)
    }),
  )
})
