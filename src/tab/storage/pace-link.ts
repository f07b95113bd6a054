/** Holds the bulk bytes of one link to its pace, and opens and closes its lanes: carries out two judgements of the core. */
import { type Bucket, baseRttOf, paceStep, rateNow, startPace, takeFrom } from '../../core/storage/bulk-pace.ts'
import { judgeLanes } from '../../core/storage/lanes.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link } from '../../ports/link.ts'

/** Bytes that come with longer gaps than this are not one transfer. */
const PAUSE_MS = 1_000

export class PaceLink {
  readonly #link: Link
  readonly #clock: Clock
  readonly #isCallRunning: () => boolean
  #pace
  #bucket: Bucket
  #sentBytes = 0
  #rttMs: number | undefined
  #busySinceMs: number | undefined
  #activeAtMs: number
  #openedAtMs = Number.NEGATIVE_INFINITY

  constructor(link: Link, clock: Clock, isCallRunning: () => boolean) {
    this.#link = link
    this.#clock = clock
    this.#isCallRunning = isCallRunning
    const nowMs = clock.monotonicMs()
    this.#pace = startPace(nowMs)
    this.#bucket = { bytes: 0, atMs: nowMs }
    this.#activeAtMs = nowMs
  }

  take(bytes: number): Promise<void> | undefined {
    const nowMs = this.#clock.monotonicMs()
    this.#sentBytes += bytes
    this.#activeAtMs = nowMs
    const { next, waitMs } = takeFrom(this.#bucket, bytes, rateNow(this.#pace, this.#isCallRunning()), nowMs)
    this.#bucket = next
    return waitMs < 1 ? undefined : new Promise((resolve) => this.#clock.after(waitMs, resolve))
  }

  arrived(): void {
    const nowMs = this.#clock.monotonicMs()
    if (this.#busySinceMs === undefined || nowMs - this.#activeAtMs > PAUSE_MS) this.#busySinceMs = nowMs
    this.#activeAtMs = nowMs
  }

  /** The link changed; perhaps a round trip was measured. */
  look(): void {
    const { rttMs } = this.#link
    if (rttMs === undefined || rttMs === this.#rttMs) return
    this.#rttMs = rttMs
    const nowMs = this.#clock.monotonicMs()
    const isCallRunning = this.#isCallRunning()
    this.#pace = paceStep(this.#pace, { rttMs, sentBytes: this.#sentBytes, isCallRunning }, nowMs)
    this.#judgeLanes(nowMs, isCallRunning)
  }

  #judgeLanes(nowMs: number, isCallRunning: boolean): void {
    const { lanes } = this.#link
    const idleMs = nowMs - this.#activeAtMs
    const busyMs = this.#busySinceMs === undefined || idleMs > PAUSE_MS ? 0 : nowMs - this.#busySinceMs
    const sinceOpenedMs = nowMs - this.#openedAtMs
    const verdict = judgeLanes({ lanes: lanes.length, baseRttMs: baseRttOf(this.#pace), busyMs, idleMs, sinceOpenedMs, isCallRunning })
    if (verdict === 'open') {
      this.#openedAtMs = nowMs
      this.#link.openLane()
    }
    if (verdict === 'close') for (const lane of lanes) if (lane > 0) this.#link.closeLane(lane)
  }
}
