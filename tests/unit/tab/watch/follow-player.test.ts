import { expect, test } from 'vitest'
import { followPlayer } from '../../../../src/tab/watch/follow-player.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

/** As much of a media element as a browser has one do: it plays by the clock, and refuses sound as it is told. */
class Player extends EventTarget {
  readonly HAVE_METADATA = 1
  readonly HAVE_CURRENT_DATA = 2
  readonly HAVE_FUTURE_DATA = 3
  readyState = 4
  seeking = false
  duration = 600
  muted = false
  paused = true
  error: unknown = null
  refusesSound = false
  readonly #clock: ManualClock
  #from = { atMs: 0, position: 0 }
  #rate = 1

  constructor(clock: ManualClock) {
    super()
    this.#clock = clock
  }

  get currentTime(): number {
    const { atMs, position } = this.#from
    return this.paused ? position : position + ((this.#clock.nowMs() - atMs) / 1_000) * this.#rate
  }
  set currentTime(position: number) {
    this.#from = { atMs: this.#clock.nowMs(), position }
  }

  get playbackRate(): number {
    return this.#rate
  }
  set playbackRate(rate: number) {
    this.#stay()
    this.#rate = rate
  }

  async play(): Promise<void> {
    if (this.refusesSound && !this.muted) throw new DOMException('not touched yet', 'NotAllowedError')
    this.#stay()
    this.paused = false
  }
  pause(): void {
    this.#stay()
    this.paused = true
  }

  #stay(): void {
    this.#from = { atMs: this.#clock.nowMs(), position: this.currentTime }
  }
}

function following(prepare: (player: Player) => void = () => {}) {
  const clock = new ManualClock()
  const player = new Player(clock)
  prepare(player)
  const show = { fromMs: 60_000, isPlaying: true, isMuted: false, isKnown: true }
  const follower = followPlayer(player as unknown as HTMLMediaElement, {
    aim: () =>
      show.isKnown
        ? { positionMs: show.fromMs + (show.isPlaying ? clock.nowMs() : 0), isPlaying: show.isPlaying, rate: 1, isMuted: show.isMuted }
        : undefined,
    clock,
    watch: () => () => {},
  })
  const run = async (ms: number) => {
    for (let at = 0; at < ms; at += 50) {
      clock.advance(50)
      await Promise.resolve()
      await Promise.resolve()
    }
  }
  const missingMs = () => Math.abs(show.fromMs + (show.isPlaying ? clock.nowMs() : 0) - player.currentTime * 1_000)
  return { player, follower, show, run, missingMs }
}

test('[WATCH-5] a player goes to its place, stands when the show does, and stays silent while that is muted', async () => {
  const { player, follower, show, run, missingMs } = following()
  await run(4_000)
  expect([follower.state, player.paused, missingMs() < 30]).toEqual(['following', false, true])
  show.isMuted = true
  await run(200)
  expect(player.muted).toBe(true)
  Object.assign(show, { isPlaying: false, fromMs: 90_000, isMuted: false })
  await run(200)
  expect([player.paused, player.muted, player.currentTime]).toEqual([true, false, 90])
  follower.stop()
  Object.assign(show, { fromMs: 10_000 })
  await run(500)
  expect(player.currentTime).toBe(90)
})

test('[WATCH-11] a player whose sound the browser refuses plays on without it, in its place, until a press', async () => {
  const { player, follower, run, missingMs } = following((player) => {
    player.refusesSound = true
  })
  const told: string[] = []
  follower.subscribe(() => told.push(follower.state))
  await run(4_000)
  expect([follower.state, player.muted, player.paused, missingMs() < 30]).toEqual(['silenced', true, false, true])
  player.refusesSound = false
  follower.hear()
  await run(300)
  expect([follower.state, player.muted, player.paused]).toEqual(['following', false, false])
  expect(told.at(-1)).toBe('following')
})

test('[WATCH-11] a player that cannot play says so, and one that does not know its place waits', async () => {
  const broken = following((player) => {
    player.error = { code: 4 }
  })
  expect(broken.follower.state).toBe('failed')
  const { player, follower, show, run } = following()
  await run(1_000)
  show.isKnown = false
  await run(200)
  expect([follower.state, player.paused]).toEqual(['waiting', true])
})
