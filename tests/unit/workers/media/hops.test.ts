import './engine-fixture.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import { encodeControl, encodePacket, type FrameHead, type HopControl, parsePacket } from '../../../../src/protocol/media.ts'
import type { MediaNews } from '../../../../src/protocol/media-worker.ts'
import type { Hop } from '../../../../workers/media/hop.ts'
import { HopMeter } from '../../../../workers/media/hop-meter.ts'
import { Hops } from '../../../../workers/media/hops.ts'
import { Envelope, PipeWriter } from '../../../../workers/media/pipe.ts'

const TICK_MS = 50
const OTHER = 2
const HEAD: FrameHead = { source: 1, layer: 'main', isKey: true, temporal: 0, dependsOn: 0, sequence: 1, capturedMs: 0 }

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

/** One hop whose other side wants a picture and says so each second. A path so long that the pipe is wanted from the start. */
function sending() {
  const news: { readonly t: MediaNews['t']; readonly atMs: number }[] = []
  const meter = new HopMeter()
  const arrives = (bytes: Bytes) => {
    const packet = parsePacket(bytes)
    if (packet !== undefined) meter.arrived(packet.hop, 1_000 * performance.now())
  }
  let hearsPipe = false
  const byPipe: number[] = []
  let hop: Hop | undefined
  let passedMs = 0
  const hops = new Hops({
    news: ({ t }) => news.push({ t, atMs: passedMs }),
    opened: (one) => {
      hop = one
    },
    gone: () => {},
    packet: () => {},
    control: () => {},
    linesHeard: () => [],
    linesTold: () => {},
    failed: (cause) => {
      throw cause
    },
  })
  const channel = Object.assign(new EventTarget(), {
    readyState: 'open',
    bufferedAmount: 0,
    send: (bytes: Bytes) => arrives(bytes),
    close: () => {},
  })
  hops.open(OTHER, channel as unknown as RTCDataChannel, 'channel')
  hops.setWay(OTHER, { rttMs: 40, longerMs: 0 })
  const say = (control: HopControl) => channel.dispatchEvent(Object.assign(new Event('message'), { data: encodeControl(control).buffer }))
  const givePipe = () => {
    const envelope = new Envelope()
    envelope.frame = {} as RTCEncodedVideoFrame
    const writable = new WritableStream<RTCEncodedVideoFrame>({
      write({ data }) {
        byPipe.push(passedMs)
        if (hearsPipe) arrives(new Uint8Array(data))
      },
    })
    hops.setPipe(OTHER, new PipeWriter({ readable: new ReadableStream(), writable }, envelope))
  }
  /** The other side hears of what is sent by the channel, and of the pipe what it is said to; and it speaks, unless it is away. */
  const pass = async (ms: number, { isPipeHeard = false, isAway = false } = {}) => {
    hearsPipe = isPipeHeard
    for (const untilMs = passedMs + ms; passedMs < untilMs; passedMs += TICK_MS) {
      vi.advanceTimersByTime(TICK_MS)
      hop?.send(encodePacket(HEAD, new Uint8Array(2_000)))
      await Promise.resolve()
      const report = !isAway && passedMs % 500 === 0 ? meter.report() : undefined
      if (report !== undefined) say({ kind: 'report', ...report })
      if (!isAway && passedMs % 1_000 === 350) say({ kind: 'subscribe', wanted: [] })
      hops.tick(performance.now(), false)
    }
  }
  return { hops, news, byPipe, givePipe, pass, carrier: () => hop?.carrier, needs: () => news.filter(({ t }) => t === 'need-pipe') }
}

test('[MEDIAWORKER-38] a pipe that swallows what it is given costs a picture three seconds, and another takes its place', async () => {
  const { needs, byPipe, givePipe, pass, carrier } = sending()
  await pass(1_000)
  expect([carrier(), needs().length]).toEqual(['channel', 1])
  givePipe()
  await pass(1_000)
  expect(carrier()).toBe('pipe')
  await pass(2_500)
  expect(carrier()).toBe('channel')
  const swallowed = byPipe.length
  await pass(10_000)
  expect([carrier(), byPipe.length, needs().length]).toEqual(['channel', swallowed, 3])
  givePipe()
  await pass(30_000, { isPipeHeard: true })
  expect(carrier()).toBe('pipe')
  expect(byPipe.length).toBeGreaterThan(swallowed + 500)
  expect(needs().length).toBe(3)
})

test('[MEDIAWORKER-38] an other side of which nothing is heard keeps its pipe', async () => {
  const { byPipe, needs, givePipe, pass, carrier } = sending()
  await pass(1_000)
  givePipe()
  await pass(5_000, { isPipeHeard: true })
  await pass(60_000, { isAway: true })
  await pass(5_000, { isPipeHeard: true })
  expect([carrier(), needs().length]).toEqual(['pipe', 1])
  expect(byPipe.at(-1)).toBeGreaterThan(70_000)
})

test('[MEDIAWORKER-38] what a dead pipe swallowed is no loss of the channel', async () => {
  const { hops, givePipe, pass } = sending()
  await pass(1_000)
  const budgets: number[] = []
  givePipe()
  for (let n = 0; n < 120; n++) {
    await pass(TICK_MS)
    budgets.push(hops.get(OTHER)?.traffic.budgetKbps ?? 0)
  }
  expect(hops.get(OTHER)?.carrier).toBe('channel')
  // What a hop begins with. A report of it as losses would leave 150.
  expect(Math.min(...budgets)).toBeGreaterThanOrEqual(2_500)
})
