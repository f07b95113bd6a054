import { expect, test } from 'vitest'
import { chooseLarge, type Large, NOBODY_LARGE } from '../../../../src/core/record/choose-large.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { LARGE_AFTER_MS } from '../../../../src/protocol/limits.ts'

const [ANN, BEN, CLEO] = ['ann', 'ben', 'cleo'] as [TabId, TabId, TabId]
const ALL = [ANN, BEN, CLEO]

/** Who is large after each moment. */
function follow(moments: readonly (readonly [atMs: number, speaking: readonly TabId[], present?: readonly TabId[]])[]) {
  let large: Large = NOBODY_LARGE
  return moments.map(([atMs, speaking, present = ALL]) => {
    large = chooseLarge(large, present, speaking, atMs)
    return large.tab
  })
}

test('[RECORD-4] who speaks on becomes large, a cough makes nobody large', () => {
  const after = LARGE_AFTER_MS
  expect(
    follow([
      [0, []],
      [100, [BEN]],
      [500, []],
      [600, [BEN]],
      [600 + after - 1, [BEN]],
      [600 + after, [BEN]],
    ]),
  ).toEqual([ANN, ANN, ANN, ANN, ANN, BEN])
})

test('[RECORD-4] two who talk at once do not take turns, and of two rivals the first counts', () => {
  const late = 10 * LARGE_AFTER_MS
  expect(
    follow([
      [0, [BEN]],
      [100, [BEN, CLEO]],
      [late, [BEN, CLEO]],
    ]),
  ).toEqual([BEN, BEN, BEN])
  expect(
    follow([
      [0, [ANN]],
      [100, [CLEO]],
      [200, [BEN, CLEO]],
      [late, [BEN, CLEO]],
    ]),
  ).toEqual([ANN, ANN, ANN, CLEO])
})

test('[RECORD-4] who leaves makes room at once', () => {
  expect(
    follow([
      [0, [BEN]],
      [10, [CLEO], [ANN, CLEO]],
      [20, [], []],
    ]),
  ).toEqual([BEN, CLEO, undefined])
})

test('[RECORD-26] beside whoever is large stands who was before, whoever coughs meanwhile', () => {
  let large: Large = NOBODY_LARGE
  const seen = ([0, 1, 2] as const).map((turn) => {
    const [speaks, coughs] = [ALL[turn] as TabId, ALL[(turn + 1) % 3] as TabId]
    for (const [atMs, speaking] of [
      [0, [speaks]],
      [LARGE_AFTER_MS, [speaks]],
      [LARGE_AFTER_MS + 1, [coughs]],
      [LARGE_AFTER_MS + 2, []],
    ] as const) {
      large = chooseLarge(large, ALL, speaking, turn * 10 * LARGE_AFTER_MS + atMs)
    }
    return [large.tab, large.former]
  })
  expect(seen).toEqual([
    [ANN, undefined],
    [BEN, ANN],
    [CLEO, BEN],
  ])
})
