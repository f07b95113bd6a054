import { expect, test } from 'vitest'
import { askForwarders, carriersOf } from '../../../../src/core/balance/ask-forwarders.ts'
import type { TechniqueTerms } from '../../../../src/core/balance/choose-technique.ts'
import { type Ask, askedFor, type Climbs, dueSources, NO_CLIMBS, stepClimbs } from '../../../../src/core/balance/climb-to-source.ts'
import { explainWay } from '../../../../src/core/balance/explain-pick.ts'
import type { Attempt } from '../../../../src/core/balance/ladder.ts'
import { NO_TALLY } from '../../../../src/core/balance/tally.ts'
import { DRAWS, type SourceWays, waysToSource } from '../../../../src/core/balance/ways-to-source.ts'
import { FIRST_PICTURE_MS, LADDER_STEP_MS } from '../../../../src/protocol/limits.ts'
import type { MediaId } from '../../../../src/protocol/media.ts'

const SOURCE = 9
const NOTHING: SourceWays = {
  order: ['1', '2', '3', '4', '5'],
  onLease: new Set(),
  hinted: new Set(),
  list: [],
  planned: undefined,
  byServer: undefined,
  goesOn: true,
  rttOf: () => 5,
}
const terms = (more: Partial<TechniqueTerms> = {}) => ({
  own: new Map(),
  priors: new Map(),
  nowMs: 0,
  draws: Array<number>(DRAWS).fill(0.5),
  ...more,
})
const tried = (ways: Partial<SourceWays>, more: Partial<TechniqueTerms> = {}) =>
  waysToSource({ ...NOTHING, ...ways }, terms(more)).attempts.map(({ rung, technique, reflector }) => `${rung} ${technique} ${reflector}`)
const rests = { ...NO_TALLY, tries: 1, failedInRow: 1, restsUntilMs: 1_000 }

test('[BALANCE-30] of a device nobody knows of, a member passes it on; then who the link names, who is on lease, and the next', () => {
  expect(tried({})).toEqual(['profile proxy 1', 'redirect proxy 2', 'proxy proxy 3'])
  expect(tried({ onLease: new Set(['1', '2']), hinted: new Set(['5']) })).toEqual([
    'profile proxy 3',
    'link-hint link-hint 5',
    'redirect redirect 1',
    'proxy redirect 2',
  ])
  expect(tried({ order: ['1'], onLease: new Set(['1']), hinted: new Set(['1']), list: ['1'] })).toEqual(['profile proxy 1'])
  expect(tried({ order: [] })).toEqual([])
})

test('[BALANCE-30] the book chooses: what its kind found is begun with, what rests comes last', () => {
  const onLease = new Set(['1', '2'])
  const works = new Map([['redirect' as const, { succeeded: 40, failed: 1 }]])
  const fails = new Map([...works, ['proxy' as const, { succeeded: 1, failed: 40 }]])
  expect(tried({ onLease }, { priors: fails })[0]).toBe('profile redirect 1')
  expect(tried({ onLease }, { priors: fails, own: new Map([['redirect', rests]]) })[0]).toBe('profile proxy 3')
  const list = tried(
    { onLease, list: ['7', '2', '1'] },
    { priors: new Map([['list', { succeeded: 40, failed: 0 }], ...fails]), draws: [0.5, 0.9, 0.5, 0.1, 0.1] },
  )
  expect(list[0]).toBe('profile list 2')
  // A picture late is better than none: whatever rests is asked at the end.
  expect(
    tried(
      { order: ['1'], onLease },
      {
        own: new Map([
          ['redirect', rests],
          ['proxy', rests],
        ]),
      },
    ),
  ).toEqual(['profile proxy 1'])
})

test('[BALANCE-32] whom the plan names comes first while redirects work, and so does a server on the way that stands', () => {
  expect(tried({ planned: '4' })[0]).toBe('profile redirect 4')
  expect(tried({ planned: '4' }, { own: new Map([['redirect', rests]]) })[0]).toBe('profile proxy 1')
  expect(tried({ byServer: String(SOURCE) })).toEqual(['profile turn 9', 'redirect proxy 2', 'proxy proxy 1'])
  expect(tried({ byServer: String(SOURCE) }, { own: new Map([['turn', rests]]) })[0]).toBe('profile proxy 1')
})

const ask = (order: readonly MediaId[], more: Partial<Ask> = {}): Ask => ({
  order,
  planned: undefined,
  isLinked: false,
  crowded: new Set(),
  goesOn: false,
  ...more,
})
const attempts: readonly Attempt[] = [
  { rung: 'profile', technique: 'redirect', reflector: '1' },
  { rung: 'redirect', technique: 'redirect', reflector: '2' },
  { rung: 'proxy', technique: 'proxy', reflector: '3' },
]
const look = (state: Climbs, one: Ask, nowMs = 0, shown: ReadonlyMap<MediaId, MediaId> = new Map()) => {
  const asks = new Map([[SOURCE, one]])
  const due = dueSources(state, asks)
  return stepClimbs(state, { kind: 'sources', asks, attempts: new Map([...due.keys()].map((source) => [source, attempts])), shown }, nowMs)
}

test('[BALANCE-31] a way that failed is held against it when another brings the picture, and of a silent source nobody is blamed', () => {
  let step = look(NO_CLIMBS, ask([1, 2, 3]))
  expect(askedFor(step.next, SOURCE)).toEqual([1, 2, 3])
  let nowMs = LADDER_STEP_MS.profile
  step = stepClimbs(step.next, { kind: 'tick' }, nowMs)
  expect([askedFor(step.next, SOURCE)[0], step.notes]).toEqual([2, []])
  nowMs += LADDER_STEP_MS.redirect
  step = stepClimbs(step.next, { kind: 'tick' }, nowMs)
  const stays = stepClimbs(step.next, { kind: 'tick' }, nowMs + LADDER_STEP_MS.proxy)
  expect([stays.notes, stays.words]).toEqual([[], [{ kind: 'stays', source: SOURCE }]])
  const came = stepClimbs(step.next, { kind: 'shows', source: SOURCE, from: 3 }, nowMs + 200)
  expect(came.notes.map(({ attempt, outcome }) => [attempt.reflector, outcome.kind])).toEqual([
    ['1', 'failed'],
    ['2', 'failed'],
    ['3', 'worked'],
  ])
  // Who was late and works after all is blamed for nothing.
  const late = stepClimbs(step.next, { kind: 'shows', source: SOURCE, from: 1 }, nowMs + 200)
  expect(late.notes.map(({ attempt, outcome }) => [attempt.reflector, outcome.kind])).toEqual([
    ['2', 'failed'],
    ['1', 'worked'],
  ])
})

test('[BALANCE-39] a picture that comes after the whole ladder was climbed in vain is learned, once', () => {
  const outcomes = ({ notes }: ReturnType<typeof stepClimbs>) => notes.map(({ attempt, outcome }) => [attempt.reflector, outcome])
  const failed = { kind: 'failed' }
  const climb = (one: Ask) => {
    let step = look(NO_CLIMBS, one)
    for (const nowMs of [1_500, 3_500, 6_000]) step = stepClimbs(step.next, { kind: 'tick' }, nowMs)
    expect([step.notes, step.words]).toEqual([[], [{ kind: 'stays', source: SOURCE }]])
    return step.next
  }
  const second = stepClimbs(climb(ask([1, 2, 3])), { kind: 'shows', source: SOURCE, from: 2 }, 9_500)
  expect(outcomes(second)).toEqual([
    ['1', failed],
    ['3', failed],
    ['2', { kind: 'worked', mediaMs: 8_000 }],
  ])
  expect(askedFor(second.next, SOURCE)[0]).toBe(2)
  expect(outcomes(stepClimbs(second.next, { kind: 'shows', source: SOURCE, from: 2 }, 9_600))).toEqual([])

  const straight = stepClimbs(climb(ask([1, 2, 3], { isLinked: true })), { kind: 'shows', source: SOURCE, from: SOURCE }, 9_500)
  expect(outcomes(straight)).toEqual([
    ['1', failed],
    ['2', failed],
    ['3', failed],
  ])
  expect(outcomes(stepClimbs(straight.next, { kind: 'shows', source: SOURCE, from: SOURCE }, 9_600))).toEqual([])
})

test('[BALANCE-39] who was asked in vain failed as well when the source stood beside and brought the picture meanwhile', () => {
  let step = look(NO_CLIMBS, ask([1, 2, 3], { isLinked: true }))
  step = stepClimbs(step.next, { kind: 'shows', source: SOURCE, from: SOURCE }, 1_000)
  const notes: string[] = []
  for (const nowMs of [5_000, 10_000, 15_000]) {
    step = stepClimbs(step.next, { kind: 'tick' }, nowMs)
    notes.push(...step.notes.map(({ attempt, outcome }) => `${attempt.reflector} ${outcome.kind}`))
  }
  expect([notes, askedFor(step.next, SOURCE)]).toEqual([['1 failed', '2 failed', '3 failed'], []])
})

test('[BALANCE-31] while the standby brings the picture the way that is tried has its time; then the standby is asked', () => {
  const begun = look(NO_CLIMBS, ask([1, 2, 3])).next
  const beside = stepClimbs(begun, { kind: 'shows', source: SOURCE, from: 3 }, 400).next
  const waits = stepClimbs(beside, { kind: 'tick' }, FIRST_PICTURE_MS - 1)
  expect([askedFor(waits.next, SOURCE)[0], waits.notes]).toEqual([1, []])
  const over = stepClimbs(waits.next, { kind: 'tick' }, FIRST_PICTURE_MS)
  expect(askedFor(over.next, SOURCE)[0]).toBe(3)
  expect(over.notes.map(({ attempt, outcome }) => [attempt.reflector, outcome.kind])).toEqual([
    ['1', 'failed'],
    ['3', 'worked'],
  ])
  // What comes when it is looked at is kept to.
  expect(askedFor(look(NO_CLIMBS, ask([1, 2, 3]), 0, new Map([[SOURCE, 2]])).next, SOURCE)[0]).toBe(2)
})

test('[BALANCE-34] where nobody could be asked nothing is said', () => {
  const asks = new Map([[SOURCE, ask([])]])
  const step = stepClimbs(NO_CLIMBS, { kind: 'sources', asks, attempts: new Map(), shown: new Map() }, 0)
  expect([step.words, askedFor(step.next, SOURCE)]).toEqual([[], []])
})

test('[BALANCE-32] a plan that names another is followed, and one that brought nothing is left', () => {
  const planned = ask([1, 2, 3], { planned: 1 })
  let step = look(NO_CLIMBS, planned)
  // As planned, stream by stream.
  expect(askedFor(step.next, SOURCE)).toEqual([])
  step = stepClimbs(step.next, { kind: 'tick' }, LADDER_STEP_MS.profile)
  step = stepClimbs(step.next, { kind: 'shows', source: SOURCE, from: 2 }, 1_700)
  expect(askedFor(step.next, SOURCE)[0]).toBe(2)
  expect(dueSources(step.next, new Map([[SOURCE, planned]]))).toEqual(new Map())
  expect(dueSources(step.next, new Map([[SOURCE, ask([1, 2, 3], { planned: 3 })]]))).toEqual(new Map([[SOURCE, []]]))
})

test('[BALANCE-41] who has no way at all goes on with those who were not asked yet, as they are known by then, until all were', () => {
  const all = ask([1, 2, 3, 4], { goesOn: true })
  const asks = new Map([[SOURCE, all]])
  const begun = stepClimbs(NO_CLIMBS, { kind: 'sources', asks, attempts: new Map([[SOURCE, attempts.slice(0, 1)]]), shown: new Map() }, 0)
  const tried = attempts.slice(0, 1)
  expect(dueSources(begun.next, asks)).toEqual(new Map([[SOURCE, tried]]))
  const last: Attempt = { rung: 'profile', technique: 'proxy', reflector: '4' }
  let step = stepClimbs(begun.next, { kind: 'sources', asks, attempts: new Map([[SOURCE, [last]]]), shown: new Map() }, 200)
  expect([askedFor(step.next, SOURCE)[0], step.words]).toEqual([1, []])
  step = stepClimbs(step.next, { kind: 'tick' }, LADDER_STEP_MS.profile)
  expect(askedFor(step.next, SOURCE)[0]).toBe(4)
  // The plan names one of them: asked beside, not instead.
  expect(dueSources(step.next, new Map([[SOURCE, { ...all, planned: 2 }]]))).toEqual(new Map([[SOURCE, [...tried, last]]]))
  const came = stepClimbs(step.next, { kind: 'shows', source: SOURCE, from: 4 }, 2_000)
  expect(came.notes.map(({ attempt, outcome }) => [attempt.reflector, outcome.kind])).toEqual([
    ['1', 'failed'],
    ['4', 'worked'],
  ])
  expect(dueSources(came.next, asks)).toEqual(new Map())
  // Who has the source itself to stay with does not.
  expect(dueSources(look(NO_CLIMBS, ask([1, 2, 3])).next, new Map([[SOURCE, ask([1, 2, 3])]]))).toEqual(new Map())
})

test('[BALANCE-41] after two redirects in vain it is the others’ turn, and those who pass on are asked like anybody', () => {
  const onLease = new Set(['1', '2', '3'])
  const priors = new Map([['redirect' as const, { succeeded: 40, failed: 1 }]])
  const order = ['1', '2', '3']
  expect(tried({ onLease, order: [...order, '4'] }, { priors })).toEqual(['profile redirect 1', 'redirect redirect 2', 'proxy proxy 4'])
  expect(tried({ onLease, order }, { priors })).toEqual(['profile redirect 1', 'redirect redirect 2', 'proxy proxy 3'])
  // There is the source to stay with.
  expect(tried({ onLease, order, goesOn: false }, { priors })).toEqual(['profile redirect 1', 'redirect redirect 2'])
  // One failed before this ladder already.
  const own = new Map([['redirect' as const, { ...NO_TALLY, tries: 1, failedInRow: 1 }]])
  expect(tried({ onLease, order: [...order, '4'] }, { priors, own })).toEqual(['profile redirect 1', 'proxy proxy 4'])
})

test('[BALANCE-42] a newcomer that took the last of a line before it heard of that leaves it once', () => {
  const free = ask([1, 2, 3])
  const shown = new Map([[SOURCE, 1]])
  const begun = look(NO_CLIMBS, free, 0, shown).next
  const crowded = ask([2, 3, 1], { crowded: new Set([1]) })
  const moves = stepClimbs(
    begun,
    { kind: 'sources', asks: new Map([[SOURCE, crowded]]), attempts: new Map([[SOURCE, attempts.slice(1)]]), shown },
    200,
  )
  expect(askedFor(moves.next, SOURCE)[0]).toBe(2)
  // Nothing came there: who brought it is asked again before anybody else, and is not left a second time.
  const back = stepClimbs(moves.next, { kind: 'tick' }, 200 + FIRST_PICTURE_MS)
  expect(askedFor(back.next, SOURCE)[0]).toBe(1)
  expect(dueSources(back.next, new Map([[SOURCE, crowded]]))).toEqual(new Map())
})

test('[BALANCE-32] where the plan brings nothing, who brought it is asked again before anybody else', () => {
  const before = look(NO_CLIMBS, ask([1, 2, 3]), 0, new Map([[SOURCE, 3]])).next
  const planned = ask([1, 2, 3], { planned: 1 })
  const step = look(before, planned, 1_000, new Map([[SOURCE, 3]]))
  expect(askedFor(step.next, SOURCE)).toEqual([])
  const back = stepClimbs(step.next, { kind: 'tick' }, 1_000 + FIRST_PICTURE_MS)
  expect(askedFor(back.next, SOURCE)[0]).toBe(3)
  expect(back.notes.map(({ attempt, outcome }) => [attempt.technique, attempt.reflector, outcome.kind])).toEqual([
    ['redirect', '1', 'failed'],
    ['proxy', '3', 'worked'],
  ])
})

test('[BALANCE-30] who has a link to the source stays with it when nothing else works', () => {
  let step = look(NO_CLIMBS, ask([1, 2, 3], { isLinked: true }))
  expect(askedFor(step.next, SOURCE)[0]).toBe(1)
  for (const nowMs of [1_500, 3_500, 6_000]) step = stepClimbs(step.next, { kind: 'tick' }, nowMs)
  expect([askedFor(step.next, SOURCE), step.hasChanged]).toEqual([[], true])
  const want = { source: SOURCE, layer: 'main' as const, maxTemporal: 2, isShown: true, parent: SOURCE, standby: undefined }
  const route = (forwarders: readonly MediaId[]) =>
    askForwarders([want], { reachable: new Set([SOURCE, 1]), forwardersFor: () => forwarders, takesRedirects: true })
  expect(route([])).toEqual([want])
  expect(route([1])).toEqual([{ ...want, parent: 1, standby: SOURCE }])
})

test('[BALANCE-30] of a source that is full those are asked who have its picture by the plan', () => {
  const edges: [number, number][] = [
    [3, 2],
    [4, 2],
  ]
  const streams = [{ source: SOURCE, layer: 'main' as const, edges, without: [], reason: '' }]
  const reach = { direct: new Set([SOURCE, 2, 3, 7]), sees: new Map() }
  expect(carriersOf({ t: 'plan', term: 1, number: 1, streams }, 1, SOURCE, reach)).toEqual([2, 3])
  expect(carriersOf(undefined, 1, SOURCE, reach)).toEqual([])
})

test('[BALANCE-34] what was asked, why, and what came of it reads as sentences', () => {
  const attempt: Attempt = { rung: 'profile', technique: 'proxy', reflector: '1' }
  const { choice } = waysToSource(NOTHING, terms())
  expect([
    explainWay({ kind: 'asks', source: SOURCE, attempt }, choice),
    explainWay({ kind: 'asks', source: SOURCE, attempt: { ...attempt, technique: 'redirect' } }),
    explainWay({ kind: 'came', source: SOURCE, attempt: { ...attempt, technique: 'turn', reflector: '9' } }),
    explainWay({ kind: 'stays', source: SOURCE }),
  ]).toEqual([
    '#9’s picture: #1 is asked, who has ways to both; nothing is known of this kind of device',
    '#9’s picture: #1 is asked, who passes on for this call; the one before is late',
    '#9’s picture comes from the straight way, over a server',
    '#9’s picture: nobody else brings it, so it is taken as before',
  ])
})
