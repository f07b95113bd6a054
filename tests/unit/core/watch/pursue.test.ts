import { expect, test } from 'vitest'
import { type Aim, BEGINNING, type Player, type Pursuit, pursue } from '../../../../src/core/watch/pursue.ts'
import { seededRandom } from '../../../sim/random.ts'

const AIM: Aim = { positionMs: 60_000, isPlaying: true, rate: 1 }
const HERE: Player = { positionMs: 60_000, isSeeking: false, canPlay: true, durationMs: 600_000 }
const step = (player: Partial<Player>, aim: Partial<Aim> = {}, pursuit: Pursuit = BEGINNING) =>
  pursue(pursuit, { ...AIM, ...aim }, { ...HERE, ...player }, 0)

test('[WATCH-5] far off it seeks ahead, near by it is nudged, within tolerance it is left alone', () => {
  expect(step({ positionMs: 50_000 })).toMatchObject({ seekToMs: 60_000 + BEGINNING.leadMs, rate: 1, isPlaying: true })
  expect(step({ positionMs: 59_850 })).toMatchObject({ seekToMs: undefined, rate: 1.1 })
  expect(step({ positionMs: 60_060 })).toMatchObject({ seekToMs: undefined, rate: 0.96 })
  expect(step({ positionMs: 59_980 })).toMatchObject({ seekToMs: undefined, rate: 1 })
  expect(step({ positionMs: 59_850 }, { rate: 2 }).rate).toBeCloseTo(2.1)
})

test('[WATCH-5] a paused show stands exactly where it was paused, and a player that cannot stand there seeks once', () => {
  const first = step({ positionMs: 60_040 }, { isPlaying: false })
  expect(first).toMatchObject({ isPlaying: false, seekToMs: 60_000 })
  expect(step({ positionMs: 60_040 }, { isPlaying: false }, first.next).seekToMs).toBeUndefined()
  expect(step({ positionMs: 60_040 }, { isPlaying: false, positionMs: 61_000 }, first.next).seekToMs).toBe(61_000)
  expect(step({ positionMs: 60_010 }, { isPlaying: false }).seekToMs).toBeUndefined()
})

test('[WATCH-5] after its end it stands on the last picture', () => {
  expect(step({ positionMs: 599_900 }, { positionMs: 900_000 })).toMatchObject({ isPlaying: false, seekToMs: 600_000 })
  expect(step({ positionMs: 600_000 }, { positionMs: 900_000 })).toMatchObject({ isPlaying: false, seekToMs: undefined })
  expect(step({ durationMs: undefined }, { positionMs: 60_010 }).isPlaying).toBe(true)
})

test('[WATCH-6] a player that waits for data is let wait, unless the show was moved meanwhile', () => {
  const sought = step({ positionMs: 0 }).next
  expect(pursue(sought, { ...AIM, positionMs: 63_000 }, { ...HERE, isSeeking: true }, 3_000).seekToMs).toBeUndefined()
  expect(pursue(sought, { ...AIM, positionMs: 200_000 }, { ...HERE, isSeeking: true }, 3_000).seekToMs).toBeDefined()
  expect(step({ positionMs: 60_000, canPlay: false }).seekToMs).toBeUndefined()
})

/** A player whose seeks take a while, whose clock runs a little wrong, and that is looked at with jitter. */
function watch(seed: number, seekMs: () => number, isStalled: (ms: number) => boolean = () => false, moves: readonly number[] = []) {
  const random = seededRandom(seed)
  const speed = 1 + (random.next() - 0.5) * 4e-4
  let [at, rate, plays, readyAt, to] = [0, 1, false, 0, 0]
  let offsetMs = random.between(0, 100_000)
  let pursuit = BEGINNING
  const log = { missedMs: [] as number[], seeks: [] as number[], rates: 0, turns: 0 }
  let [lastSign, lookAt] = [0, 0]
  for (let ms = 0; ms < 60_000; ms += 5) {
    if (moves.includes(ms)) offsetMs += random.between(5_000, 50_000)
    const isSeeking = ms < readyAt
    if (!isSeeking && to !== 0) [at, to] = [to, 0]
    const stalled = isStalled(ms)
    if (plays && !isSeeking && !stalled) at += 5 * rate * speed
    if (ms < lookAt) continue
    lookAt = ms + 100 + random.between(0, 30)
    const jitterMs = random.between(-6, 6)
    const aim = { positionMs: offsetMs + ms, isPlaying: true, rate: 1 }
    const player = { positionMs: (to || at) + jitterMs, isSeeking, canPlay: !isSeeking && !stalled, durationMs: undefined }
    const next = pursue(pursuit, aim, player, ms)
    pursuit = next.next
    if (next.rate !== rate) log.rates++
    const sign = Math.sign(next.rate - 1)
    if (sign !== 0 && sign !== lastSign) [log.turns, lastSign] = [log.turns + 1, sign]
    ;[rate, plays] = [next.rate, next.isPlaying]
    if (next.seekToMs !== undefined) {
      log.seeks.push(ms)
      ;[to, readyAt] = [next.seekToMs, ms + seekMs()]
    } else if (!isSeeking) log.missedMs.push(Math.abs(aim.positionMs - at))
  }
  return log
}

test('[WATCH-6] with any jitter it comes to its place and stays there, without swinging', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed + 1_000)
    const { missedMs, seeks, rates, turns } = watch(seed, () => random.between(20, 500))
    const settled = missedMs.slice(80).sort((a, b) => a - b)
    expect(settled[Math.floor(settled.length * 0.95)]).toBeLessThan(32)
    expect(seeks.length).toBeLessThanOrEqual(3)
    expect(turns).toBeLessThanOrEqual(14)
    expect(rates).toBeLessThanOrEqual(60)
  }
})

test('[WATCH-6] what seeks cost is learned: moved again and again, it lands close', () => {
  const moves = [10_000, 20_000, 30_000, 40_000, 50_000]
  const { missedMs, seeks } = watch(7, () => 700, undefined, moves)
  expect(seeks.length).toBeLessThanOrEqual(moves.length + 2)
  const late = missedMs.slice(-80)
  expect(Math.max(...late)).toBeLessThan(60)
})

test('[WATCH-6] a player whose every seek misses seeks seldom, and again at once when the show was moved', () => {
  const random = seededRandom(3)
  const { seeks } = watch(5, () => (random.chance(0.5) ? 100 : 3_000), undefined)
  expect(seeks.length).toBeLessThan(16)
  const stalled = watch(
    9,
    () => 100,
    (ms) => ms > 20_000 && ms < 26_000,
  )
  expect(stalled.seeks.length).toBeLessThanOrEqual(3)
  expect(Math.max(...stalled.missedMs.slice(-200))).toBeLessThan(60)
})
