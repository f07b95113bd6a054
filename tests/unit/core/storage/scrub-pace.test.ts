import { expect, test } from 'vitest'
import { firstScrub, type ScrubState, scrubbed, scrubStep, shelfScrubbed, withGeneration } from '../../../../src/core/storage/scrub-pace.ts'
import type { BlockId } from '../../../../src/protocol/ids.ts'
import { SCRUB_BYTES_PER_SECOND, SCRUB_ROUND_MS } from '../../../../src/protocol/limits.ts'

const HOUR = 60 * 60_000
const rested = { generation: 'g', isIdle: true, spentBytes: 0, sinceMs: 0 }
const after = 'somewhere' as BlockId

test('[STORE-13] manifests are read first, then fragments, then nothing until the day is over', () => {
  const begun = firstScrub(HOUR, 'g')
  expect(begun.at).toEqual({ shelf: 'manifest', after: null })
  const fragments = shelfScrubbed(scrubbed(begun, after))
  expect(fragments.at).toEqual({ shelf: 'fragment', after: null })
  const done = shelfScrubbed(fragments)
  expect(scrubStep(done, { ...rested, nowMs: HOUR + SCRUB_ROUND_MS / 4 })).toEqual({
    kind: 'wait',
    next: done,
    ms: (SCRUB_ROUND_MS * 3) / 4,
  })
  expect(scrubStep(done, { ...rested, nowMs: HOUR + SCRUB_ROUND_MS })).toMatchObject({
    kind: 'read',
    next: firstScrub(HOUR + SCRUB_ROUND_MS, 'g'),
  })
})

test('[STORE-13] what was read is rested from before more is read, and a long sleep is not made up for', () => {
  const state = firstScrub(0, 'g')
  const spentBytes = 3 * SCRUB_BYTES_PER_SECOND
  expect(scrubStep(state, { nowMs: 0, generation: 'g', isIdle: true, spentBytes, sinceMs: 1_000 })).toMatchObject({
    kind: 'wait',
    ms: 2_000,
  })
  expect(scrubStep(state, { nowMs: 0, generation: 'g', isIdle: true, spentBytes, sinceMs: 8 * HOUR })).toMatchObject({
    kind: 'read',
    bytes: SCRUB_BYTES_PER_SECOND,
  })
})

test('[STORE-13] a device that is busy reads nothing and looks again soon', () => {
  expect(scrubStep(firstScrub(0, 'g'), { ...rested, nowMs: 0, isIdle: false })).toMatchObject({ kind: 'wait', ms: 5_000 })
})

test('[STORE-13] a round that was cut short goes on where it was, also days later', () => {
  const halfway: ScrubState = { roundAtMs: 0, generation: 'g', at: { shelf: 'fragment', after } }
  expect(scrubStep(halfway, { ...rested, nowMs: 3 * SCRUB_ROUND_MS })).toMatchObject({ kind: 'read', next: halfway })
})

test('[STORE-13] a clock set back by years puts the next round off by a day at most', () => {
  const done: ScrubState = { roundAtMs: 10 * 365 * 24 * HOUR, generation: 'g', at: 'done' }
  expect(scrubStep(done, { ...rested, nowMs: HOUR })).toMatchObject({ kind: 'wait', ms: SCRUB_ROUND_MS, next: { roundAtMs: HOUR } })
})

test('[STORE-13] damage found by anybody begins a round at once, damage found by the round does not', () => {
  const done: ScrubState = { roundAtMs: HOUR, generation: 'g', at: 'done' }
  expect(scrubStep(done, { ...rested, generation: 'h', nowMs: 2 * HOUR })).toMatchObject({ kind: 'read', next: firstScrub(2 * HOUR, 'h') })
  expect(scrubStep(withGeneration(done, 'h'), { ...rested, generation: 'h', nowMs: 2 * HOUR })).toMatchObject({ kind: 'wait' })
})
