import { expect, test } from 'vitest'
import { checkParents, type WatchedStream } from '../../../../../src/core/call/frames/watch-parents.ts'
import { PARENT_SILENT_MS } from '../../../../../src/protocol/limits.ts'

/** The parent and the standby send or do not, each 50 ms; when somebody else was asked. */
function changes(seconds: number, parentSends: (ms: number) => boolean, given: Partial<WatchedStream> = {}): [string, number][] {
  const stream = { source: 1, layer: 'main' } as const
  let one: WatchedStream = {
    stream,
    parent: 2,
    standby: 3,
    lastFrameMs: undefined,
    expectedEveryMs: 33,
    isStandbyAsked: false,
    sinceMs: 0,
    brought: { parent: 0, standby: 0 },
    ...given,
  }
  const found: [string, number][] = []
  for (let nowMs = 50; nowMs <= seconds * 1000; nowMs += 50) {
    if (parentSends(nowMs)) one = { ...one, lastFrameMs: nowMs }
    const { ask, back } = checkParents([one], nowMs)
    for (const [word, which] of Object.entries({ ask, back })) {
      if (!which.includes(one)) continue
      found.push([word, nowMs])
      one = { ...one, isStandbyAsked: word === 'ask', sinceMs: nowMs }
    }
  }
  return found
}

test('[FRAME-19] a parent that sends is let be', () => {
  expect(changes(60, () => true)).toEqual([])
})

test('[FRAME-19] a parent that falls silent, or never began: the standby is asked', () => {
  expect(changes(10, (ms) => ms < 5_000)).toEqual([['ask', 4_950 + PARENT_SILENT_MS]])
  expect(changes(10, () => false)).toEqual([['ask', PARENT_SILENT_MS]])
  expect(changes(10, () => false, { standby: undefined })).toEqual([])
})

test('[FRAME-19] streams of few frames are given three of them', () => {
  expect(changes(10, (ms) => ms % 500 === 0, { expectedEveryMs: 500 })).toEqual([])
  expect(changes(10, (ms) => ms === 500, { expectedEveryMs: 500 })).toEqual([['ask', 2_000]])
})

test('[FRAME-20] when the planned parent sends again the standby is let go, but not at once', () => {
  expect(changes(20, (ms) => ms < 5_000 || ms > 5_400)).toEqual([
    ['ask', 5_250],
    ['back', 7_250],
  ])
  expect(changes(20, (ms) => ms < 5_000 || ms > 12_000)).toEqual([
    ['ask', 5_250],
    ['back', 12_050],
  ])
})

test('[FRAME-20] a source that pauses asks the standby once, however long; a parent that stutters is not left with each word', () => {
  expect(changes(600, (ms) => ms < 5_000)).toEqual([['ask', 5_250]])
  expect(changes(60, (ms) => ms % 1_000 < 500).length).toBeLessThanOrEqual(60)
})

test('[FRAME-39] a parent that brings less than the standby beside it is not gone back to; where both lose as much it is', () => {
  const found = (parent: number, standby: number) => {
    const one = { isStandbyAsked: true, lastFrameMs: 1_990, brought: { parent, standby } }
    return [...changesAt(2_000, one)].join()
  }
  expect(found(20, 30)).toBe('lossy')
  expect(found(29, 30)).toBe('back')
  expect(found(20, 20)).toBe('back')
  // Too few to say.
  expect(found(2, 5)).toBe('back')
})

test('[FRAME-44] what this device is late itself no parent is silent for', () => {
  const silent = (slackMs: number) => {
    const begun = { stream: { source: 1, layer: 'main' }, parent: 2, standby: 3, expectedEveryMs: 33, isStandbyAsked: false } as const
    const one: WatchedStream = { ...begun, lastFrameMs: 1_000, sinceMs: 0, brought: { parent: 0, standby: 0 } }
    return checkParents([one], 1_000 + PARENT_SILENT_MS + 400, slackMs).ask.length > 0
  }
  expect([silent(0), silent(399), silent(401)]).toEqual([true, true, false])
})

function changesAt(nowMs: number, given: Partial<WatchedStream>): readonly string[] {
  const stream = { source: 1, layer: 'main' } as const
  const begun = { stream, parent: 2, standby: 3, lastFrameMs: undefined, expectedEveryMs: 33, isStandbyAsked: false, sinceMs: 0 }
  const one: WatchedStream = { ...begun, brought: { parent: 0, standby: 0 }, ...given }
  return Object.entries(checkParents([one], nowMs)).flatMap(([word, which]) => (which.length > 0 ? [word] : []))
}
