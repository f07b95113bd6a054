import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { VisibleTile } from '../../../../src/ports/asterism.ts'
import { TileTeller, visibleTiles } from '../../../../src/ui/call/visible-tiles.ts'
import { ANN, BEN } from '../../../../src/ui/gallery/fixtures/people.ts'

const shown = (height: number) => [{ tab: ANN.tab, view: 'camera' as const, height }]

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('[UI-44] a tile is told in device pixels; a denser screen than twice asks for no more', () => {
  const tiles = [...shown(101.4), { tab: BEN.tab, view: 'screen' as const, height: 400 }]
  expect(visibleTiles(tiles, 1).map(({ heightPx }) => heightPx)).toEqual([101, 400])
  expect(visibleTiles(tiles, 1.5).map(({ heightPx }) => heightPx)).toEqual([152, 600])
  expect(visibleTiles(tiles, 3)).toEqual([
    { tab: ANN.tab, view: 'camera', heightPx: 203 },
    { tab: BEN.tab, view: 'screen', heightPx: 800 },
  ])
})

test('[UI-44] a window being drawn larger is told once, when it rests; what did not change is not told again', () => {
  const told: (readonly VisibleTile[])[] = []
  const teller = new TileTeller((tiles) => told.push(tiles))
  for (let height = 100; height < 200; height += 5) {
    teller.show(visibleTiles(shown(height), 1))
    vi.advanceTimersByTime(16)
  }
  expect(told).toEqual([])
  vi.advanceTimersByTime(200)
  teller.show(visibleTiles(shown(180), 1))
  teller.show(visibleTiles(shown(195), 1))
  vi.advanceTimersByTime(200)
  expect(told).toEqual([visibleTiles(shown(195), 1)])
})

test('[UI-44] the same said over and over does not put it off', () => {
  const told: unknown[] = []
  const teller = new TileTeller((tiles) => told.push(tiles))
  for (let i = 0; i < 10; i++) {
    teller.show(visibleTiles(shown(100), 1))
    vi.advanceTimersByTime(50)
  }
  expect(told).toHaveLength(1)
})

test('[UI-44] nothing is told after the stage is gone', () => {
  const told: unknown[] = []
  const teller = new TileTeller((tiles) => told.push(tiles))
  teller.show(visibleTiles(shown(100), 1))
  teller.stop()
  vi.advanceTimersByTime(1_000)
  expect(told).toEqual([])
})
