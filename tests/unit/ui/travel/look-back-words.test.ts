import { expect, test } from 'vitest'
import { POLICY_NAMES } from '../../../../src/core/replay/policy-names.ts'
import type { Figures, PolicyName, PolicyReplay, Replay } from '../../../../src/ports/asterism.ts'
import { ANN, inCall, ME } from '../../../../src/ui/gallery/fixtures/people.ts'
import { lookBackRows, lookBackSentence, otherwise } from '../../../../src/ui/travel/look-back-words.ts'

const FIGURES: Figures = {
  wanted: 200,
  wellCome: 200,
  late: 0,
  small: 0,
  missing: 0,
  delayMs: 21.6,
  slowestMs: 80,
  passed: 12,
  moved: 0,
  overfull: 0,
  fullest: 0.961,
}

const replayed = (policy: PolicyName, change: Partial<PolicyReplay> = {}): PolicyReplay => ({
  policy,
  figures: FIGURES,
  differing: 0,
  differences: [],
  ...change,
})

const replayOf = (changes: Partial<Record<PolicyName, Partial<PolicyReplay>>>, more: Partial<Replay> = {}): Replay => ({
  rounds: 14,
  lastedMs: 361_000,
  people: 9,
  logged: FIGURES,
  policies: POLICY_NAMES.map((policy) => replayed(policy, changes[policy])),
  ...more,
})

test('[UI-83] each way of planning has a row beside ours, which comes first; ours is planned again only where this version would differ', () => {
  const late = {
    differing: 3,
    figures: { ...FIGURES, wellCome: 118, late: 80, small: 1, missing: 1, moved: 24, fullest: 12.4, delayMs: 0.2 },
  }
  const rows = lookBackRows(replayOf({ nearest: late }))
  expect(rows.map(({ name, isOurs }) => [name, isOurs])).toEqual([
    ['As it was planned', true],
    ['To the nearest', false],
    ['In turn', false],
    ['By lot', false],
    ['All through one', false],
    ['Everybody straight', false],
  ])
  expect(rows[0]).toMatchObject({ inTime: 'all', late: 'none', missing: 'none', delay: '22 ms' })
  expect(rows[0]?.about).toBe('This is what was done. The fullest line was asked for 96 % of what it carries; nothing changed its way.')
  expect(rows[1]).toMatchObject({ inTime: '59 %', late: '40 %', missing: 'under 1 %', delay: '1 ms' })
  expect(rows[1]?.about).toMatch(
    /it\. Small instead of large: under 1 %\. The fullest line was asked for 12 times what it carries; 24 streams changed their way\.$/,
  )
  expect(lookBackRows(replayOf({ ours: { differing: 1 } }))[1]).toMatchObject({ name: 'As this version plans', isOurs: true })
})

test('[UI-83] "all" and "none" are said only of all and of none', () => {
  const inTime = (wellCome: number) => lookBackRows(replayOf({}, { logged: { ...FIGURES, wanted: 10_000, wellCome } }))[0]?.inTime
  expect([10_000, 9_999, 5_000, 1, 0].map(inTime)).toEqual(['all', '99 %', '50 %', 'under 1 %', 'none'])
})

test('[UI-83] what it was made of is a sentence, and so is that nothing would have been otherwise', () => {
  const differs = replayOf({ mesh: { differing: 2 } })
  expect(lookBackSentence(differs)).toBe(
    '14 plans in 6 minutes, for 9 people at most. What others would have brought is reckoned with what was measured then.',
  )
  expect(lookBackSentence(replayOf({}, { rounds: 1, lastedMs: 0, people: 2, logged: { ...FIGURES, passed: 0 } }))).toBe(
    'One plan, for 2 people: every line had room for everything to go straight, and each way of planning would have done the same.',
  )
  // Of those that are shown: what only who changes the planner asks for is nobody else's.
  expect(lookBackSentence(replayOf({ trusting: { differing: 1 } }, { lastedMs: 20_000 }))).toBe(
    '14 plans within a minute, for 9 people at most: each way of planning would have done the same.',
  )
})

test('[UI-83] the first plans that differ are told with both reasons; who is not here is numbered', () => {
  const difference = (atMs: number, of: string) => ({
    atMs,
    of,
    layer: 'main' as const,
    logged: `8 people want it; ${ANN.tab} and #77 pass it on`,
    replayed: `its sender sends 2 copies; the nearest who has it passes it on: ${ME.tab} and #12`,
  })
  const differences = [difference(0, ANN.tab), difference(24_400, '#12'), difference(600_000, ME.tab), difference(700_000, '#77')]
  expect(otherwise(replayOf({ nearest: { differing: 40, differences } }), [ME, inCall(ANN)])).toEqual([
    {
      key: 'nearest',
      name: 'To the nearest',
      count: '40 streams',
      sentences: [
        ['At the first plan, large picture of Ann Fischer'],
        ['After 24 s, large picture of person 2'],
        ['After 10 minutes, large picture of this tab'],
      ].map(([what]) => ({
        what,
        logged: '8 people want it; Ann Fischer and person 1 pass it on.',
        replayed: 'Its sender sends 2 copies; the nearest who has it passes it on: this tab and person 2.',
      })),
    },
  ])
})
