/** Asks other tabs for their time while somebody wants to know it, and answers whoever asks. */
import { addSample, type ClockSample, clockOf, nextAskMs, sampleOf } from '../../core/watch/clock-offset.ts'
import type { Clock } from '../../ports/clock.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { From, SideTalk } from '../side/side-talk.ts'

type Asking = { samples: readonly ClockSample[]; asked: number; openUs: number | undefined; cancel: () => void }

export class Clocks {
  readonly #side: Pick<SideTalk, 'tell' | 'onMessage'>
  readonly #clock: Clock
  readonly #asking = new Map<TabId, Asking>()
  readonly #onAnswer: () => void
  /** Where wall clock and even clock met when this was made: the wall clock of this tab, were it never set. */
  readonly #wallMs: number

  constructor(side: Pick<SideTalk, 'tell' | 'onMessage'>, clock: Clock, onAnswer: () => void) {
    this.#side = side
    this.#clock = clock
    this.#onAnswer = onAnswer
    this.#wallMs = clock.nowMs() - clock.monotonicMs()
    side.onMessage((from, message) => {
      if (message.t === 'clock-ask') {
        const cameUs = this.#nowUs()
        side.tell(from.tab, { t: 'clock-answer', askedUs: message.sentUs, cameUs, answeredUs: this.#nowUs() })
      } else if (message.t === 'clock-answer') this.#take(from, message)
    })
  }

  nowMs(): number {
    return this.#wallMs + this.#clock.monotonicMs()
  }

  /** Undefined until it was asked. */
  of(tab: TabId): { readonly aheadMs: number; readonly withinMs: number } | undefined {
    const known = clockOf(this.#asking.get(tab)?.samples ?? [], this.#nowUs())
    return known === undefined ? undefined : { aheadMs: known.aheadUs / 1_000, withinMs: known.withinUs / 1_000 }
  }

  /** These and no others are asked from now on. */
  ask(tabs: readonly TabId[]): void {
    for (const [tab, { cancel }] of this.#asking) {
      if (tabs.includes(tab)) continue
      cancel()
      this.#asking.delete(tab)
    }
    for (const tab of tabs) if (!this.#asking.has(tab)) this.#askAgain(tab, { samples: [], asked: 0, openUs: undefined, cancel: () => {} })
  }

  #askAgain(tab: TabId, asking: Asking): void {
    this.#asking.set(tab, asking)
    asking.openUs = this.#nowUs()
    // One that could not be sent is as good as none: the pace stays that of the beginning.
    if (this.#side.tell(tab, { t: 'clock-ask', sentUs: asking.openUs })) asking.asked++
    asking.cancel = this.#clock.after(nextAskMs(asking.asked), () => this.#askAgain(tab, asking))
  }

  /** Only the answer to the question that is open: any other was late, or nobody asked for it. */
  #take({ tab }: From, { askedUs, cameUs, answeredUs }: { askedUs: number; cameUs: number; answeredUs: number }): void {
    const asking = this.#asking.get(tab)
    if (asking?.openUs !== askedUs) return
    asking.openUs = undefined
    const sample = sampleOf({ askedUs, cameUs, answeredUs, gotUs: this.#nowUs() })
    if (sample === undefined) return
    asking.samples = addSample(asking.samples, sample)
    this.#onAnswer()
  }

  #nowUs(): number {
    return Math.round(this.nowMs() * 1_000)
  }
}
