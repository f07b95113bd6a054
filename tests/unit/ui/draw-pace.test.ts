import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DRAWN_MS, drawPace } from '../../../src/ui/draw-pace.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function begin() {
  const drawn: string[] = []
  const pace = drawPace(() => performance.now())
  const [tiles, header] = [() => void drawn.push('tiles'), () => void drawn.push('header')]
  return { drawn, pace, tiles, header }
}

test('[UI-71] the first change is drawn at once, those that follow together and no later than DRAWN_MS', () => {
  const { drawn, pace, tiles, header } = begin()
  pace.ask(tiles)
  expect(drawn).toEqual(['tiles'])
  for (let n = 0; n < 100; n++) pace.ask(tiles)
  pace.ask(header)
  expect(drawn).toEqual(['tiles'])
  vi.advanceTimersByTime(DRAWN_MS)
  expect(drawn).toEqual(['tiles', 'tiles', 'header'])
  vi.advanceTimersByTime(10 * DRAWN_MS)
  expect(drawn).toHaveLength(3)
})

test('[UI-71] what is no longer looked at is not drawn, and after a rest nothing waits', () => {
  const { drawn, pace, tiles, header } = begin()
  pace.ask(tiles)
  pace.ask(header)
  pace.forget(header)
  vi.advanceTimersByTime(DRAWN_MS)
  expect(drawn).toEqual(['tiles'])
  vi.advanceTimersByTime(DRAWN_MS)
  pace.ask(header)
  expect(drawn).toEqual(['tiles', 'header'])
})
