import { expect, test } from 'vitest'
import { planMeeting } from '../../../../../src/core/call/overlay/plan-meeting.ts'
import { beginWeighing, type Weighing, weighCarriers } from '../../../../../src/core/call/overlay/weigh-carriers.ts'
import { BENCH_MS } from '../../../../../src/protocol/limits.ts'
import type { MediaId } from '../../../../../src/protocol/media.ts'
import type { MeetingPlan } from '../../../../../src/protocol/meeting.ts'
import { type Facts, meetingOf } from './facts.ts'

const UPLINKS = [10_000, 10_000, 10_000, 10_000, 10_000, 10_000]
/** 3 and 4 take the picture of 1 from 2. */
const PLAN: MeetingPlan = {
  t: 'plan',
  term: 1,
  number: 1,
  streams: [
    {
      source: 1,
      layer: 'main',
      edges: [
        [3, 2],
        [4, 2],
      ],
      without: [],
      reason: '',
    },
  ],
}
/** Five voices and pictures of its own, two pictures of 1. */
const LOAD_OF_2 = 5 * 740 + 2 * 700

/** What each child says came from a parent. */
function reported(...said: readonly (readonly [child: MediaId, parent: MediaId, arrived: number])[]): Facts {
  return new Map(
    [...meetingOf(UPLINKS)].map(([id, facts]) => [
      id,
      { ...facts, delivered: said.filter(([child]) => child === id).map(([, parent, arrived]): [MediaId, number] => [parent, arrived]) },
    ]),
  )
}

function watch(facts: Facts, fromMs: number, untilMs: number, before: Weighing = beginWeighing(fromMs)): Weighing {
  let weighing = before
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 1_000) weighing = weighCarriers(weighing, facts, PLAN, nowMs)
  return weighing
}

const everybodySays = (parent: MediaId, arrived: number) =>
  reported(...[1, 2, 3, 4, 5, 6].filter((id) => id !== parent).map((child) => [child, parent, arrived] as const))

test('[OVERLAY-7] who drops a third rests, and is planned for nothing meanwhile', () => {
  const { standings } = watch(everybodySays(2, 667), 0, 8_000)
  expect(standings.get(2)?.isBenched).toBe(true)
  const facts = meetingOf([3_000, ...UPLINKS.slice(1)])
  const carriers = planMeeting(facts, undefined, { term: 1, standings }).streams.flatMap(({ edges }) => edges.map(([, parent]) => parent))
  expect(carriers.length).toBeGreaterThan(0)
  expect(carriers).not.toContain(2)
})

test('[OVERLAY-7] it rests twice as long the second time', () => {
  const first = watch(everybodySays(2, 667), 0, 8_000)
  const firstMs = (first.standings.get(2)?.benchedUntilMs ?? 0) - (first.standings.get(2)?.judgedMs ?? 0)
  const second = watch(everybodySays(2, 667), 100_000, 103_000, first)
  const secondMs = (second.standings.get(2)?.benchedUntilMs ?? 0) - (second.standings.get(2)?.judgedMs ?? 0)
  expect([firstMs, secondMs]).toEqual([BENCH_MS, 2 * BENCH_MS])
})

test('[OVERLAY-7] a line that carries less than it claims is believed what came, and regains it slowly', () => {
  const full = watch(everybodySays(2, 900), 0, 8_000)
  expect(full.standings.get(2)).toMatchObject({ carriesKbps: LOAD_OF_2 * 0.9, isBenched: false })
  const minutes = [1, 10].map((minute) => watch(everybodySays(2, 1_000), 9_000, minute * 60_000, full).standings.get(2)?.carriesKbps)
  expect(minutes[0]).toBeGreaterThan(LOAD_OF_2)
  expect(minutes[0]).toBeLessThan(10_000)
  expect(minutes[1]).toBeUndefined()
})

test('[OVERLAY-8] one child of two is not believed alone', () => {
  expect(watch(reported([3, 2, 300], [4, 2, 1_000]), 0, 20_000).standings.size).toBe(0)
})

test('[OVERLAY-8] a child that gets little from everybody blames nobody', () => {
  const said = [1, 2, 4, 5, 6].map((parent) => [3, parent, 500] as const)
  expect(watch(reported(...said), 0, 20_000).standings.size).toBe(0)
})

test('[OVERLAY-8] while people come and go nobody is to blame', () => {
  let weighing = beginWeighing(0)
  const facts = everybodySays(2, 500)
  for (let nowMs = 0; nowMs < 30_000; nowMs += 1_000) {
    const here = new Map([...facts].filter(([id]) => id !== 6 || Math.floor(nowMs / 4_000) % 2 === 0))
    weighing = weighCarriers(weighing, here, PLAN, nowMs)
  }
  expect(weighing.standings.size).toBe(0)
})

test('[OVERLAY-7] a line that was found full is trusted with more as that is used, and not while it idles', () => {
  const found = watch(everybodySays(2, 900), 0, 8_000)
  const { carriesKbps = 0 } = found.standings.get(2) ?? {}
  const idle: Facts = new Map(
    [...everybodySays(2, 1_000)].map(([id, facts]) => [id, { ...facts, wants: facts.wants.filter(([source]) => source !== 2) }]),
  )
  expect(watch(everybodySays(2, 1_000), 9_000, 60_000, found).standings.get(2)?.carriesKbps).toBeGreaterThan(1.5 * carriesKbps)
  expect(watch(idle, 9_000, 60_000, found).standings.get(2)?.carriesKbps).toBe(carriesKbps)
})
