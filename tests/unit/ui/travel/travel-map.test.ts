import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CallStats } from '../../../../src/ports/asterism.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { chartTravel, chartTree } from '../../../../src/ui/travel/travel-map.ts'

const ME = 'me' as TabId
const SIZE = { width: 600, height: 400 }
const tabs = (text: string) => [...text] as TabId[]

/** "ab": the picture of a comes from b. Everything a tab hands on goes straight from it to me. */
function statsOf(...ways: string[]): CallStats {
  const streams = ways.map((way) => ({
    tab: way[0] as TabId,
    from: way[1] as TabId,
    layer: 'thumb' as const,
    carrier: 'channel' as const,
    fps: 7,
    kbps: 60,
    delayMs: 9,
    passedTo: 0,
  }))
  return { conductor: undefined, uplinkKbps: 0, streams, hops: [], reasons: [] }
}

const ways = (chart: ReturnType<typeof chartTravel>) => chart.threads.map(({ key, kind }) => `${key} ${kind}`)

test('[UI-46] whose picture comes through another stands behind that one, by a dashed thread', () => {
  const chart = chartTravel(ME, tabs('abcd'), statsOf('aa', 'ba', 'ca', 'dd'), SIZE)
  expect(ways(chart)).toEqual(['a me straight', 'b a through', 'c a through', 'd me straight'])
  const distance = (tab: string) => {
    const star = chart.stars.find((one) => one.tab === tab)
    return Math.hypot(((star?.x ?? 0) - 300) / 300, ((star?.y ?? 0) - 200) / 200)
  }
  expect(distance('a')).toBeLessThan(distance('b'))
  expect(distance('me')).toBe(0)
})

test('[UI-46] two who pass on each other’s pictures both stand inside', () => {
  expect(ways(chartTravel(ME, tabs('abc'), statsOf('ab', 'ba', 'cc'), SIZE))).toEqual([
    'a me straight',
    'a b through',
    'b me straight',
    'b a through',
    'c me straight',
  ])
})

test('[UI-46] where nothing goes there is no thread, and who carried and left is not missed', () => {
  expect(ways(chartTravel(ME, tabs('ab'), statsOf('ax'), SIZE))).toEqual([])
})

test('[UI-46] everybody has one star on the map, and none stands on another', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 28 }), { minLength: 1, maxLength: 29 }), (carriers) => {
      const letters = tabs('abcdefghijklmnopqrstuvwxyzABCDE').slice(0, carriers.length)
      const stats = statsOf(...letters.map((letter, i) => `${letter}${letters[(carriers[i] ?? 0) % letters.length]}`))
      const { stars } = chartTravel(ME, letters, stats, SIZE)
      expect(stars.map(({ tab }) => tab).toSorted()).toEqual([ME, ...letters].toSorted())
      for (const { x, y } of stars) expect([x >= 34 && x <= 566, y >= 34 && y <= 366]).toEqual([true, true])
      expect(new Set(stars.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`)).size).toBe(stars.length)
    }),
    { seed: 46, numRuns: 200 },
  )
})

test('[UI-82] one stream stands on the map on its whole way: to those who pass it on, and from them to the others', () => {
  const { stars } = chartTravel(ME, tabs('abcde'), statsOf('aa', 'bb', 'cc', 'dd', 'ee'), SIZE)
  const way = (to: string, from: string) => ({ to: to as TabId, from: from as TabId })
  const ways = [way('c', 'b'), way('me', 'b'), way('d', 'me'), way('gone', 'b')]
  const threads = chartTree({ tab: 'a' as TabId, layer: 'main', text: '', ways }, stars)
  expect(threads.map(({ key, kind }) => `${key} ${kind}`)).toEqual(['a b straight', 'b c through', 'b me through', 'me d through'])
})
