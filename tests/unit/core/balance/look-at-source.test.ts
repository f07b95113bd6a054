import { expect, test } from 'vitest'
import type { Attempt } from '../../../../src/core/balance/ladder.ts'
import { lookAtSource, NOWHERE, type Surroundings, waysOf } from '../../../../src/core/balance/look-at-source.ts'
import { NO_TALLY } from '../../../../src/core/balance/tally.ts'
import { DRAWS } from '../../../../src/core/balance/ways-to-source.ts'

const [SELF, SOURCE] = [5, 9]
/** 1 to 4 reach the source, which this tab does not; 1, 2 and 3 pass on for all. */
const AROUND: Surroundings = {
  plan: undefined,
  self: SELF,
  reach: { direct: new Set([1, 2, 3, 4]), sees: new Map([[SOURCE, new Set([1, 2, 3, 4])]]) },
  places: { ...NOWHERE, points: [{ isInside: false, reflectors: [1, 2, 3].map((id): [number, number] => [id, 0]) }] },
  hinted: new Set(),
  takesRedirects: true,
  memberOf: (id) => ({ isLinked: true, isByServer: false, rttMs: 10 * id, isBlocked: false, composes: 0 }),
}
const redirect = (reflector: string): Attempt => ({ rung: 'profile', technique: 'redirect', reflector })

test('[BALANCE-41] two redirects in vain are enough, also when the first was in another ladder', () => {
  const next = (tried: readonly Attempt[], failedInRow: number) => {
    const looked = lookAtSource(SOURCE, AROUND)
    const own = new Map([
      ['redirect' as const, { ...NO_TALLY, tries: 9 + failedInRow, successes: 9, failedInRow }],
      ['proxy' as const, { ...NO_TALLY, tries: 9, successes: 1 }],
    ])
    const terms = { own, priors: new Map(), nowMs: 0, draws: Array<number>(DRAWS).fill(0.5) }
    const [first] = looked === undefined ? [] : waysOf(SOURCE, looked, tried, AROUND, terms).attempts
    return `${first?.technique} ${first?.reflector}`
  }
  expect([next([], 0), next([], 1)]).toEqual(['redirect 1', 'redirect 1'])
  expect([next([redirect('1')], 0), next([redirect('1')], 1)]).toEqual(['redirect 2', 'proxy 4'])
  expect(next([redirect('1'), redirect('2')], 0)).toBe('proxy 4')
})

test('[BALANCE-42] a newcomer is told who is full among those it may ask; who is in a plan stays', () => {
  const places = { ...AROUND.places, points: [{ isInside: false, reflectors: [[1, 100] as [number, number]] }] }
  const crowdedAt = (isPlanned: boolean) => [...(lookAtSource(SOURCE, { ...AROUND, places: { ...places, isPlanned } })?.ask.crowded ?? [])]
  expect([crowdedAt(false), crowdedAt(true)]).toEqual([[1], []])
})
