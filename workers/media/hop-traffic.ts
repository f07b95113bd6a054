/** What goes and comes by one hop, counted: for the reports of both sides, for the choice of its carrier, and for figures. */
import { beginCarrier, type CarrierChoice, chooseCarrier, type Measured } from '../../src/core/call/frames/choose-carrier.ts'
import { beginBudget, budgetOfPipe, stepBudget } from '../../src/core/call/frames/hop-budget.ts'
import { isPipeSlow, stepPace } from '../../src/core/call/frames/pipe-pace.ts'
import { pipeQueueBytes } from '../../src/core/call/frames/pipe-queue.ts'
import { isPipeDead, NO_SILENCE, noteSent, noteSpoke } from '../../src/core/call/frames/pipe-silence.ts'
import { HOP_REPORT_MS } from '../../src/protocol/limits.ts'
import type { Hop } from '../../src/protocol/media.ts'
import type { Carrier, HopFigures } from '../../src/protocol/media-worker.ts'
import { HopMeter, type Report } from './hop-meter.ts'

/** So many reports that did not come, while we sent: nothing arrives any more. */
const REPORTS_MISSED = 3

/** The round trip at its shortest, as the tab knows it, and by how much it is longer now; short until it does. */
export type Way = { readonly rttMs: number; readonly longerMs: number }
export const UNKNOWN_WAY: Way = { rttMs: 0, longerMs: 0 }

export type OwnSide = Pick<Measured, 'hasPipe' | 'isBusy'>

export class HopTraffic {
  way = UNKNOWN_WAY
  readonly #meter = new HopMeter()
  #carrier = beginCarrier()
  #budget = beginBudget()
  #roomKbps: number | undefined
  /** Reports of a pipe that is slower than its path. */
  #slow = 0
  /** Since the other side's last report. */
  #sent = 0
  #sentBytes = 0
  #skipped = 0
  #reportAtMs: number | undefined
  #silence = NO_SILENCE
  /** The next report counts what a dead pipe swallowed. */
  #isPipeLeft = false
  /** Since the last figures. */
  #tally = { sentBytes: 0, receivedBytes: 0, lost: 0, skipped: 0, received: 0, expected: 0 }
  /** By the other side's last report, and when that came. */
  queueMs = 0
  #queueAtMs = 0
  /** Of what came lately, by our own measure. */
  inboundQueueMs = 0

  /** Before anything is sent. */
  begin(first: Carrier): void {
    this.#carrier = beginCarrier(first)
  }

  sent(bytes: number, nowMs: number): void {
    this.#silence = noteSent(this.#silence, bytes, nowMs)
    this.#sent++
    this.#sentBytes += bytes
    this.#tally.sentBytes += bytes
  }

  skipped(): void {
    this.#skipped++
    this.#tally.skipped++
  }

  arrived(hop: Hop, bytes: number, nowMs: number): void {
    this.#meter.arrived(hop, 1000 * nowMs)
    this.#tally.receivedBytes += bytes
  }

  /** The other side said something by the channel that is no report. */
  spoke(nowMs: number): void {
    this.#silence = noteSpoke(this.#silence, nowMs)
  }

  /** What came, for the other side. */
  report(): Report | undefined {
    const report = this.#meter.report()
    this.inboundQueueMs = report?.queueMs ?? 0
    this.#tally.received += report?.received ?? 0
    this.#tally.expected += report?.expected ?? 0
    return report
  }

  /** What the other side says of what we sent, and what follows for the carrier. */
  reported({ received, expected: counted, queueMs }: Report, { hasPipe, isBusy }: OwnSide, nowMs: number): CarrierChoice {
    const expected = this.#isPipeLeft && received > 0 ? received : counted
    const lost = Math.max(0, expected - received)
    this.#tally.lost += lost
    this.queueMs = queueMs
    this.#queueAtMs = nowMs
    const offered = this.#sent + this.#skipped
    const lostPerMille = expected === 0 ? 0 : (1000 * lost) / expected
    const isOnPipe = this.#carrier.carrier === 'pipe'
    this.#slow = isOnPipe ? stepPace(this.#slow, { queueMs, lostPerMille, longerMs: this.way.longerMs }) : 0
    const choice = chooseCarrier(
      this.#carrier,
      {
        lostPerMille,
        queueMs,
        skippedPerMille: offered === 0 ? 0 : (1000 * this.#skipped) / offered,
        hasPipe,
        rttMs: this.way.rttMs,
        isBusy,
        isPipeDead: this.isPipeDead(nowMs),
        isPipeSlow: isPipeSlow(this.#slow),
      },
      nowMs,
    )
    const isDead = choice.diedAfterMs !== undefined
    // What the engine gave its pipe says nothing of the channel.
    if (this.#carrier.carrier === 'pipe' && choice.carrier === 'channel' && !isDead) this.#budget = beginBudget()
    this.#carrier = choice.next
    if (!isDead) this.#weigh({ received, expected, queueMs }, nowMs)
    if (received > 0 || isDead) {
      this.#isPipeLeft = isDead
      this.#silence = NO_SILENCE
    }
    this.#sent = 0
    this.#sentBytes = 0
    this.#skipped = 0
    this.#reportAtMs = nowMs
    return choice
  }

  /** What this hop takes a second, as far as it was tried. */
  get budgetKbps(): number {
    return this.#budget.kbps
  }

  /** The engine measures its pipe better than reports could. */
  setRoom(kbps: number): void {
    this.#roomKbps = kbps
    this.#fillPipe()
  }

  #fillPipe(): void {
    if (this.#carrier.carrier === 'pipe' && this.#roomKbps !== undefined) this.#budget = budgetOfPipe(this.#roomKbps, this.queueMs)
  }

  /** Packets of a hop are of all sizes; half a second of them is even enough. */
  #weigh({ received, expected, queueMs }: Report, nowMs: number): void {
    const seconds = (nowMs - (this.#reportAtMs ?? nowMs)) / 1000
    this.#fillPipe()
    if (seconds <= 0 || this.#sent === 0 || this.#carrier.carrier === 'pipe') return
    const meanBytes = this.#sentBytes / this.#sent
    const lostPerMille = expected === 0 ? 0 : (1000 * Math.max(0, expected - received)) / expected
    const seen = { sentKbps: kbps(this.#sentBytes, seconds), arrivedKbps: kbps(received * meanBytes, seconds), lostPerMille, queueMs }
    this.#budget = stepBudget(this.#budget, seen)
  }

  /** We send, and nobody says that it came. */
  isUnreported(nowMs: number): boolean {
    if (this.#sent === 0) this.#reportAtMs = nowMs
    this.#reportAtMs ??= nowMs
    return nowMs - this.#reportAtMs > REPORTS_MISSED * HOP_REPORT_MS
  }

  /** What it is given does not arrive. */
  isPipeDead(nowMs: number): boolean {
    return this.#carrier.carrier === 'pipe' && isPipeDead(this.#silence, this.#roomKbps, nowMs)
  }

  /** What stands in the pipe. */
  pipeQueueBytes(nowMs: number): number {
    return pipeQueueBytes(this.queueMs, nowMs - this.#queueAtMs)
  }

  get isCongested(): boolean {
    return this.#carrier.isTroubled && this.queueMs > 0
  }

  figures(seconds: number): Omit<HopFigures, 'hop' | 'carrier'> {
    const { sentBytes, receivedBytes, lost, skipped, received, expected } = this.#tally
    this.#tally = { sentBytes: 0, receivedBytes: 0, lost: 0, skipped: 0, received: 0, expected: 0 }
    return {
      sentKbps: kbps(sentBytes, seconds),
      receivedKbps: kbps(receivedBytes, seconds),
      lost,
      queueMs: this.queueMs,
      skipped,
      delivered: expected === 0 ? 1000 : Math.min(1000, Math.round((1000 * received) / expected)),
    }
  }
}

export function kbps(bytes: number, seconds: number): number {
  return Math.round((8 * bytes) / 1000 / seconds)
}
