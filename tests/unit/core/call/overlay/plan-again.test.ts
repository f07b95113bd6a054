/** What a plan leaves where it is when people look at others. */
import { describe, expect, test } from 'vitest'
import { planMeeting } from '../../../../../src/core/call/overlay/plan-meeting.ts'
import { type Layer, type MediaId, type StreamId, streamKey } from '../../../../../src/protocol/media.ts'
import type { MeetingPlan } from '../../../../../src/protocol/meeting.ts'
import { type Facts, factsOf } from './facts.ts'

const terms = { term: 1, standings: new Map() }

describe('when others are shown', () => {
  /** Everybody sees `large` in full, with their voices, and the first few of the others in small. */
  const showing = (count: number, uplinks: readonly number[], large: readonly MediaId[], small: number): Facts => {
    const ids = Array.from({ length: count }, (_, n) => n + 1)
    return new Map(
      ids.map((id) => {
        const others = ids.filter((other) => other !== id)
        const inFull = large.filter((other) => other !== id)
        const wants = [
          ...inFull.flatMap((other): [MediaId, Layer][] => [
            [other, 'audio'],
            [other, 'main'],
          ]),
          ...others
            .filter((other) => !large.includes(other))
            .slice(0, small)
            .map((other): [MediaId, Layer] => [other, 'thumb']),
        ]
        const rtts = others.map((other): [MediaId, number] => [other, 10 + ((id * 7) % 40) + ((other * 7) % 40)])
        return [id, factsOf(id, ids, { uplinkKbps: uplinks[id % uplinks.length] ?? 0, wants, rtts })]
      }),
    )
  }
  const planOf = (facts: Facts) =>
    Array.from({ length: 4 }).reduce((plan: MeetingPlan) => planMeeting(facts, plan, terms), planMeeting(facts, undefined, terms))

  test('[OVERLAY-27] the plan that was made for it stays', () => {
    const before = planOf(showing(40, [6_000], [1, 2, 3], 6))
    const facts = showing(40, [6_000], [1], 6)
    const plan = planMeeting(facts, before, terms)
    expect(planMeeting(facts, plan, terms)).toBe(plan)
  })

  test('[OVERLAY-27] of what goes on being wanted at most a twentieth moves', () => {
    const was = showing(24, [5_000, 10_000], [1, 2], 3)
    const facts = showing(24, [5_000, 10_000], [9, 2], 3)
    const before = planOf(was)
    const after = planMeeting(facts, before, terms)
    const still = [...facts].flatMap(([child, { wants }]) =>
      wants.filter(([source, layer]) => wantsIt(was, child, source, layer)).map(([source, layer]) => ({ child, source, layer })),
    )
    const moved = still.filter((copy) => parentIn(before, copy) !== parentIn(after, copy))
    expect(moved.length).toBeLessThanOrEqual(still.length / 20)
  })
})

function wantsIt(facts: Facts, id: MediaId, source: MediaId, layer: Layer): boolean {
  return facts.get(id)?.wants.some(([other, wanted]) => other === source && wanted === layer) === true
}

/** Undefined: straight. */
function parentIn({ streams }: MeetingPlan, { child, ...stream }: StreamId & { readonly child: MediaId }): MediaId | undefined {
  const planned = streams.find((each) => streamKey(each) === streamKey(stream))
  return planned?.edges.find(([id]) => id === child)?.[1]
}
