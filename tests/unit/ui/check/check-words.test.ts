import { expect, test } from 'vitest'
import type { CheckLine } from '../../../../src/core/check/findings.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { groupsOf } from '../../../../src/ui/check/check-words.ts'

const way = (nth: number): CheckLine => ({
  group: 'network',
  name: `Person ${nth}`,
  result: 'good',
  sentence: 'Straight.',
  tab: `tab ${nth}` as TabId,
})

test('[CHECK-7] who a decision is about has a name on the page, and keeps the number where there is none', () => {
  const sentence = 'Person 1’s picture comes from Person 12, after Person 2 was asked.'
  const lines = [way(1), way(2), way(12), { group: 'learned', name: 'Decided in this call', result: 'good', sentence } as const]
  const names: Readonly<Record<string, string>> = { 'tab 1': 'Ann', 'tab 12': 'Ben $&' }
  const [network, learned] = groupsOf(lines, (tab) => names[tab])
  expect(network?.lines.map(({ name }) => name)).toEqual(['The way to Ann', 'Person 2', 'The way to Ben $&'])
  expect(learned?.lines[0]?.sentence).toBe('Ann’s picture comes from Ben $&, after Person 2 was asked.')
})
