import { expect, test } from 'vitest'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { CLOCK_ASK_MS } from '../../../../src/protocol/limits.ts'
import type { SideMessage } from '../../../../src/protocol/side-talk.ts'
import { Clocks } from '../../../../src/tab/watch/ask-clocks.ts'
import { sideTalkOf } from './side-pair.ts'

const [ANN, BEN] = ['ann', 'ben'] as TabId[] as [TabId, TabId]

test('[WATCH-10] whoever asks is answered, and knows the clock of the other', () => {
  const { ann, ben, clock, run } = sideTalkOf(ANN, BEN, 20)
  const heard: number[] = []
  const asker = new Clocks(ann, clock, () => heard.push(clock.nowMs()))
  new Clocks(ben, { ...shifted(clock, 5_000) }, () => {})
  expect(asker.of(BEN)).toBeUndefined()
  asker.ask([BEN])
  run(40)
  expect(asker.of(BEN)).toEqual({ aheadMs: 5_000, withinMs: 20 })
  expect(heard).toEqual([40])
  asker.ask([])
  expect(asker.of(BEN)).toBeUndefined()
})

test('[WATCH-10] only the answer to the open question is taken', () => {
  const { ann, ben, clock, run } = sideTalkOf(ANN, BEN, 20)
  const asked: SideMessage[] = []
  ben.onMessage((_from, message) => asked.push(message))
  const asker = new Clocks(ann, clock, () => {})
  asker.ask([BEN])
  run(30)
  const [first] = asked
  if (first?.t !== 'clock-ask') throw new Error('not asked')
  const answer = { t: 'clock-answer', cameUs: 1, answeredUs: 2 } as const
  ben.tell(ANN, { ...answer, askedUs: first.sentUs + 1 })
  run(30)
  expect(asker.of(BEN)).toBeUndefined()
  ben.tell(ANN, { ...answer, askedUs: first.sentUs })
  run(30)
  const known = asker.of(BEN)
  expect(known).toBeDefined()
  // Said again, with another time: that question was answered.
  ben.tell(ANN, { ...answer, askedUs: first.sentUs, cameUs: 9e12, answeredUs: 9e12 })
  run(30)
  expect(asker.of(BEN)?.aheadMs).toBe(known?.aheadMs)
})

test('[WATCH-10] who does not answer is asked seldom, and nobody any more once nothing is on', () => {
  const { ann, ben, clock, run } = sideTalkOf(ANN, BEN, 20)
  let asked = 0
  ben.onMessage(() => asked++)
  const asker = new Clocks(ann, clock, () => {})
  asker.ask([BEN])
  run(60_000)
  expect(asked).toBeGreaterThan(10)
  expect(asked).toBeLessThan(60_000 / CLOCK_ASK_MS + 8)
  asker.ask([])
  const before = asked
  run(60_000)
  expect(asked).toBeLessThanOrEqual(before + 1)
})

function shifted(clock: { nowMs(): number; monotonicMs(): number; after: (ms: number, done: () => void) => () => void }, byMs: number) {
  return {
    nowMs: () => clock.nowMs() + byMs,
    monotonicMs: () => clock.monotonicMs(),
    after: (ms: number, done: () => void) => clock.after(ms, done),
  }
}
