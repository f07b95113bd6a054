/**
 * What comes by one hop, for the report to who sends it: how many packets of those sent, and how long the quickest of them
 * stood in queues. The two clocks differ by an unknown amount, so the quickest way of the last half minute counts as empty.
 */
import type { Hop } from '../../src/protocol/media.ts'
import { RecentLeast } from './recent-least.ts'

/** Longer and the drift of the clocks shows, shorter and a queue that stands is taken for the way. */
const BASE_US = 15_000_000

/** No queue holds a packet so long: the other device slept, and its clock perhaps with it. What follows is measured anew. */
const SLEPT_US = 5_000_000

export type Report = { readonly received: number; readonly expected: number; readonly queueMs: number }

export class HopMeter {
  #highest = -1
  #reported = -1
  #received = 0
  /** Against the first packet's, in microseconds; undefined: none since the last report. */
  #quickestUs: number | undefined
  #firstUs: number | undefined
  readonly #base = new RecentLeast(BASE_US)

  arrived({ sequence, sentUs }: Hop, nowUs: number): void {
    this.#received++
    this.#highest = Math.max(this.#highest, sequence)
    const wayUs = (nowUs - sentUs) | 0
    this.#firstUs ??= wayUs
    const againstFirstUs = (wayUs - this.#firstUs) | 0
    this.#quickestUs = Math.min(this.#quickestUs ?? againstFirstUs, againstFirstUs)
    const hasSlept = againstFirstUs - this.#base.least > SLEPT_US
    if (hasSlept) {
      this.#quickestUs = againstFirstUs
      this.#base.beginAnew(againstFirstUs)
    }
    this.#base.note(againstFirstUs, nowUs)
  }

  /** Since the last report; undefined: nothing came. */
  report(): Report | undefined {
    if (this.#quickestUs === undefined) return undefined
    const queueUs = this.#quickestUs - this.#base.least
    const report = { received: this.#received, expected: this.#highest - this.#reported, queueMs: queueUs / 1000 }
    this.#reported = this.#highest
    this.#received = 0
    this.#quickestUs = undefined
    return report
  }
}
