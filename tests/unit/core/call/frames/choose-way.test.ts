import { expect, test } from 'vitest'
import { hearOn, leaveWay, noWays, type Ways } from '../../../../../src/core/call/frames/choose-way.ts'

/** Frames every 20 ms, by each way between two times. */
function listen(ways: Ways<string>, way: string, fromMs: number, toMs: number, planned = 'planned'): Ways<string> {
  let next = ways
  for (let atMs = fromMs; atMs < toMs; atMs += 20) next = hearOn(next, way, way === planned, atMs)
  return next
}

test('[FRAME-37] a voice stays on its way while that goes on, and is heard by another within a fifth of a second', () => {
  let ways = listen(noWays<string>(), 'one', 0, 1_000)
  ways = hearOn(ways, 'other', false, 1_000)
  expect(ways.present).toBe('one')
  expect(listen(ways, 'other', 1_020, 1_160).present).toBe('one')
  expect(listen(ways, 'other', 1_020, 1_200).present).toBe('other')
})

test('[FRAME-37] the planned way is taken as soon as it brings the voice, and given back when it does not', () => {
  const other = listen(noWays<string>(), 'other', 0, 100)
  const planned = listen(other, 'planned', 100, 120)
  expect(planned.present).toBe('planned')
  expect(listen(planned, 'other', 120, 400).present).toBe('other')
})

test('[FRAME-37] a pause of the person moves nothing, and a way that is gone is left at once', () => {
  let ways = listen(listen(noWays<string>(), 'one', 0, 100), 'other', 0, 100)
  ways = hearOn(ways, 'one', false, 5_000)
  expect(ways.present).toBe('one')
  expect(leaveWay(ways, 'one').present).toBe('other')
  expect(leaveWay(leaveWay(ways, 'one'), 'other').present).toBe(undefined)
})

test('[FRAME-37] in a pause a frame comes now and then, by one way sooner than by the other: that moves nothing', () => {
  let ways = listen(noWays<string>(), 'one', 0, 100)
  const taken = new Set<string | undefined>()
  for (let atMs = 500; atMs < 5_000; atMs += 400) {
    for (const [way, lateMs] of [
      ['other', 0],
      ['one', 15],
    ] as const) {
      ways = hearOn(ways, way, false, atMs + lateMs)
      taken.add(ways.present)
    }
  }
  expect([...taken]).toEqual(['one'])
})
