import { describe, expect, test } from 'vitest'
import {
  beginConductor,
  type ConductorEffect,
  type ConductorState,
  type Participant,
  stepConductor,
} from '../../../../../src/core/call/overlay/conduct.ts'
import { isReadyToPlan } from '../../../../../src/core/call/overlay/ready-to-plan.ts'
import { starves } from '../../../../../src/core/call/overlay/starves.ts'
import { CLAIM_STEP_MS, CONDUCTOR_LEASE_MS, FACTS_AGAIN_MS } from '../../../../../src/protocol/limits.ts'
import type { Layer } from '../../../../../src/protocol/media.ts'

const steady = (id: number, sinceMs: number, conducts = 0): Participant => ({ id, sinceMs, conducts, isSteady: true })

function tabOf(id: number, sinceMs: number, isSteady = true) {
  let state: ConductorState = beginConductor({ id, sinceMs, isSteady }, 0)
  const step = (event: Parameters<typeof stepConductor>[1], nowMs: number): readonly ConductorEffect[] => {
    const { next, effects } = stepConductor(state, event, nowMs)
    state = next
    return effects
  }
  return {
    sees: (others: readonly Participant[], nowMs: number) => step({ kind: 'participants', others, self: { id, sinceMs, isSteady } }, nowMs),
    hears: (from: number, term: number, nowMs: number) => step({ kind: 'plan-heard', from, term }, nowMs),
    tick: (nowMs: number, starvedBy?: number) => step({ kind: 'tick', starvedBy }, nowMs),
    get state() {
      return state
    },
  }
}

const FOUR = [steady(2, 20), steady(3, 30), steady(4, 40), steady(5, 50)]

describe('a vacant meeting', () => {
  test('[OVERLAY-14] nobody claims among four', () => {
    const tab = tabOf(1, 10)
    expect([...tab.sees(FOUR.slice(0, 3), 100), ...tab.tick(60_000)]).toEqual([])
  })

  test('[OVERLAY-14] who is longest there claims at once', () => {
    expect(tabOf(1, 10).sees(FOUR, 100)).toEqual([
      { kind: 'claim', term: 1 },
      { kind: 'follow', conductor: 1 },
    ])
  })

  test('[OVERLAY-14] who came third waits for the two before', () => {
    const tab = tabOf(9, 35)
    expect(tab.sees(FOUR, 100)).toEqual([])
    expect(tab.tick(100 + 2 * CLAIM_STEP_MS - 101)).toEqual([])
    expect(tab.tick(100 + 2 * CLAIM_STEP_MS)).toMatchObject([{ kind: 'claim', term: 1 }, {}])
  })

  test('[OVERLAY-14] a hidden tab comes after all that are in use', () => {
    const tab = tabOf(1, 10, false)
    tab.sees(FOUR, 100)
    expect(tab.tick(3 * CLAIM_STEP_MS)).toEqual([])
    expect(tab.tick(100 + 4 * CLAIM_STEP_MS)).toMatchObject([{ kind: 'claim' }, {}])
  })

  test('[OVERLAY-14] a meeting that shrank to three needs no plan any more, one of four keeps it', () => {
    const tab = tabOf(1, 10)
    tab.sees(FOUR, 100)
    expect(tab.sees(FOUR.slice(0, 3), 200)).toEqual([])
    expect(tab.sees(FOUR.slice(0, 2), 300)).toEqual([{ kind: 'resign' }, { kind: 'follow', conductor: undefined }, { kind: 'forget-plan' }])
  })
})

describe('a conducted meeting', () => {
  const conducted = [steady(2, 20, 3), ...FOUR.slice(1)]

  test('[OVERLAY-15] a newcomer follows', () => {
    expect(tabOf(1, 60).sees(conducted, 100)).toEqual([{ kind: 'follow', conductor: 2 }])
  })

  test('[OVERLAY-15] whoever is heard stays, and the best claims a lease after the last word', () => {
    const tab = tabOf(1, 10)
    tab.sees(conducted, 100)
    for (let nowMs = 2_000; nowMs <= 60_000; nowMs += 2_000) expect([...tab.hears(2, 3, nowMs), ...tab.tick(nowMs + 10)]).toEqual([])
    expect(tab.tick(60_000 + CONDUCTOR_LEASE_MS - 1)).toEqual([])
    expect(tab.tick(60_000 + CONDUCTOR_LEASE_MS)).toMatchObject([{ kind: 'claim', term: 4 }, {}])
  })

  test('[OVERLAY-15] presence that is said again is no word of a plan', () => {
    const tab = tabOf(1, 10)
    for (let nowMs = 100; nowMs < CONDUCTOR_LEASE_MS; nowMs += 1_000) tab.sees(conducted, nowMs)
    expect(tab.sees(conducted, 100 + CONDUCTOR_LEASE_MS)).toMatchObject([{ kind: 'claim', term: 4 }, {}])
  })

  test('[OVERLAY-15] one who is gone is followed by the next at once', () => {
    const tab = tabOf(1, 10)
    tab.sees([...conducted, steady(6, 60)], 100)
    expect(tab.sees([...FOUR.slice(1), steady(6, 60)], 200)).toMatchObject([{ kind: 'claim', term: 1 }, {}])
  })

  test('[OVERLAY-15] of two who claimed the higher term holds, of equals the lower id', () => {
    const claimed = (conducts: number, id: number) => {
      const tab = tabOf(4, 10)
      tab.sees([steady(6, 20), steady(7, 30), steady(8, 40), steady(id, 50)], 100)
      return tab.sees([steady(6, 20), steady(7, 30), steady(8, 40), steady(id, 50, conducts)], 200)
    }
    const yields = (id: number) => [{ kind: 'resign' }, { kind: 'follow', conductor: id }]
    expect([claimed(1, 3), claimed(1, 5), claimed(2, 5)]).toEqual([yields(3), [], yields(5)])
  })

  test('[OVERLAY-15] a plan of a higher term counts before the presence that claims it', () => {
    const tab = tabOf(1, 10)
    tab.sees(FOUR, 100)
    expect(tab.hears(3, 2, 200)).toEqual([{ kind: 'resign' }, { kind: 'follow', conductor: 3 }])
    expect(tab.hears(9, 7, 300)).toEqual([])
  })

  test('[OVERLAY-16] the highest number there is ends nothing', () => {
    const tab = tabOf(1, 10)
    expect(tab.sees([steady(2, 20, Number.MAX_SAFE_INTEGER), ...FOUR.slice(1)], 100)).toMatchObject([{ kind: 'claim', term: 1 }, {}])
    const other = tabOf(1, 10)
    other.sees([steady(2, 20, 2 ** 31), ...FOUR.slice(1)], 100)
    expect(other.tick(100 + CONDUCTOR_LEASE_MS)).toMatchObject([{ kind: 'claim', term: 2 ** 31 }, {}])
  })
})

describe('a conductor whose plans keep too much from this tab', () => {
  const HIGHEST = 2 ** 31
  const all = [...FOUR, steady(6, 60)]

  /** Tab 8 follows 4, who claims every term there is and is heard every half second. */
  function starved() {
    const tab = tabOf(8, 10)
    tab.sees(all, 0)
    tab.hears(4, HIGHEST, 0)
    let nowMs = 0
    const until = (endMs: number, starvedBy: (nowMs: number) => number | undefined) => {
      const seen: (readonly [number, ConductorEffect])[] = []
      for (; nowMs < endMs; nowMs += 500)
        seen.push(...[...tab.hears(4, HIGHEST, nowMs), ...tab.tick(nowMs, starvedBy(nowMs))].map((effect) => [nowMs, effect] as const))
      return seen
    }
    return { tab, until }
  }

  test('[OVERLAY-22] is left after ten seconds, and the next claims', () => {
    const { tab, until } = starved()
    expect(until(10_000, () => 4)).toEqual([])
    expect(until(11_000, () => 4)).toEqual([
      [10_000, { kind: 'claim', term: HIGHEST }],
      [10_000, { kind: 'follow', conductor: 8 }],
    ])
    expect(tab.state.following).toBe(8)
  })

  test('[OVERLAY-22] is followed again later, and left at once and for longer', () => {
    const { tab, until } = starved()
    const by = () => (tab.state.following === 4 ? 4 : undefined)
    const followed = until(200_000, by).flatMap(([nowMs, effect]) => (effect.kind === 'follow' ? [[nowMs, effect.conductor]] : []))
    expect(followed).toEqual([
      [10_000, 8],
      [40_000, 4],
      [40_000, 8],
      [100_000, 4],
      [100_000, 8],
    ])
  })

  test('[OVERLAY-22] is not left for a plan that was short for a moment, nor for one of somebody else', () => {
    const { until } = starved()
    expect(until(60_000, (nowMs) => (nowMs % 9_000 === 0 ? undefined : 4))).toEqual([])
    expect(starved().until(60_000, () => 5)).toEqual([])
  })

  test('[OVERLAY-22] is followed where the next one says the same', () => {
    const { tab, until } = starved()
    until(10_500, () => 4)
    const followed = until(120_000, () => tab.state.following).flatMap(([nowMs, effect]) =>
      effect.kind === 'follow' ? [[nowMs, effect.conductor]] : [],
    )
    expect(followed).toEqual([[20_500, 4]])
  })

  test('[OVERLAY-22] keeps voices, screens or small pictures of linked people: full ones are the first that short lines cost', () => {
    const by = (layer: Layer, source = 2, without = [1]) => {
      const streams = [{ source, layer, edges: [], without, reason: '' }]
      return starves({ t: 'plan', term: 1, number: 1, streams }, 1, new Set([2]))
    }
    expect([by('audio'), by('screen-audio'), by('screen'), by('thumb'), by('main')]).toEqual([true, true, true, true, false])
    expect([by('audio', 3), by('audio', 2, [3]), starves(undefined, 1, new Set([2]))]).toEqual([false, false, false])
  })
})

test('[OVERLAY-17] a conductor waits for everybody, and for who tells nothing until that is overdue', () => {
  const at = (told: number[], nowMs: number) => isReadyToPlan([1, 2, 3], new Set(told), 1_000, nowMs)
  expect([at([1, 2], 1_500), at([1, 2, 3], 1_500), at([1, 2], 1_000 + 2 * FACTS_AGAIN_MS)]).toEqual([false, true, true])
})
