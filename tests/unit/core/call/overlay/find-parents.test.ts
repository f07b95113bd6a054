import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPlan } from '../../../../../src/core/call/overlay/check-plan.ts'
import { bridgesTo, findParents, type Reach } from '../../../../../src/core/call/overlay/find-parents.ts'
import type { Told } from '../../../../../src/core/call/overlay/within-told.ts'
import { LAYERS, type Layer, type StreamId } from '../../../../../src/protocol/media.ts'
import type { MeetingPlan } from '../../../../../src/protocol/meeting.ts'
import { RATES } from './facts.ts'

type Stream = MeetingPlan['streams'][number]

const planOf = (...streams: Partial<Stream>[]): MeetingPlan => ({
  t: 'plan',
  term: 1,
  number: 1,
  streams: streams.map((stream) => ({ source: 1, layer: 'main', edges: [], without: [], reason: '', ...stream })),
})

const WANT = { source: 1, layer: 'main', maxTemporal: 1 } as const
const everybody = new Set([1, 2, 3, 4, 5, 6])

/** Whom this tab has links to, and whom those have links to. */
function reachOf(direct: Iterable<number>, sees: Record<number, readonly number[]> = {}): Reach {
  return { direct: new Set(direct), sees: new Map(Object.entries(sees).map(([id, others]) => [Number(id), new Set(others)])) }
}

function waysOf(plan: MeetingPlan | undefined, self: number, reachable: Iterable<number> = everybody) {
  return findParents(plan, self, [WANT], reachOf(reachable)).map(({ layer, parent, standby, isShown }) => [layer, parent, standby, isShown])
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
    const passed = findParents(plan, 3, [], reachOf(everybody))
    expect(passed).toEqual([{ source: 1, layer: 'main', parent: 2, standby: 1, maxTemporal: 2, isShown: false }])
    expect(findParents(plan, 3, [WANT], reachOf(everybody))).toMatchObject([{ maxTemporal: 2, isShown: true }])
    expect(findParents(plan, 1, [], reachOf(everybody))).toEqual([])
  })

  test('[OVERLAY-5] who must do without takes the small picture, or none', () => {
    expect(waysOf(planOf({ without: [3] }), 3)).toEqual([['thumb', 1, undefined, true]])
    expect(waysOf(planOf({ without: [3] }, { layer: 'thumb', without: [3] }), 3)).toEqual([])
    expect(waysOf(planOf({ without: [3] }, { layer: 'thumb', edges: [[3, 5]] }), 3)).toEqual([['thumb', 5, 1, true]])
  })
})

describe('a plan that keeps everything from everybody', () => {
  const layers = ['audio', 'screen-audio', 'screen', 'thumb', 'main'] as const
  const plan = checkPlan(planOf(...layers.map((layer) => ({ layer, without: [2, 3, 4, 5, 6] }))), everybody)
  const taken = (reach: Reach) =>
    findParents(
      plan,
      3,
      layers.map((layer) => ({ source: 1, layer, maxTemporal: 0 })),
      reach,
    ).map(({ layer, parent }) => [layer, parent])

  test('[OVERLAY-21] voices come from their source all the same', () => {
    expect(plan.streams).toHaveLength(layers.length)
    expect(taken(reachOf([1, 2]))).toEqual([
      ['audio', 1],
      ['screen-audio', 1],
    ])
  })

  test('[OVERLAY-21] a voice without a link to its source stays with the plan', () => {
    expect(taken(reachOf([2], { 2: [1, 3] }))).toEqual([])
  })
})

describe('a plan that names one tab as the parent of everything', () => {
  const layers = ['main', 'thumb', 'audio'] as const
  const sources = [1, 2, 4, 5, 6]
  const streams = sources.flatMap((source) =>
    layers.map((layer) => ({ source, layer, edges: sources.filter((id) => id !== source).map((id): [number, number] => [id, 3]) })),
  )
  const plan = checkPlan(planOf(...streams), everybody)
  const told = {
    forwards: 32,
    uplinkKbps: 100_000,
    downlinkKbps: 100_000,
    kbpsOf: (layer: Layer) => ({ ...RATES, screen: RATES.main, 'screen-audio': RATES.audio })[layer].kbps,
  }
  const carried = (line: Partial<Told>, asked: readonly StreamId[] = []) =>
    findParents(plan, 3, [WANT], reachOf(everybody), asked, { ...told, ...line }).map(({ source, layer }) => `${source} ${layer}`)
  const voices = sources.map((source) => `${source} audio`)

  test('[OVERLAY-26] takes as much to pass on as this tab told that it can send, voices first', () => {
    expect(carried({})).toHaveLength(15)
    // Shown and passed on to four: 2,800 kbit/s. Five voices to four are 800, and a small picture is 320.
    expect(carried({ uplinkKbps: (2_800 + 800 + 2 * 320) / 1.25 })).toEqual(['1 main', ...voices, '1 thumb', '2 thumb'])
    expect(carried({ uplinkKbps: 1_000 })).toEqual(['1 main'])
  })

  test('[OVERLAY-26] as much as it told that it can take, beside what it shows', () => {
    expect(carried({ downlinkKbps: (700 + 200 + 2 * 80) / 1.25 })).toEqual(['1 main', ...voices, '1 thumb', '2 thumb'])
  })

  test('[OVERLAY-26] nothing where it told that it passes nothing on, or where those who find nothing here ask for it', () => {
    expect(carried({ forwards: 0 })).toEqual(['1 main'])
    expect(carried({ uplinkKbps: 1_000 }, [{ source: 2, layer: 'thumb' }])).toEqual(['1 main'])
  })

  test('[OVERLAY-26] what others ask for without a plan is bounded alike', () => {
    const asked = sources.map((source) => ({ source, layer: 'main' }) as const)
    const wants = findParents(undefined, 3, [], reachOf(everybody), asked, { ...told, uplinkKbps: (2 * 700) / 1.25 })
    expect(wants.map(({ source }) => source)).toEqual([1, 2])
  })

  test('[OVERLAY-26] who finds nothing there has the source beside it', () => {
    for (const child of [2, 4, 5, 6]) expect(waysOf(plan, child)).toEqual([['main', 3, 1, true], ...waysOf(plan, child).slice(1)])
  })
})

describe('a source without a link', () => {
  const sees = { 2: [1, 3], 4: [1, 3], 5: [3] }

  test('[OVERLAY-20] is taken from a member who reaches both, with another one beside it', () => {
    const [want] = findParents(undefined, 3, [WANT], reachOf([2, 4, 5], sees))
    expect([want?.parent, want?.standby].toSorted()).toEqual([2, 4])
    expect(waysOf(undefined, 3, [5])).toEqual([['main', 1, undefined, true]])
  })

  test('[OVERLAY-20] is passed on by who carries it in the plan before anybody else', () => {
    const plan = planOf({ edges: [[6, 5]] })
    const [want] = findParents(plan, 3, [WANT], reachOf([2, 5], sees))
    expect([want?.parent, want?.standby]).toEqual([5, 2])
  })

  test('[OVERLAY-20] those who cannot reach it take it from different members', () => {
    const members = Array.from({ length: 16 }, (_, n) => 100 + n)
    const all = Object.fromEntries(members.map((id) => [id, [1]]))
    const first = new Set(Array.from({ length: 16 }, (_, n) => bridgesTo(1, 200 + n, reachOf(members, all))[0]))
    expect(first.size).toBeGreaterThan(8)
  })

  test('[OVERLAY-20] what others ask for is taken straight from its source, or not at all', () => {
    const asked = [
      { source: 4, layer: 'audio' },
      { source: 6, layer: 'main' },
      { source: 3, layer: 'main' },
    ] as const
    const wants = findParents(undefined, 3, [], reachOf([4], { 4: [6] }), asked)
    expect(wants).toEqual([{ source: 4, layer: 'audio', maxTemporal: 2, isShown: false, parent: 4, standby: undefined }])
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
        for (const { source, layer, parent, standby } of findParents(plan, self, [WANT], reachOf(everybody))) {
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
