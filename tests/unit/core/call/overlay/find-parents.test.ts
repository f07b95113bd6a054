import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPlan } from '../../../../../src/core/call/overlay/check-plan.ts'
import { findParents } from '../../../../../src/core/call/overlay/find-parents.ts'
import { LAYERS } from '../../../../../src/protocol/media.ts'
import type { MeetingPlan } from '../../../../../src/protocol/meeting.ts'

type Stream = MeetingPlan['streams'][number]

const planOf = (...streams: Partial<Stream>[]): MeetingPlan => ({
  t: 'plan',
  term: 1,
  number: 1,
  streams: streams.map((stream) => ({ source: 1, layer: 'main', edges: [], without: [], reason: '', ...stream })),
})

const WANT = { source: 1, layer: 'main', maxTemporal: 1 } as const
const everybody = new Set([1, 2, 3, 4, 5, 6])

function waysOf(plan: MeetingPlan | undefined, self: number, reachable: Iterable<number> = everybody) {
  return findParents(plan, self, [WANT], new Set(reachable)).map(({ layer, parent, standby, isShown }) => [layer, parent, standby, isShown])
}

describe('parents', () => {
  const plan = planOf({
    edges: [
      [3, 2],
      [4, 3],
      [5, 2],
    ],
  })

  test('[OVERLAY-11] without a plan the source, with nobody beside it', () => {
    expect(waysOf(undefined, 3)).toEqual([['main', 1, undefined, true]])
  })

  test('[OVERLAY-11] the planned parent, with the source beside it', () => {
    expect(waysOf(plan, 4)).toEqual([['main', 3, 1, true]])
  })

  test('[OVERLAY-11] a parent that cannot be reached is passed over, a source too', () => {
    expect(waysOf(plan, 4, [1, 2])).toEqual([['main', 1, 2, true]])
    expect(waysOf(plan, 4, [2])).toEqual([['main', 2, undefined, true]])
    expect(waysOf(plan, 4, [])).toEqual([['main', 1, undefined, true]])
  })

  test('[OVERLAY-11] who takes it straight has a carrier beside the source, none of its own children', () => {
    expect(waysOf(plan, 6)).toEqual([['main', 1, 2, true]])
    expect(waysOf(plan, 2)).toEqual([['main', 1, undefined, true]])
    expect(waysOf(plan, 3)).toEqual([['main', 2, 1, true]])
  })

  test('[OVERLAY-12] what is passed on is taken whole, shown or not', () => {
    const passed = findParents(plan, 3, [], everybody)
    expect(passed).toEqual([{ source: 1, layer: 'main', parent: 2, standby: 1, maxTemporal: 2, isShown: false }])
    expect(findParents(plan, 3, [WANT], everybody)).toMatchObject([{ maxTemporal: 2, isShown: true }])
    expect(findParents(plan, 1, [], everybody)).toEqual([])
  })

  test('[OVERLAY-5] who must do without takes the small picture, or none', () => {
    expect(waysOf(planOf({ without: [3] }), 3)).toEqual([['thumb', 1, undefined, true]])
    expect(waysOf(planOf({ without: [3] }, { layer: 'thumb', without: [3] }), 3)).toEqual([])
    expect(waysOf(planOf({ without: [3] }, { layer: 'thumb', edges: [[3, 5]] }), 3)).toEqual([['thumb', 5, 1, true]])
  })
})

describe('a plan of somebody else', () => {
  const kept = (...streams: Partial<Stream>[]) => checkPlan(planOf(...streams), everybody).streams.map(({ edges }) => edges)

  test.each<[string, Partial<Stream>[]]>([
    [
      'a cycle',
      [
        {
          edges: [
            [2, 3],
            [3, 2],
          ],
        },
      ],
    ],
    ['itself as parent', [{ edges: [[2, 2]] }]],
    [
      'two parents',
      [
        {
          edges: [
            [2, 3],
            [2, 4],
          ],
        },
      ],
    ],
    ['a source that takes its own stream', [{ edges: [[1, 2]] }]],
    [
      'four hops',
      [
        {
          edges: [
            [3, 2],
            [4, 3],
            [5, 4],
          ],
        },
      ],
    ],
    [
      'three hops of a voice',
      [
        {
          layer: 'audio',
          edges: [
            [3, 2],
            [4, 3],
          ],
        },
      ],
    ],
    ['a carrier that does without', [{ edges: [[3, 2]], without: [2] }]],
    ['the same stream twice', [{ edges: [[3, 2]] }, { edges: [[4, 2]] }]],
    ['a source nobody knows', [{ source: 77, edges: [[3, 2]] }]],
  ])('[OVERLAY-13] %s: the stream goes straight', (_, streams) => {
    expect(kept(...streams)).toEqual([])
  })

  test('[OVERLAY-13] too many children: the stream goes straight', () => {
    const edges = Array.from({ length: 33 }, (_, n): [number, number] => [n + 3, 2])
    const members = new Set([1, 2, ...edges.map(([child]) => child)])
    expect(checkPlan(planOf({ edges }), members).streams).toEqual([])
    expect(checkPlan(planOf({ edges: edges.slice(1) }), members).streams).toHaveLength(1)
  })

  test('[OVERLAY-13] who is not known costs its own edges only', () => {
    expect(
      kept({
        edges: [
          [3, 2],
          [4, 77],
          [88, 2],
        ],
      }),
    ).toEqual([[[3, 2]]])
  })

  test('[OVERLAY-13] whatever it says, nobody ends below itself', () => {
    const id = fc.integer({ min: 1, max: 7 })
    const stream = fc.record({
      source: id,
      layer: fc.constantFrom(...LAYERS),
      edges: fc.array(fc.tuple(id, id), { maxLength: 8 }),
      without: fc.array(id, { maxLength: 3 }),
      reason: fc.constant(''),
    })
    fc.assert(
      fc.property(fc.array(stream, { maxLength: 4 }), id, (streams, self) => {
        const plan = checkPlan({ ...planOf(), streams }, everybody)
        for (const { source, layer, parent, standby } of findParents(plan, self, [WANT], everybody)) {
          const parents = new Map(plan.streams.find((each) => each.source === source && each.layer === layer)?.edges)
          for (const from of [parent, standby]) {
            let at = from
            for (let hops = 0; at !== undefined && at !== source; hops++) {
              expect(at).not.toBe(self)
              expect(hops).toBeLessThan(4)
              at = parents.get(at)
            }
          }
        }
      }),
    )
  })
})
