/** A source, a tab that passes its picture on, and one that shows it, on lines that lose and delay: all decisions together. */
import { expect, test } from 'vitest'
import { beginChild, forwardFrame } from '../../../../../src/core/call/frames/forward-frame.ts'
import { EMPTY_CACHE, keepFrame, replayFrom } from '../../../../../src/core/call/frames/gop-cache.ts'
import { askRefresh, NO_REFRESHES } from '../../../../../src/core/call/frames/merge-refresh.ts'
import { beginOrder, checkOrder, type Step, takeFrame } from '../../../../../src/core/call/frames/order-frames.ts'
import { NO_SEQUENCES } from '../../../../../src/core/call/frames/recent-sequences.ts'
import { beginPattern, nextDependency } from '../../../../../src/core/call/frames/temporal-pattern.ts'
import type { Bytes } from '../../../../../src/protocol/bytes.ts'
import { encodePacket, type FrameHead, parsePacket } from '../../../../../src/protocol/media.ts'
import { type Random, seededRandom } from '../../../../sim/random.ts'

const FRAME_MS = 33
const TICK_MS = 50
const WAY_MS = 30
const PACKET_BYTES = 3_000

/** Everything that happens, by its time. */
class Clock {
  nowMs = 0
  readonly #due: { atMs: number; run: () => void }[] = []

  after(ms: number, run: () => void): void {
    this.#due.push({ atMs: this.nowMs + ms, run })
  }

  runUntil(endMs: number): void {
    for (;;) {
      const next = this.#due.reduce<number>((best, { atMs }, at) => (atMs < (this.#due[best]?.atMs ?? Infinity) ? at : best), 0)
      const one = this.#due[next]
      if (one === undefined || one.atMs > endMs) return
      this.#due.splice(next, 1)
      this.nowMs = one.atMs
      one.run()
    }
  }
}

/** A tab that takes one stream and passes it on to one child, if it has one. */
class Tab {
  readonly shown: { head: FrameHead; atMs: number }[] = []
  #order = beginOrder<Bytes>()
  #cache = EMPTY_CACHE
  #child = beginChild(2)
  #refreshes = NO_REFRESHES
  readonly #clock: Clock
  readonly #askUp: () => void
  readonly #send: ((packet: Bytes) => void) | undefined

  constructor(clock: Clock, askUp: () => void, send?: (packet: Bytes) => void) {
    this.#clock = clock
    this.#askUp = askUp
    this.#send = send
    const tick = () => {
      this.#follow(checkOrder(this.#order, clock.nowMs))
      clock.after(TICK_MS, tick)
    }
    clock.after(TICK_MS, tick)
  }

  hear(packet: Bytes): void {
    const head = parsePacket(packet)?.head as FrameHead
    this.#follow(takeFrame(this.#order, { head, payload: packet }, this.#clock.nowMs))
  }

  /** The child lost its picture. */
  repeat(): void {
    this.#child = { ...this.#child, sent: NO_SEQUENCES }
    this.#replay()
  }

  #follow({ next, ready, needsKey }: Step<Bytes>): void {
    this.#order = next
    for (const { head, payload } of ready) {
      this.shown.push({ head, atMs: this.#clock.nowMs })
      this.#cache = keepFrame(this.#cache, head, payload, this.#clock.nowMs)
      if (this.#offer(head, payload)) this.#replay()
    }
    if (needsKey) this.#ask()
  }

  #offer(head: FrameHead, packet: Bytes): boolean {
    const { next, isSent, needsReplay } = forwardFrame(this.#child, head, packet.byteLength, 0)
    this.#child = next
    if (isSent) this.#send?.(packet)
    return needsReplay
  }

  #replay(): void {
    const replay = replayFrom(this.#cache, this.#clock.nowMs)
    if (replay.kind === 'ask-source') this.#ask()
    else for (const packet of replay.packets) this.#offer(parsePacket(packet)?.head as FrameHead, packet)
  }

  #ask(): void {
    const { next, isSent } = askRefresh(this.#refreshes, 'main', this.#clock.nowMs)
    this.#refreshes = next
    if (isSent) this.#askUp()
  }
}

type Loses = (nowMs: number, random: Random) => boolean

function play(seconds: number, loses: Loses, seed: number) {
  const clock = new Clock()
  const random = seededRandom(seed)
  const line = (deliver: (packet: Bytes) => void) => (packet: Bytes) => {
    if (!loses(clock.nowMs, random)) clock.after(WAY_MS + 20 * random.next(), () => deliver(packet))
  }
  let isKeyDue = true
  let keys = 0
  const leaf = new Tab(clock, () => clock.after(WAY_MS, () => carrier.repeat()))
  const carrier: Tab = new Tab(
    clock,
    () => clock.after(WAY_MS, () => (isKeyDue = true)),
    line((packet) => leaf.hear(packet)),
  )
  const toCarrier = line((packet) => carrier.hear(packet))
  let pattern = beginPattern(0)
  const encode = (frame: number) => {
    const isKey = isKeyDue
    isKeyDue = false
    keys += isKey ? 1 : 0
    const temporal = isKey ? 0 : ([0, 2, 1, 2][frame % 4] as number)
    const { next, dependsOn } = nextDependency(pattern, { isKey, temporal })
    toCarrier(
      encodePacket(
        { source: 1, layer: 'main', isKey, temporal, dependsOn, sequence: pattern.count, capturedMs: clock.nowMs },
        new Uint8Array(PACKET_BYTES),
      ),
    )
    pattern = next
    clock.after(FRAME_MS, () => encode(frame + 1))
  }
  encode(0)
  clock.runUntil(seconds * 1000)
  return { shown: leaf.shown, keys }
}

function gapsOf(shown: readonly { atMs: number }[], fromMs: number): readonly number[] {
  const times = [fromMs, ...shown.map(({ atMs }) => atMs).filter((atMs) => atMs > fromMs)]
  return times.slice(1).map((atMs, at) => atMs - (times[at] as number))
}

const SEEDS = [1, 2, 3, 4, 5, 6]

test('[FRAME-25] on clean lines every frame comes over two hops, and one key frame is made', () => {
  const { shown, keys } = play(10, () => false, 1)
  expect(shown.length).toBeGreaterThanOrEqual(Math.floor(9_800 / FRAME_MS))
  expect(keys).toBe(1)
})

test('[FRAME-25] after a second in which nothing came the picture goes on within half a second', () => {
  for (const seed of SEEDS) {
    const { shown, keys } = play(12, (nowMs) => nowMs > 6_000 && nowMs < 7_000, seed)
    expect(shown.filter(({ atMs }) => atMs > 7_000)[0]?.atMs).toBeLessThan(7_500)
    expect(keys).toBeLessThanOrEqual(4)
  }
})

test('[FRAME-25] with a frame of fifty lost on both hops the picture stands still for at most a second', () => {
  for (const seed of SEEDS) {
    const { shown } = play(60, (_, random) => random.chance(0.02), seed)
    expect(Math.max(...gapsOf(shown, 1_000))).toBeLessThanOrEqual(1_000)
    expect(shown.length).toBeGreaterThan((0.75 * 60_000) / FRAME_MS)
  }
})
