import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Arrived } from '../../../../../src/core/call/frames/order-frames.ts'
import {
  beginTimeline,
  checkTimeline,
  isOld,
  type Timeline,
  type TimelineStep,
  takeOpened,
  takeUnopened,
} from '../../../../../src/core/call/frames/timeline.ts'
import type { FrameHead } from '../../../../../src/protocol/media.ts'
import { anyStream, groups, streamOf } from './stream-fixture.ts'

type Kind = 'true' | 'forged'
type Given = { readonly kind: Kind; readonly sequence: number; readonly atMs: number }

/** One who takes a stream, and what it gives out. */
class Taker {
  nowMs = 0
  readonly given: Given[] = []
  keyAsks = 0
  timeline: Timeline<Kind>

  constructor(floor?: number) {
    this.timeline = beginTimeline(0, floor)
  }

  opened(head: FrameHead, kind: Kind = 'true'): void {
    this.#follow(takeOpened(this.timeline, { head, payload: kind }, this.nowMs))
  }

  unopened(head: FrameHead, kind: Kind = 'true'): void {
    this.#follow(takeUnopened(this.timeline, { head, payload: kind }, this.nowMs))
  }

  pass(ms: number): void {
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs; this.nowMs += 11) this.#follow(checkTimeline(this.timeline, this.nowMs))
  }

  get sequences(): readonly number[] {
    return this.given.map(({ sequence }) => sequence)
  }

  #follow({ next, ready, needsKey }: TimelineStep<Kind>): void {
    this.timeline = next
    if (needsKey) this.keyAsks++
    this.given.push(...ready.map(({ head, payload }: Arrived<Kind>) => ({ kind: payload, sequence: head.sequence, atMs: this.nowMs })))
  }
}

const KEY = { source: 1, layer: 'main', isKey: true, temporal: 0, dependsOn: 0, capturedMs: 0 } as const
const anySequence = fc.oneof(fc.nat(200), fc.nat(0xffff_ffff))
const anyForged = fc.record({ at: fc.nat(60), sequence: anySequence, isKey: fc.boolean(), dependsOn: fc.integer({ min: 1, max: 0xffff }) })

function headOf({ sequence, isKey, dependsOn }: { sequence: number; isKey: boolean; dependsOn: number }): FrameHead {
  return { ...KEY, sequence, isKey, dependsOn: isKey ? 0 : dependsOn }
}

test('[FRAME-32] frames that open are given out as if no other came, whatever heads are forged between them', () => {
  fc.assert(
    fc.property(anyStream, fc.array(anyForged, { maxLength: 40 }), (heads, forgeries) => {
      const [alone, troubled] = [new Taker(), new Taker()]
      for (const [at, head] of heads.entries()) {
        for (const taker of [alone, troubled]) taker.opened(head)
        for (const forged of forgeries.filter((one) => one.at === at)) troubled.unopened(headOf(forged), 'forged')
        for (const taker of [alone, troubled]) taker.pass(33)
      }
      expect(troubled.sequences).toEqual(alone.sequences)
      expect(troubled.keyAsks).toBe(alone.keyAsks)
    }),
  )
})

test('[FRAME-32] what opened is old, and so is a recording of it when the stream is wanted again, but what is kept', () => {
  const heads = streamOf(groups(200, 25))
  const taker = new Taker()
  for (const head of heads) taker.opened(head)
  const { highest = 0 } = taker.timeline.opened.given
  expect(heads.every(({ sequence }) => isOld(taker.timeline, sequence))).toBe(true)
  const again = new Taker(highest)
  for (const head of heads) again.opened(head)
  expect(again.sequences[0]).toBe(700)
  expect(isOld(again.timeline, 10)).toBe(true)
})

test('[FRAME-33] without a key one forged frame holds up a stream for less than a second', () => {
  fc.assert(
    fc.property(fc.nat(20), anySequence, fc.boolean(), fc.integer({ min: 1, max: 0xffff }), (at, sequence, isKey, dependsOn) => {
      const heads = streamOf(groups(20))
      const taker = new Taker()
      let replayAtMs = Number.POSITIVE_INFINITY
      let lastMs = 0
      for (const [index, head] of heads.entries()) {
        taker.unopened(head)
        if (index === at) taker.unopened(headOf({ sequence, isKey, dependsOn }), 'forged')
        // Its parent gives what it keeps when it is asked, as it does in the worker: from the key frame on, the base.
        if (taker.keyAsks > 0) {
          taker.keyAsks = 0
          replayAtMs = taker.nowMs + 60
        }
        if (taker.nowMs >= replayAtMs) {
          replayAtMs = Number.POSITIVE_INFINITY
          for (const kept of heads.slice(0, index + 1)) if (kept.temporal === 0) taker.unopened(kept)
        }
        taker.pass(33)
        const last = taker.given.findLast(({ kind }) => kind === 'true')?.atMs ?? 0
        expect(taker.nowMs - last).toBeLessThan(1_000)
        lastMs = Math.max(lastMs, last)
      }
      expect(taker.nowMs - lastMs).toBeLessThan(200)
    }),
  )
})

test('[FRAME-33] a source that begins elsewhere is followed within a second, also with one frame only', () => {
  const taker = new Taker()
  for (const head of streamOf(groups(10))) {
    taker.unopened(head)
    taker.pass(33)
  }
  const elsewhere = streamOf(groups(10)).map((head) => ({ ...head, sequence: head.sequence + 1_000_000 }))
  for (const head of elsewhere.slice(0, 20)) {
    taker.unopened(head)
    taker.pass(33)
  }
  expect(taker.sequences.slice(40)).toEqual(elsewhere.slice(0, 20).map(({ sequence }) => sequence))
  taker.unopened({ ...KEY, sequence: 9_000_000 })
  expect(taker.sequences.at(-1)).toBe(1_000_019)
  taker.pass(450)
  expect(taker.sequences.at(-1)).toBe(9_000_000)
})

test('[FRAME-33] frames that come twice, or once more from what is kept, begin nothing while their stream goes on', () => {
  const taker = new Taker()
  const heads = streamOf(groups(30))
  for (const [at, head] of heads.entries()) {
    taker.unopened(head)
    taker.unopened(head)
    if (at % 20 === 0) for (const kept of heads.slice(0, at)) if (kept.temporal === 0) taker.unopened(kept)
    taker.pass(33)
  }
  expect(taker.sequences).toEqual(heads.map(({ sequence }) => sequence))
})

test('[FRAME-34] frames of a key that is not here yet are passed on when those that opened are over', () => {
  const taker = new Taker()
  const heads = streamOf(groups(30, 5))
  for (const head of heads.slice(0, 40)) {
    taker.opened(head)
    taker.pass(33)
  }
  for (const head of heads.slice(40, 100)) {
    taker.unopened(head)
    taker.pass(33)
  }
  expect(taker.sequences.slice(0, 40)).toEqual(heads.slice(0, 40).map(({ sequence }) => sequence))
  expect(taker.sequences.at(-1)).toBe(99)
  for (const head of heads.slice(100)) taker.opened(head)
  expect(taker.sequences.at(-1)).toBe(119)
})
